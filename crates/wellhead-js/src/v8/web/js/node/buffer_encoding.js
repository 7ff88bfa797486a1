// The encodings of Buffer: text to bytes and back.
"use strict";
(function () {
	const { core, internals } = __bootstrap;

	const NAMES = {
		__proto__: null,
		utf8: "utf8",
		"utf-8": "utf8",
		hex: "hex",
		base64: "base64",
		base64url: "base64url",
		latin1: "latin1",
		binary: "latin1",
		ascii: "ascii",
		utf16le: "utf16le",
		"utf-16le": "utf16le",
		ucs2: "utf16le",
		"ucs-2": "utf16le",
	};

	/** @param {unknown} name @returns {string | undefined} the one name of an encoding */
	function known(name) {
		return NAMES[name] ?? (typeof name === "string" ? NAMES[name.toLowerCase()] : undefined);
	}

	function checked(name) {
		if (name === undefined || name === null || name === "") return "utf8";
		const encoding = known(name);
		if (encoding === undefined) throw internals.errors.coded(TypeError, "ERR_UNKNOWN_ENCODING", `Unknown encoding: ${String(name)}`);
		return encoding;
	}

	const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
	const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
	// String.fromCharCode takes its characters as arguments, of which there cannot be too many.
	const SLICE = 8192;

	function codes(bytes, mask) {
		let text = "";
		for (let i = 0; i < bytes.length; i += SLICE) {
			const part = bytes.subarray(i, i + SLICE);
			text += String.fromCharCode.apply(null, mask === 0xff ? part : Array.from(part, (byte) => byte & mask));
		}
		return text;
	}

	function decodeUtf16(bytes) {
		// Not through the decoder: lone surrogates survive in Node.
		const whole = bytes.length & ~1;
		let text = "";
		for (let i = 0; i < whole; i += SLICE) {
			const units = [];
			for (let k = i; k < Math.min(i + SLICE, whole); k += 2) units.push(bytes[k] | (bytes[k + 1] << 8));
			text += String.fromCharCode.apply(null, units);
		}
		return text;
	}

	const base64 = (bytes) => btoa(codes(bytes, 0xff));

	/** @param {Uint8Array} bytes @param {string} encoding a checked name */
	function decode(bytes, encoding) {
		switch (encoding) {
			case "utf8":
				return decoder.decode(bytes);
			case "hex": {
				let text = "";
				for (let i = 0; i < bytes.length; i++) text += HEX[bytes[i]];
				return text;
			}
			case "base64":
				return base64(bytes);
			case "base64url":
				return base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
			case "latin1":
				return codes(bytes, 0xff);
			case "ascii":
				return codes(bytes, 0x7f);
			default:
				return decodeUtf16(bytes);
		}
	}

	/** Lenient, as Node is: both alphabets, no padding needed, anything else is skipped, `=` ends it. */
	function fromBase64(text) {
		const end = text.indexOf("=");
		let clean = (end < 0 ? text : text.slice(0, end)).replaceAll("-", "+").replaceAll("_", "/").replace(/[^A-Za-z0-9+/]/g, "");
		if (clean.length % 4 === 1) clean = clean.slice(0, -1);
		return fromLatin1(atob(clean));
	}

	function fromLatin1(text) {
		const bytes = new Uint8Array(text.length);
		for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
		return bytes;
	}

	function fromHex(text) {
		const bytes = new Uint8Array(text.length >> 1);
		for (let i = 0; i < bytes.length; i++) {
			const pair = text.slice(2 * i, 2 * i + 2);
			if (!/^[0-9a-fA-F]{2}$/.test(pair)) return bytes.slice(0, i);
			bytes[i] = parseInt(pair, 16);
		}
		return bytes;
	}

	/** @param {string} text @param {string} encoding a checked name @returns {Uint8Array} with a buffer of its own */
	function encode(text, encoding) {
		switch (encoding) {
			case "utf8":
				return core.encode(text);
			case "hex":
				return fromHex(text);
			case "base64":
			case "base64url":
				return fromBase64(text);
			case "latin1":
			case "ascii":
				return fromLatin1(text);
			default: {
				const bytes = new Uint8Array(text.length * 2);
				for (let i = 0; i < text.length; i++) {
					const unit = text.charCodeAt(i);
					bytes[2 * i] = unit & 0xff;
					bytes[2 * i + 1] = unit >> 8;
				}
				return bytes;
			}
		}
	}

	/** How many bytes `text` takes. */
	function byteLength(text, encoding) {
		switch (encoding) {
			case "utf8":
				return core.byteLength(text);
			case "hex":
				return text.length >>> 1;
			case "utf16le":
				return text.length * 2;
			case "base64":
			case "base64url":
				return (text.replace(/=+$/, "").length * 3) >>> 2;
			default:
				return text.length;
		}
	}

	return { byteLength, checked, decode, encode, known };
})();

// data: URLs, for fetch.
"use strict";
(function () {
	/** Percent-decodes text into bytes; what is not Latin-1 was encoded by the URL parser already. */
	function percentDecode(text) {
		const bytes = new Uint8Array(text.length);
		let length = 0;
		for (let i = 0; i < text.length; i++) {
			const hex = text[i] === "%" ? text.slice(i + 1, i + 3) : "";
			if (/^[0-9a-fA-F]{2}$/.test(hex)) {
				bytes[length++] = parseInt(hex, 16);
				i += 2;
			} else bytes[length++] = text.charCodeAt(i);
		}
		return bytes.slice(0, length);
	}

	const latin1 = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

	/** @param {string} href a serialised data: URL @returns {{ type: string, bytes: Uint8Array }} */
	function parseDataUrl(href) {
		const text = href.slice("data:".length).split("#", 1)[0];
		const comma = text.indexOf(",");
		if (comma < 0) throw new TypeError("A data: URL needs a comma");
		let type = text.slice(0, comma).trim();
		let bytes = percentDecode(text.slice(comma + 1));
		const base64 = /; *base64$/i.exec(type);
		if (base64 !== null) {
			type = type.slice(0, base64.index);
			const decoded = atob(latin1(bytes));
			bytes = Uint8Array.from(decoded, (c) => c.charCodeAt(0));
		}
		if (type.startsWith(";")) type = `text/plain${type}`;
		return { type: /^[^/;]+\/[^/;]+/.test(type) ? type : "text/plain;charset=US-ASCII", bytes };
	}

	return { parseDataUrl };
})();

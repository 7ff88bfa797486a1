// CryptoKey, of the one kind that there is: a secret for HMAC, which signed cookies and tokens are made with.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const { DOMException } = core.loadExtScript("ext:deno_web/01_dom_exception.js");

	const HASHES = {
		"SHA-1": { digest: "sha1", block: 64, jwk: "HS1" },
		"SHA-256": { digest: "sha256", block: 64, jwk: "HS256" },
		"SHA-384": { digest: "sha384", block: 128, jwk: "HS384" },
		"SHA-512": { digest: "sha512", block: 128, jwk: "HS512" },
	};
	const USAGES = ["sign", "verify"];
	const secret = Symbol("no constructor");

	/** The name of an algorithm that is given as text or in an object. */
	const nameOf = (algorithm) => String(typeof algorithm === "object" && algorithm !== null ? algorithm.name : algorithm).toUpperCase();

	function hashOf(algorithm) {
		const name = nameOf(algorithm);
		if (!Object.hasOwn(HASHES, name)) throw new DOMException(`Not a digest: ${name}`, "NotSupportedError");
		return name;
	}

	function checkHmac(algorithm) {
		const name = nameOf(algorithm);
		if (name !== "HMAC") {
			throw new DOMException(`Keys for ${name} are not available in an isolate; there are those for HMAC`, "NotSupportedError");
		}
	}

	let bytesOf;

	class CryptoKey {
		#bytes;

		constructor(key, bytes, hash, extractable, usages) {
			if (key !== secret) throw new TypeError("CryptoKey has no constructor");
			this.#bytes = bytes;
			const length = bytes.length * 8;
			Object.defineProperties(this, {
				type: { value: "secret", enumerable: true },
				extractable: { value: extractable, enumerable: true },
				algorithm: { value: Object.freeze({ name: "HMAC", hash: Object.freeze({ name: hash }), length }), enumerable: true },
				usages: { value: Object.freeze(USAGES.filter((usage) => usages.includes(usage))), enumerable: true },
			});
		}

		get [Symbol.toStringTag]() {
			return "CryptoKey";
		}

		static {
			bytesOf = (key) => key.#bytes;
		}
	}

	const digest = (name, bytes) => internals.ops.op_wellhead_digest(name, bytes);

	/** RFC 2104. */
	function hmac(key, data) {
		const { digest: name, block } = HASHES[key.algorithm.hash.name];
		const padded = new Uint8Array(block);
		const bytes = bytesOf(key);
		padded.set(bytes.length > block ? digest(name, bytes) : bytes);
		const around = (pad, inner) => {
			const all = new Uint8Array(block + inner.length);
			for (let i = 0; i < block; i++) all[i] = padded[i] ^ pad;
			all.set(inner, block);
			return digest(name, all);
		};
		return around(0x5c, around(0x36, data));
	}

	function use(algorithm, key, usage) {
		checkHmac(algorithm);
		if (!(key instanceof CryptoKey)) throw new TypeError(`${usage} takes a CryptoKey`);
		if (!key.usages.includes(usage)) throw new DOMException(`This key is not for the usage ${usage}`, "InvalidAccessError");
	}

	function makeKey(bytes, algorithm, extractable, usages) {
		const hash = hashOf(algorithm.hash);
		const wanted = [...usages].map(String);
		if (wanted.length === 0 || wanted.some((usage) => !USAGES.includes(usage))) {
			throw new DOMException("A key for HMAC is for sign, verify or both", "SyntaxError");
		}
		if (bytes.length === 0) throw new DOMException("A key for HMAC cannot be empty", "DataError");
		return new CryptoKey(secret, bytes, hash, Boolean(extractable), wanted);
	}

	const toText = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
	const fromText = (text) => Uint8Array.from(atob(String(text).replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

	/** @param {(data: BufferSource, what: string) => Uint8Array} view */
	const methods = (view) => ({
		async importKey(format, data, algorithm, extractable, usages) {
			checkHmac(algorithm);
			if (format === "raw") return makeKey(view(data, "importKey").slice(), algorithm, extractable, usages);
			if (format !== "jwk") throw new DOMException(`Keys for HMAC are raw or jwk, not ${String(format)}`, "NotSupportedError");
			if (data?.kty !== "oct" || typeof data.k !== "string") throw new DOMException("The key is not a secret (kty: oct)", "DataError");
			return makeKey(fromText(data.k), algorithm, extractable, usages);
		},
		async exportKey(format, key) {
			if (!(key instanceof CryptoKey)) throw new TypeError("exportKey takes a CryptoKey");
			if (!key.extractable) throw new DOMException("This key cannot be exported", "InvalidAccessError");
			if (format === "raw") return bytesOf(key).slice().buffer;
			if (format !== "jwk") throw new DOMException(`Keys for HMAC are raw or jwk, not ${String(format)}`, "NotSupportedError");
			const alg = HASHES[key.algorithm.hash.name].jwk;
			return { kty: "oct", k: toText(bytesOf(key)), alg, ext: true, key_ops: [...key.usages] };
		},
		async generateKey(algorithm, extractable, usages) {
			checkHmac(algorithm);
			const { block } = HASHES[hashOf(algorithm.hash)];
			const bytes = new Uint8Array(algorithm.length === undefined ? block : Math.ceil(algorithm.length / 8));
			internals.ops.op_wellhead_random(bytes);
			return makeKey(bytes, algorithm, extractable, usages);
		},
		async sign(algorithm, key, data) {
			use(algorithm, key, "sign");
			return hmac(key, view(data, "sign")).buffer;
		},
		async verify(algorithm, key, signature, data) {
			use(algorithm, key, "verify");
			const [given, right] = [view(signature, "verify"), hmac(key, view(data, "verify"))];
			// Compared to the end whatever differs, so that time tells nothing.
			let difference = given.length ^ right.length;
			for (let i = 0; i < right.length; i++) difference |= right[i] ^ (given[i] ?? 0);
			return difference === 0;
		},
	});

	return { CryptoKey, methods };
})();

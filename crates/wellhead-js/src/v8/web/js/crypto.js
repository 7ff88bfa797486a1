// crypto: random values, UUIDs, digests and HMAC.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const { DOMException, QuotaExceededError } = core.loadExtScript("ext:deno_web/01_dom_exception.js");
	const hmac = core.loadExtScript("ext:wellhead_web/hmac_key.js");
	const { isBuffer } = core.loadExtScript("ext:wellhead_web/body.js");

	const secret = Symbol("no constructor");
	const DIGESTS = { "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512" };
	const INTEGER_ARRAYS = [
		Int8Array,
		Uint8Array,
		Uint8ClampedArray,
		Int16Array,
		Uint16Array,
		Int32Array,
		Uint32Array,
		BigInt64Array,
		BigUint64Array,
	];

	function bytesOf(source, what) {
		if (!isBuffer(source)) throw new TypeError(`${what} takes an ArrayBuffer or a view of one`);
		return ArrayBuffer.isView(source)
			? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
			: new Uint8Array(source);
	}

	class SubtleCrypto {
		constructor(key) {
			if (key !== secret) throw new TypeError("SubtleCrypto has no constructor");
		}

		async digest(algorithm, data) {
			const name = String(typeof algorithm === "object" && algorithm !== null ? algorithm.name : algorithm).toUpperCase();
			const digest = Object.hasOwn(DIGESTS, name) ? DIGESTS[name] : undefined;
			if (digest === undefined) throw new DOMException(`Not a digest: ${name}`, "NotSupportedError");
			return internals.ops.op_wellhead_digest(digest, bytesOf(data, "digest")).buffer;
		}

		get [Symbol.toStringTag]() {
			return "SubtleCrypto";
		}
	}
	for (
		const name of [
			"decrypt",
			"deriveBits",
			"deriveKey",
			"encrypt",
			"unwrapKey",
			"wrapKey",
		]
	) {
		const value = async function () {
			throw new DOMException(`crypto.subtle.${name} is not available in an isolate; there are digest and HMAC`, "NotSupportedError");
		};
		Object.defineProperty(SubtleCrypto.prototype, name, { value, writable: true, enumerable: true, configurable: true });
	}

	for (const [name, value] of Object.entries(hmac.methods(bytesOf))) {
		Object.defineProperty(SubtleCrypto.prototype, name, { value, writable: true, enumerable: true, configurable: true });
	}

	const subtle = new SubtleCrypto(secret);

	class Crypto {
		constructor(key) {
			if (key !== secret) throw new TypeError("Crypto has no constructor");
		}

		getRandomValues(array) {
			if (!INTEGER_ARRAYS.some((Kind) => array instanceof Kind)) {
				throw new DOMException("getRandomValues takes a typed array of integers", "TypeMismatchError");
			}
			if (array.byteLength > 65536) {
				throw new QuotaExceededError(`getRandomValues gives at most 65536 bytes, not ${array.byteLength}`);
			}
			internals.ops.op_wellhead_random(bytesOf(array));
			return array;
		}

		randomUUID() {
			return internals.ops.op_wellhead_random_uuid();
		}

		get subtle() {
			return subtle;
		}

		get [Symbol.toStringTag]() {
			return "Crypto";
		}
	}

	return { Crypto, CryptoKey: hmac.CryptoKey, SubtleCrypto, crypto: new Crypto(secret) };
})();

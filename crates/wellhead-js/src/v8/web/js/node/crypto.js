// node:crypto: random values, hashes and HMACs.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const { crypto } = core.loadExtScript("ext:wellhead_web/crypto.js");
	const { Buffer } = core.loadExtScript("ext:wellhead_web/node/buffer.js");
	const { unavailable, invalidArgType, outOfRange, coded } = internals.errors;

	// Digest and the block length that HMAC needs.
	const HASHES = { __proto__: null, md5: 64, sha1: 64, sha224: 64, sha256: 64, sha384: 128, sha512: 128 };

	function checkHash(algorithm) {
		if (typeof algorithm !== "string") throw invalidArgType("algorithm", "string", algorithm);
		const name = algorithm.toLowerCase().replace(/^(?:rsa-)?sha-?(?=\d)/, "sha");
		if (HASHES[name] === undefined) {
			throw coded(Error, "ERR_CRYPTO_INVALID_DIGEST", `Invalid digest: ${algorithm}; there are ${Object.keys(HASHES).join(", ")}`);
		}
		return name;
	}

	function toBytes(data, encoding, what = "data") {
		if (typeof data === "string") return Buffer.from(data, encoding);
		if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
		throw invalidArgType(what, "string or an instance of Buffer, TypedArray, or DataView", data);
	}

	const digestOf = (name, bytes) => Buffer.from(internals.ops.op_wellhead_digest(name, bytes).buffer);
	const output = (digest, encoding) => (encoding === undefined || encoding === "buffer" ? digest : digest.toString(encoding));

	class Hash {
		#name;
		#chunks;
		#done = false;

		constructor(name, chunks = []) {
			this.#name = name;
			this.#chunks = chunks;
		}

		#check() {
			if (this.#done) throw coded(Error, "ERR_CRYPTO_HASH_FINALIZED", "Digest already called");
		}

		update(data, encoding) {
			this.#check();
			// The caller may change its bytes before the digest is made.
			this.#chunks.push(Buffer.copyBytesFrom(toBytes(data, encoding)));
			return this;
		}

		digest(encoding) {
			this.#check();
			this.#done = true;
			return output(digestOf(this.#name, Buffer.concat(this.#chunks)), encoding);
		}

		copy() {
			this.#check();
			return new Hash(this.#name, [...this.#chunks]);
		}
	}

	class Hmac {
		#name;
		#inner;
		#outer;

		constructor(name, key) {
			const block = HASHES[name];
			const padded = Buffer.alloc(block);
			padded.set(key.length > block ? digestOf(name, key) : key);
			this.#name = name;
			this.#inner = new Hash(name).update(padded.map((byte) => byte ^ 0x36));
			this.#outer = padded.map((byte) => byte ^ 0x5c);
		}

		update(data, encoding) {
			this.#inner.update(data, encoding);
			return this;
		}

		digest(encoding) {
			const digest = new Hash(this.#name).update(this.#outer).update(this.#inner.digest()).digest();
			return output(digest, encoding);
		}
	}

	function randomFillSync(target, offset = 0, size = target.byteLength - offset) {
		if (!ArrayBuffer.isView(target)) throw invalidArgType("buf", "an instance of ArrayBuffer or ArrayBufferView", target);
		const bytes = new Uint8Array(target.buffer, target.byteOffset + offset, size);
		internals.ops.op_wellhead_random(bytes);
		return target;
	}

	function randomBytes(size, callback) {
		if (typeof size !== "number") throw invalidArgType("size", "number", size);
		if (!(size >= 0 && size <= 2 ** 31 - 1)) throw outOfRange("size", ">= 0 && <= 2147483647", size);
		const bytes = randomFillSync(Buffer.alloc(size));
		if (callback === undefined) return bytes;
		process.nextTick(callback, null, bytes);
	}

	function randomInt(low, high, callback) {
		if (high === undefined || typeof high === "function") [low, high, callback] = [0, low, high];
		const range = high - low;
		if (!Number.isSafeInteger(low)) throw invalidArgType("min", "a safe integer", low);
		if (!Number.isSafeInteger(high)) throw invalidArgType("max", "a safe integer", high);
		if (!(range > 0 && range < 2 ** 48)) throw outOfRange("max", `greater than the value of "min" (${low})`, high);
		// Values above the last whole multiple of the range would make small results more likely.
		const limit = 2 ** 48 - (2 ** 48 % range);
		let value;
		do value = randomBytes(6).readUIntBE(0, 6); while (value >= limit);
		value = low + (value % range);
		if (callback === undefined) return value;
		process.nextTick(callback, null, value);
	}

	function timingSafeEqual(a, b) {
		const [left, right] = [toBytes(a, undefined, "buf1"), toBytes(b, undefined, "buf2")];
		if (left.length !== right.length) {
			throw coded(RangeError, "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", "Input buffers must have the same byte length");
		}
		let difference = 0;
		for (let i = 0; i < left.length; i++) difference |= left[i] ^ right[i];
		return difference === 0;
	}

	const api = {
		Hash,
		Hmac,
		constants: {},
		createHash: (algorithm) => new Hash(checkHash(algorithm)),
		createHmac: (algorithm, key) => new Hmac(checkHash(algorithm), toBytes(key, "utf8", "key")),
		getCiphers: () => [],
		getCurves: () => [],
		getHashes: () => Object.keys(HASHES),
		getRandomValues: (array) => crypto.getRandomValues(array),
		hash: (algorithm, data, encoding = "hex") => new Hash(checkHash(algorithm)).update(data).digest(encoding),
		randomBytes,
		randomFill(target, offset, size, callback) {
			const done = [offset, size, callback].find((one) => typeof one === "function");
			const [from, count] = [offset, size].filter((one) => typeof one === "number");
			process.nextTick(done, null, randomFillSync(target, from, count));
		},
		randomFillSync,
		randomInt,
		randomUUID: () => crypto.randomUUID(),
		subtle: crypto.subtle,
		timingSafeEqual,
		webcrypto: crypto,
	};
	for (
		const name of [
			"createCipheriv",
			"createDecipheriv",
			"createDiffieHellman",
			"createECDH",
			"createPrivateKey",
			"createPublicKey",
			"createSecretKey",
			"createSign",
			"createVerify",
			"diffieHellman",
			"generateKeyPair",
			"generateKeyPairSync",
			"hkdf",
			"hkdfSync",
			"pbkdf2",
			"pbkdf2Sync",
			"privateDecrypt",
			"publicEncrypt",
			"scrypt",
			"scryptSync",
			"sign",
			"verify",
		]
	) {
		api[name] = () => {
			throw unavailable(`crypto.${name}`);
		};
	}
	return api;
})();

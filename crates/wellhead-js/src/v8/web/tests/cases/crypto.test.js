// crypto and node:crypto.
import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual, webcrypto } from "node:crypto";

test("randomUUID gives version 4 UUIDs, all different", () => {
	const seen = new Set();
	for (let i = 0; i < 1000; i++) {
		const uuid = crypto.randomUUID();
		ok(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuid), uuid);
		seen.add(uuid);
	}
	equal(seen.size, 1000);
});

test("getRandomValues fills integer arrays", () => {
	const array = crypto.getRandomValues(new Uint32Array(64));
	ok(new Set(array).size > 60, "different values");
	throws(() => crypto.getRandomValues(new Float32Array(1)), { name: "TypeMismatchError" });
	throws(() => crypto.getRandomValues(new Uint8Array(65537)), { name: "QuotaExceededError" });
});

test("subtle.digest knows the SHA family", async () => {
	const hex = (buffer) => Buffer.from(buffer).toString("hex");
	const abc = new TextEncoder().encode("abc");
	equal(hex(await crypto.subtle.digest("SHA-1", abc)), "a9993e364706816aba3e25717850c26c9cd0d89d");
	equal(hex(await crypto.subtle.digest({ name: "sha-256" }, abc)), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	equal((await crypto.subtle.digest("SHA-384", abc)).byteLength, 48);
	equal((await crypto.subtle.digest("SHA-512", new Uint8Array(0))).byteLength, 64);
	await rejects(crypto.subtle.digest("MD5", abc), { name: "NotSupportedError" });
	await rejects(crypto.subtle.digest("SHA-1", "abc"), TypeError);
	equal(webcrypto.subtle, crypto.subtle);
});

test("createHash and createHmac", () => {
	equal(createHash("md5").update("a").update("bc").digest("hex"), "900150983cd24fb0d6963f7d28e17f72");
	equal(createHash("sha256").update("abc").digest("base64"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
	equal(createHash("SHA1").update(Buffer.from("abc")).digest().length, 20);
	equal(
		createHmac("sha256", "key").update("The quick brown fox jumps over the lazy dog").digest("hex"),
		"f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8",
	);
	throws(() => createHash("none"), /Invalid digest|not supported/);
	const hash = createHash("sha1");
	hash.digest();
	throws(() => hash.update("x"), { code: "ERR_CRYPTO_HASH_FINALIZED" });
	const first = createHash("sha1").update("a");
	const copy = first.copy().update("b");
	equal(first.update("b").digest("hex"), copy.digest("hex"));
});

test("random numbers and comparing", () => {
	equal(randomBytes(16).length, 16);
	for (let i = 0; i < 100; i++) {
		const value = randomInt(3, 6);
		ok(value >= 3 && value < 6);
	}
	equal(timingSafeEqual(Buffer.from("a"), Buffer.from("a")), true);
	equal(timingSafeEqual(Buffer.from("a"), Buffer.from("b")), false);
	throws(() => timingSafeEqual(Buffer.from("a"), Buffer.from("ab")), RangeError);
});

test("subtle signs and verifies with HMAC", async () => {
	const { subtle } = crypto;
	const hmac = { name: "HMAC", hash: "SHA-256" };
	const text = new TextEncoder().encode("The quick brown fox jumps over the lazy dog");
	const key = await subtle.importKey("raw", new TextEncoder().encode("key"), hmac, true, ["verify", "sign"]);
	const signature = await subtle.sign("HMAC", key, text);
	equal(Buffer.from(signature).toString("hex"), "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
	equal(await subtle.verify("HMAC", key, signature, text), true);
	equal(await subtle.verify("HMAC", key, signature.slice(0, 31), text), false);
	equal(await subtle.verify("HMAC", key, signature, text.subarray(1)), false);
	const jwk = await subtle.exportKey("jwk", key);
	equal([jwk.kty, jwk.k, jwk.alg], ["oct", "a2V5", "HS256"]);
	const again = await subtle.importKey("jwk", jwk, hmac, false, ["verify"]);
	equal(await subtle.verify(hmac, again, signature, text), true);
	equal([key.type, key.algorithm.name, key.algorithm.hash.name, [...again.usages]], ["secret", "HMAC", "SHA-256", ["verify"]]);
	await rejects(subtle.sign("HMAC", again, text), { name: "InvalidAccessError" });
	await rejects(subtle.exportKey("raw", again), { name: "InvalidAccessError" });
	const long = await subtle.importKey("raw", new Uint8Array(200).fill(7), { name: "HMAC", hash: { name: "SHA-512" } }, false, ["sign"]);
	equal(Buffer.from(await subtle.sign("HMAC", long, text)), createHmac("sha512", new Uint8Array(200).fill(7)).update(text).digest());
	const made = await subtle.generateKey({ name: "HMAC", hash: "SHA-1" }, true, ["sign"]);
	equal((await subtle.exportKey("raw", made)).byteLength, 64);
});

test("keys of other kinds are refused", async () => {
	const { subtle } = crypto;
	await rejects(subtle.importKey("raw", new Uint8Array(16), "AES-GCM-X", false, ["encrypt"]), { name: "NotSupportedError" });
	await rejects(subtle.importKey("raw", new Uint8Array(16), { name: "HMAC", hash: "SHA-256" }, false, []), { name: "SyntaxError" });
	throws(() => new CryptoKey(), TypeError);
});

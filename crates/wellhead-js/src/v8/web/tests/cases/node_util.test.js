// node:util, node:assert, node:string_decoder.
import assert, { AssertionError } from "node:assert";
import strict from "node:assert/strict";
import { StringDecoder } from "node:string_decoder";
import util, { inspect } from "node:util";
import types from "node:util/types";

test("inspect prints as Node does", () => {
	equal(inspect({ a: 1, b: "x", c: [1, 2], d: { e: { f: { g: 1 } } } }), "{ a: 1, b: 'x', c: [ 1, 2 ], d: { e: { f: [Object] } } }");
	equal(inspect(new Map([["a", new Set([1])]])), "Map(1) { 'a' => Set(1) { 1 } }");
	equal([inspect("it's"), inspect(-0), inspect(1n), inspect(null), inspect(undefined), inspect(Symbol("s"))], ['"it\'s"', "-0", "1n", "null", "undefined", "Symbol(s)"]);
	equal(inspect({ a: { b: {} } }, { depth: 0 }), "{ a: [Object] }");
	equal(inspect(new (class Named {
		x = 1;
	})()), "Named { x: 1 }");
	const cycle = {};
	cycle.self = cycle;
	equal(inspect(cycle), "<ref *1> { self: [Circular *1] }");
	equal(inspect({ [inspect.custom]: (depth, options, print) => `custom ${typeof depth} ${print === inspect}` }).startsWith("custom number"), true);
	equal(inspect(Buffer.from("ab")), "<Buffer 61 62>");
	equal(inspect([1, , 3]), "[ 1, <1 empty item>, 3 ]");
});

test("format fills in", () => {
	equal(util.format("%s %d %i %f %j %o %O %%", "a", 1.5, 1.5, "1.5", { a: 1 }, [1], { b: 2 }), "a 1.5 1 1.5 {\"a\":1} [ 1, [length]: 1 ] { b: 2 } %");
	equal(util.format("%s", "a", "b", { c: 1 }), "a b { c: 1 }");
	equal(util.format("a", 1), "a 1");
	equal(util.format("%s"), "%s");
	equal(util.format(1, "x"), "1 x");
	equal(util.format("%c%s", "css", 1n), "1n");
});

test("promisify and callbackify", async () => {
	const double = (value, done) => setTimeout(() => (value < 0 ? done(new RangeError("low")) : done(null, value * 2)), 0);
	equal(await util.promisify(double)(2), 4);
	await rejects(util.promisify(double)(-1), RangeError);
	const start = await util.promisify(setTimeout)(0, "value");
	equal(start, "value");
	equal(await new Promise((resolve) => util.callbackify(async (value) => value + 1)(1, (error, value) => resolve([error, value]))), [null, 2]);
	equal(await new Promise((resolve) => util.callbackify(async () => {
		throw new RangeError("x");
	})((error) => resolve(error.message))), "x");
	throws(() => util.promisify(1), { code: "ERR_INVALID_ARG_TYPE" });
});

test("isDeepStrictEqual compares structure", () => {
	const same = util.isDeepStrictEqual;
	const cycle = () => {
		const value = { list: [] };
		value.list.push(value);
		return value;
	};
	ok(same({ a: [1, { b: NaN }] }, { a: [1, { b: NaN }] }) && same(cycle(), cycle()));
	ok(same(new Map([[{ a: 1 }, [2]]]), new Map([[{ a: 1 }, [2]]])) && same(new Set([{ a: 1 }]), new Set([{ a: 1 }])));
	ok(same(new Date(1), new Date(1)) && same(/a/g, /a/g) && same(Buffer.from("a"), Buffer.from("a")) && same(new Error("a"), new Error("a")));
	const different = [
		[1, "1"], [0, -0], [{ a: 1 }, { a: 1, b: undefined }], [[1], { 0: 1, length: 1 }], [new Date(1), new Date(2)], [/a/, /a/g],
		[new Set([1]), new Set([2])], [new Map([[1, 2]]), new Map([[1, 3]])], [new Error("a"), new Error("b")], [{}, Object.create(null)],
		[new Uint8Array([1]), new Uint8Array([2])], [Object(1), Object(2)],
	];
	equal(different.filter(([a, b]) => same(a, b)), []);
});

test("assertions hold or tell what is wrong", async () => {
	assert(true);
	assert.equal(1, "1");
	assert.deepEqual({ a: 1 }, { a: "1" });
	assert.deepStrictEqual([{ a: 1 }], [{ a: 1 }]);
	assert.throws(() => assert.deepStrictEqual({ a: 1 }, { a: "1" }), AssertionError);
	throws(() => strict.equal(1, "1"), { code: "ERR_ASSERTION", operator: "strictEqual", actual: 1, expected: "1" });
	throws(() => assert(0, "told"), /told/);
	throws(() => assert.strictEqual(1, 2, new RangeError("mine")), RangeError);
	throws(() => assert.throws(() => {}), /Missing expected exception/);
	throws(() => assert.throws(() => {
		throw new TypeError("a");
	}, RangeError), { code: "ERR_ASSERTION" });
	assert.throws(() => {
		throw new TypeError("abc");
	}, { name: "TypeError", message: /b/ });
	await assert.rejects(Promise.reject(new Error("x")), /x/);
	await rejects(assert.rejects(Promise.resolve()), AssertionError);
	assert.match("abc", /b/);
	assert.notStrictEqual(1, 2);
	throws(() => assert.fail("failed"), /failed/);
	throws(() => assert.ifError(new Error("x")), /x/);
	assert.ifError(null);
});

test("types are told apart", () => {
	ok(types.isPromise(Promise.resolve()) && types.isRegExp(/a/) && types.isDate(new Date()) && types.isMap(new Map()));
	ok(types.isUint8Array(new Uint8Array()) && types.isUint8Array(Buffer.alloc(0)) && !types.isUint8Array(new Int8Array()));
	ok(types.isProxy(new Proxy({}, {})) && types.isAsyncFunction(async () => {}) && !types.isDate({}) && types.isNativeError(new TypeError()));
});

test("deprecate warns once and calls", () => {
	const old = util.deprecate((a) => a + 1, "use new", "DEP0");
	equal([old(1), old(2)], [2, 3]);
});

test("a decoder keeps what is not whole", () => {
	const bytes = Buffer.from("a\u20ac\ud83d\ude00");
	for (const encoding of ["utf8", "utf16le", "base64", "hex"]) {
		const source = encoding === "utf16le" ? Buffer.from("a\u20ac\ud83d\ude00", "utf16le") : bytes;
		const decoder = new StringDecoder(encoding);
		let text = "";
		for (const byte of source) text += decoder.write(Buffer.from([byte]));
		text += decoder.end();
		equal(text, source.toString(encoding), encoding);
	}
	equal(new StringDecoder().end(Buffer.from([0xe2])), "\ufffd");
});

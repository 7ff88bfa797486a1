// node:buffer.
import buffer, { Buffer as Imported } from "node:buffer";

test("Buffer is a Uint8Array with encodings", () => {
	equal(Imported === Buffer && buffer.Buffer === Buffer, true);
	const bytes = Buffer.from("h\u00e4\u20ac\ud83d\ude00");
	ok(bytes instanceof Uint8Array && bytes instanceof Buffer && Buffer.isBuffer(bytes));
	ok(!Buffer.isBuffer(new Uint8Array(1)));
	equal(bytes.toString(), "h\u00e4\u20ac\ud83d\ude00");
	equal(bytes.toString("hex"), "68c3a4e282acf09f9880");
	equal(bytes.toString("base64"), "aMOk4oKs8J+YgA==");
	equal(bytes.toString("base64url"), "aMOk4oKs8J-YgA");
	equal(Buffer.from("\xff\xfe", "latin1").toString("latin1"), "\xff\xfe");
	equal(Buffer.from("\xe1", "latin1").toString("ascii"), "a");
	equal(Buffer.from("a\u20ac", "utf16le").toString("hex"), "6100ac20");
	equal(Buffer.from("6100ac20", "hex").toString("ucs2"), "a\u20ac");
	equal(bytes.toString("utf8", 1, 3), "\u00e4");
	throws(() => bytes.toString("nope"), { code: "ERR_UNKNOWN_ENCODING" });
});

test("decoding text is lenient", () => {
	equal(Buffer.from("aGk", "base64").toString(), "hi");
	equal(Buffer.from("a G\nk=", "base64").toString(), "hi");
	equal(Buffer.from("_-8", "base64").toString("hex"), "ffef");
	equal(Buffer.from("abxy", "hex").toString("hex"), "ab");
	equal(Buffer.from("abc", "hex").toString("hex"), "ab");
	equal(Buffer.from([0xff]).toString(), "\ufffd");
});

test("it is made from many things", () => {
	equal([...Buffer.from([1, 256, -1])], [1, 0, 255]);
	equal([...Buffer.from(new Uint16Array([1, 258]))], [1, 2]);
	const shared = new Uint8Array([1, 2, 3]).buffer;
	const view = Buffer.from(shared, 1, 1);
	view[0] = 9;
	equal(new Uint8Array(shared)[1], 9);
	const copied = Buffer.from(Buffer.from([1, 2]));
	equal([...copied], [1, 2]);
	equal([...Buffer.from({ type: "Buffer", data: [5] })], [5]);
	equal(Buffer.from(new String("s")).toString(), "s");
	equal([...Buffer.alloc(3, "ab")], [97, 98, 97]);
	equal(Buffer.alloc(2).length, 2);
	throws(() => Buffer.from(5), { code: "ERR_INVALID_ARG_TYPE" });
	throws(() => Buffer.from(null), { code: "ERR_INVALID_ARG_TYPE" });
	throws(() => Buffer.alloc("5"), { code: "ERR_INVALID_ARG_TYPE" });
	throws(() => Buffer.alloc(-1), { code: "ERR_OUT_OF_RANGE" });
});

test("lengths, comparing and joining", () => {
	equal([Buffer.byteLength("\u20ac"), Buffer.byteLength("aGk=", "base64"), Buffer.byteLength("abcd", "hex")], [3, 2, 2]);
	equal(Buffer.byteLength(new ArrayBuffer(3)), 3);
	equal(Buffer.concat([Buffer.from("a"), new Uint8Array([98])]).toString(), "ab");
	equal(Buffer.concat([Buffer.from("abc")], 2).toString(), "ab");
	equal([...Buffer.concat([Buffer.from("a")], 2)], [97, 0]);
	equal(Buffer.compare(Buffer.from("a"), Buffer.from("b")), -1);
	equal(Buffer.from("abc").compare(Buffer.from("ab")), 1);
	ok(Buffer.from("a").equals(Buffer.from("a")) && !Buffer.from("a").equals(Buffer.from("b")));
	throws(() => Buffer.concat(["a"]), { code: "ERR_INVALID_ARG_TYPE" });
	equal([Buffer.isEncoding("UTF-8"), Buffer.isEncoding("x"), Buffer.isEncoding(1)], [true, false, false]);
});

test("slices share memory and are Buffers", () => {
	const bytes = Buffer.from("abcdef");
	const slice = bytes.slice(1, -1);
	ok(Buffer.isBuffer(slice) && Buffer.isBuffer(bytes.subarray(1)) && Buffer.isBuffer(bytes.map((byte) => byte)));
	slice[0] = 120;
	equal(bytes.toString(), "axcdef");
	equal(slice.toString(), "xcde");
});

test("searching", () => {
	const bytes = Buffer.from("abcabc\u20ac");
	equal([bytes.indexOf("bc"), bytes.indexOf("bc", 2), bytes.indexOf("x"), bytes.indexOf(99), bytes.indexOf(Buffer.from("\u20ac"))], [1, 4, -1, 2, 6]);
	equal([bytes.lastIndexOf("abc"), bytes.lastIndexOf("abc", 2), bytes.lastIndexOf("z")], [3, 0, -1]);
	equal([bytes.includes("ca"), bytes.includes("cc"), bytes.indexOf("c", -4), bytes.indexOf("")], [true, false, 5, 0]);
	equal(bytes.indexOf("6263", "hex"), 1);
});

test("writing, filling and copying", () => {
	const bytes = Buffer.alloc(6);
	equal(bytes.write("ab\u20ac", 1), 5);
	equal(bytes.toString("hex"), "006162e282ac");
	equal(bytes.write("\u20ac\u20ac"), 6);
	equal(Buffer.alloc(4).write("\u20ac\u20ac"), 3, "no half character");
	equal(bytes.write("ffff", 0, "hex"), 2);
	equal(bytes.write("abcdef", 4, 6), 2);
	throws(() => bytes.write("abcdef", 4, 9), { code: "ERR_OUT_OF_RANGE" });
	throws(() => bytes.write("a", 7), { code: "ERR_OUT_OF_RANGE" });
	equal(Buffer.alloc(5).fill("xyz", 1).toString("latin1"), "\0xyzx");
	equal([...Buffer.alloc(3).fill(257)], [1, 1, 1]);
	equal([...Buffer.alloc(3).fill("0102", "hex")], [1, 2, 1]);
	const target = Buffer.alloc(3);
	equal(Buffer.from("abcd").copy(target, 1, 1, 9), 2);
	equal(target.toString("latin1"), "\0bc");
});

test("numbers of every size", () => {
	const bytes = Buffer.alloc(8);
	equal(bytes.writeUInt16BE(0x1234, 0), 2);
	equal([bytes.readUInt16BE(0), bytes.readUInt16LE(0), bytes.readUint8(1)], [0x1234, 0x3412, 0x34]);
	bytes.writeInt32LE(-2, 4);
	equal([bytes.readInt32LE(4), bytes.readUInt32LE(4), bytes.readInt8(7)], [-2, 0xfffffffe, -1]);
	bytes.writeDoubleBE(1.5);
	equal([bytes.readDoubleBE(), bytes.toString("hex")], [1.5, "3ff8000000000000"]);
	bytes.writeFloatLE(0.5, 4);
	equal(bytes.readFloatLE(4), 0.5);
	bytes.writeBigUInt64LE(2n ** 63n);
	equal([bytes.readBigInt64LE(), bytes.readBigUInt64LE()], [-(2n ** 63n), 2n ** 63n]);
	bytes.writeUIntBE(0x123456789abc, 1, 6);
	equal([bytes.readUIntBE(1, 6), bytes.readUIntLE(1, 3)], [0x123456789abc, 0x563412]);
	bytes.writeIntLE(-5, 0, 3);
	equal([bytes.readIntLE(0, 3), bytes.readIntBE(0, 2)], [-5, -1025]);
	throws(() => bytes.readUInt32LE(5), { code: "ERR_OUT_OF_RANGE" });
	throws(() => bytes.readUInt8(1.5), { code: "ERR_OUT_OF_RANGE" });
	throws(() => bytes.readUInt8("1"), { code: "ERR_INVALID_ARG_TYPE" });
	throws(() => bytes.writeUInt8(256), { code: "ERR_OUT_OF_RANGE" });
	throws(() => bytes.writeInt16LE(-40000), { code: "ERR_OUT_OF_RANGE" });
});

test("JSON, printing and the rest", () => {
	equal(JSON.stringify(Buffer.from("a")), '{"type":"Buffer","data":[97]}');
	equal(Buffer.from("0102", "hex").swap16().toString("hex"), "0201");
	throws(() => Buffer.alloc(3).swap16(), RangeError);
	equal(String(Buffer.from("text")), "text");
	equal(Buffer.from("ab").readUInt8(), 97);
	equal([...Buffer.from("ab").entries()], [[0, 97], [1, 98]]);
	equal(Buffer("ab").toString() + new Buffer(2).length, "ab2");
	equal(buffer.transcode(Buffer.from("\u00e4"), "utf8", "latin1").toString("hex"), "e4");
});

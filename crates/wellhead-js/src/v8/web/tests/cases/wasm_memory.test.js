// Memory of WebAssembly, which counts as buffers do: an isolate of these tests has room for 256 MiB.
const PAGES_PER_MIB = 16;
const NO_ROOM = /^Array buffer allocation failed/;

/** `(memory (export "memory") 1)` and `(func (export "grow") (param i32) (result i32) …)`. */
const GROWING = Uint8Array.of(
	...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
	...[0x01, 0x06, 0x01, 0x60, 0x01, 0x7f, 0x01, 0x7f],
	...[0x03, 0x02, 0x01, 0x00],
	...[0x05, 0x03, 0x01, 0x00, 0x01],
	...[0x07, 0x11, 0x02, 0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, 0x00],
	...[0x04, 0x67, 0x72, 0x6f, 0x77, 0x00, 0x00],
	...[0x0a, 0x08, 0x01, 0x06, 0x00, 0x20, 0x00, 0x40, 0x00, 0x0b],
);

const memory = (mebibytes) => new WebAssembly.Memory({ initial: mebibytes * PAGES_PER_MIB });

test("a memory that is too large for the isolate is refused", () => {
	throws(() => memory(257), NO_ROOM);
	throws(() => new WebAssembly.Memory({ initial: 257 * PAGES_PER_MIB, maximum: 8192, shared: true }), NO_ROOM);
	throws(() => new WebAssembly.Memory({ initial: 65_000 }), /could not allocate memory/);
});

test("a memory cannot grow beyond the room that there is", () => {
	const grown = memory(1);
	equal(grown.grow(1), PAGES_PER_MIB);
	equal(grown.buffer.byteLength, 17 * 65_536);
	throws(() => grown.grow(256 * PAGES_PER_MIB), NO_ROOM);
});

test("what an instance grows is seen when the memory is read", async () => {
	for (const instance of [
		(await WebAssembly.instantiate(GROWING)).instance,
		await WebAssembly.instantiate(new WebAssembly.Module(GROWING)),
		new WebAssembly.Instance(new WebAssembly.Module(GROWING)),
	]) {
		const { memory, grow } = instance.exports;
		equal(grow(1), 1);
		equal(memory.buffer.byteLength, 2 * 65_536);
		grow(257 * PAGES_PER_MIB);
		throws(() => memory.buffer, NO_ROOM);
	}
});

test("the functions look as those of V8 do", () => {
	const { Memory, Instance } = WebAssembly;
	equal([Memory.name, Memory.length, Instance.name, Instance.length], ["Memory", 1, "Instance", 1]);
	equal(Memory.prototype.constructor === Memory, true);
	equal(memory(1) instanceof Memory, true);
	equal(new WebAssembly.Instance(new WebAssembly.Module(GROWING)).exports.memory instanceof Memory, true);
	const keys = Object.keys(WebAssembly);
	equal(keys.includes("instantiate") && !keys.includes("Memory") && !keys.includes("Instance"), true);
	throws(() => Memory({ initial: 1 }), TypeError);
	throws(() => Memory.prototype.buffer, TypeError);
	equal(class extends Memory {}.prototype instanceof Memory, true);
});

// Memory of WebAssembly counts as array buffers do. V8 counts none of it, so it is looked at here: when it is made, when
// it grows, when it comes out of an instance, and when its buffer is read, as glue code does after the instance has grown
// it. What an instance grows and shows to nobody is bounded by V8's flag alone; see `platform.rs`.
"use strict";
(function () {
	const { internals } = __bootstrap;
	const { apply, construct, defineProperty, getOwnPropertyDescriptor } = Reflect;

	internals.countWasmMemory = () => {
		if (typeof WebAssembly === "undefined") return;
		const { Instance, Memory, instantiate, instantiateStreaming } = WebAssembly;
		const prototype = Memory.prototype;
		const { get: bufferOf } = getOwnPropertyDescriptor(prototype, "buffer");
		const { grow } = prototype;
		const length = getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength").get;
		const sharedLength = getOwnPropertyDescriptor(SharedArrayBuffer.prototype, "byteLength").get;

		/** What each memory is counted with, in bytes. */
		const counted = new WeakMap();
		const collected = new FinalizationRegistry((record) => internals.ops.op_wellhead_memory(-record.bytes));

		/** Counts a memory as large as it is now; throws where that is too much. */
		function count(memory) {
			const buffer = apply(bufferOf, memory, []);
			const bytes = apply(buffer instanceof SharedArrayBuffer ? sharedLength : length, buffer, []);
			let record = counted.get(memory);
			if (record === undefined) {
				record = { bytes: 0 };
				counted.set(memory, record);
				collected.register(memory, record);
			}
			if (bytes > record.bytes) {
				if (!internals.ops.op_wellhead_memory(bytes - record.bytes)) {
					throw new RangeError("Array buffer allocation failed: there is no room for memory of WebAssembly");
				}
				record.bytes = bytes;
			}
			return buffer;
		}

		function countExports(instance) {
			for (const value of Object.values(instance.exports)) if (value instanceof Memory) count(value);
			return instance;
		}

		function counting(Native, seen) {
			const Counting = function (...args) {
				return seen(construct(Native, args, new.target ?? failNew(Native)));
			};
			Counting.prototype = Native.prototype;
			for (const key of ["name", "length"]) defineProperty(Counting, key, getOwnPropertyDescriptor(Native, key));
			hidden(Native.prototype, "constructor", Counting);
			return Counting;
		}

		function failNew(Native) {
			throw new TypeError(`WebAssembly.${Native.name} must be invoked with 'new'`);
		}

		function hidden(object, key, value) {
			defineProperty(object, key, { value, writable: true, enumerable: false, configurable: true });
		}

		// A module gives `{ module, instance }`, a compiled one the instance alone.
		const countResult = (result) => {
			countExports(result instanceof Instance ? result : result.instance);
			return result;
		};
		hidden(WebAssembly, "Memory", counting(Memory, (memory) => (count(memory), memory)));
		hidden(WebAssembly, "Instance", counting(Instance, countExports));
		WebAssembly.instantiate = async (...args) => countResult(await apply(instantiate, WebAssembly, args));
		if (instantiateStreaming !== undefined)
			WebAssembly.instantiateStreaming = async (...args) =>
				countResult(await apply(instantiateStreaming, WebAssembly, args));
		const own = {
			get buffer() {
				return count(this);
			},
			grow(delta) {
				const before = apply(grow, this, [delta]);
				count(this);
				return before;
			},
		};
		defineProperty(prototype, "buffer", getOwnPropertyDescriptor(own, "buffer"));
		prototype.grow = own.grow;
	};
	return {};
})();

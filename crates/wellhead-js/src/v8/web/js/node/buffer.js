// node:buffer: Buffer, a Uint8Array with encodings.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const { Blob, File } = core.loadExtScript("ext:wellhead_web/blob.js");
	const { atob, btoa } = core.loadExtScript("ext:deno_web/05_base64.js");
	const encodings = core.loadExtScript("ext:wellhead_web/node/buffer_encoding.js");
	const { install } = core.loadExtScript("ext:wellhead_web/node/buffer_numbers.js");
	const { invalidArgType, outOfRange, coded } = internals.errors;

	const kMaxLength = 2 ** 32 - 1;
	const kStringMaxLength = 2 ** 29 - 24;

	const KINDS = "string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object";

	function checkSize(size) {
		if (typeof size !== "number") throw invalidArgType("size", "number", size);
		if (!(size >= 0 && size <= kMaxLength)) throw outOfRange("size", `>= 0 and <= ${kMaxLength}`, size);
	}

	/** Clamps an index as `slice` does. */
	const clamp = (value, length, fallback) => {
		if (value === undefined) return fallback;
		value = Math.trunc(+value) || 0;
		return value < 0 ? 0 : Math.min(value, length);
	};

	function from(value, encodingOrOffset, length) {
		if (typeof value === "string") return wrap(encodings.encode(value, encodings.checked(encodingOrOffset)));
		if (typeof value === "object" && value !== null) {
			if (core.isAnyArrayBuffer(value)) {
				const offset = encodingOrOffset === undefined ? 0 : +encodingOrOffset || 0;
				if (offset > value.byteLength) throw coded(RangeError, "ERR_BUFFER_OUT_OF_BOUNDS", '"offset" is outside of buffer bounds');
				return new FastBuffer(value, offset, length === undefined ? value.byteLength - offset : clamp(length, value.byteLength - offset, 0));
			}
			const primitive = value.valueOf?.();
			if (primitive !== value && primitive !== null && primitive !== undefined) return from(primitive, encodingOrOffset, length);
			if (ArrayBuffer.isView(value) || typeof value.length === "number") return fromList(value);
			if (value.type === "Buffer" && Array.isArray(value.data)) return fromList(value.data);
			if (typeof value[Symbol.toPrimitive] === "function") return from(value[Symbol.toPrimitive]("string"), encodingOrOffset);
		}
		throw invalidArgType("first argument", KINDS, value);
	}

	function fromList(list) {
		const length = Math.max(0, Math.trunc(list.length) || 0);
		const bytes = new FastBuffer(length);
		if (ArrayBuffer.isView(list)) bytes.set(list);
		else for (let i = 0; i < length; i++) bytes[i] = list[i];
		return bytes;
	}

	const wrap = (bytes) => new FastBuffer(bytes.buffer, bytes.byteOffset, bytes.byteLength);

	class FastBuffer extends Uint8Array {}

	/** Callable with and without `new`, as old code does. */
	function Buffer(value, encodingOrOffset, length) {
		if (typeof value === "number") return Buffer.alloc(value);
		return from(value, encodingOrOffset, length);
	}
	Object.setPrototypeOf(Buffer, Uint8Array);
	Buffer.prototype = FastBuffer.prototype;
	Object.defineProperty(Buffer, Symbol.species, { get: () => FastBuffer });
	Object.defineProperty(FastBuffer.prototype, "constructor", { value: Buffer, writable: true, configurable: true });

	function alloc(size, fill, encoding) {
		checkSize(size);
		const buffer = new FastBuffer(size);
		return fill === undefined || fill === 0 ? buffer : buffer.fill(fill, encoding);
	}

	function compareBytes(a, b) {
		const length = Math.min(a.length, b.length);
		for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
		return Math.sign(a.length - b.length);
	}

	function checkBytes(value, name) {
		if (!(value instanceof Uint8Array)) throw invalidArgType(name, "an instance of Buffer or Uint8Array", value);
	}

	Object.assign(Buffer, {
		poolSize: 8192,
		from,
		alloc,
		allocUnsafe: alloc,
		allocUnsafeSlow: alloc,
		isBuffer: (value) => value instanceof FastBuffer,
		isEncoding: (name) => typeof name === "string" && encodings.known(name) !== undefined,
		byteLength(value, encoding) {
			if (typeof value === "string") return encodings.byteLength(value, encodings.known(encoding) ?? "utf8");
			if (ArrayBuffer.isView(value) || core.isAnyArrayBuffer(value)) return value.byteLength;
			throw invalidArgType("string", "string or an instance of Buffer or ArrayBuffer", value);
		},
		compare(a, b) {
			checkBytes(a, "buf1");
			checkBytes(b, "buf2");
			return compareBytes(a, b);
		},
		concat(list, length) {
			if (!Array.isArray(list)) throw invalidArgType("list", "an instance of Array", list);
			list.forEach((one, i) => checkBytes(one, `list[${i}]`));
			length = length === undefined ? list.reduce((sum, one) => sum + one.length, 0) : Math.trunc(length);
			const all = alloc(length);
			let at = 0;
			for (const one of list) {
				if (at >= length) break;
				all.set(at + one.length > length ? one.subarray(0, length - at) : one, at);
				at += one.length;
			}
			return all;
		},
		copyBytesFrom(view, offset = 0, length = view.length - offset) {
			const part = view.subarray(offset, offset + length);
			return from(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
		},
		of: (...items) => fromList(items),
	});

	const methods = core.loadExtScript("ext:wellhead_web/node/buffer_methods.js")({ checkBytes, clamp, compareBytes });
	const proto = FastBuffer.prototype;
	Object.defineProperties(proto, Object.getOwnPropertyDescriptors(methods));
	Object.defineProperties(proto, {
		parent: { get: () => undefined, configurable: true },
		offset: {
			get() {
				return this.byteOffset;
			},
			configurable: true,
		},
		[Symbol.for("nodejs.util.inspect.custom")]: { value: methods.inspect, writable: true, configurable: true },
	});
	install(proto);

	const isUtf8 = (input) => {
		try {
			new TextDecoder("utf-8", { fatal: true }).decode(input);
			return true;
		} catch {
			return false;
		}
	};
	return {
		Blob,
		Buffer,
		File,
		INSPECT_MAX_BYTES: 50,
		SlowBuffer: (size) => alloc(size),
		atob,
		btoa,
		constants: { MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: kStringMaxLength },
		isAscii: (input) => from(input).every((byte) => byte < 0x80),
		isUtf8,
		kMaxLength,
		kStringMaxLength,
		transcode: (source, fromEncoding, toEncoding) => from(from(source).toString(fromEncoding), toEncoding),
	};
})();

// Reading and writing numbers in a Buffer, bounds checked as Node checks them.
"use strict";
(function () {
	const { internals } = __bootstrap;
	const { invalidArgType, outOfRange, coded } = internals.errors;

	const view = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);

	function checkOffset(buffer, offset, size) {
		if (typeof offset !== "number") throw invalidArgType("offset", "number", offset);
		if (!Number.isInteger(offset)) throw outOfRange("offset", "an integer", offset);
		if (buffer.length < size) throw coded(RangeError, "ERR_BUFFER_OUT_OF_BOUNDS", "Attempt to access memory outside buffer bounds");
		if (offset < 0 || offset > buffer.length - size) {
			throw outOfRange("offset", `>= 0 and <= ${buffer.length - size}`, offset);
		}
	}

	function checkByteLength(length) {
		if (typeof length !== "number") throw invalidArgType("byteLength", "number", length);
		if (!Number.isInteger(length) || length < 1 || length > 6) throw outOfRange("byteLength", ">= 1 and <= 6", length);
	}

	function checkValue(value, low, high) {
		if (value < low || value > high) throw outOfRange("value", `>= ${low} and <= ${high}`, value);
	}

	/** @param {object} proto Buffer.prototype, which gets the methods */
	function install(proto) {
		const fixed = (name, size, low, high, getter, setter) => {
			for (const order of size === 1 ? [""] : ["LE", "BE"]) {
				const little = order === "LE";
				const read = function (offset = 0) {
					checkOffset(this, offset, size);
					return view(this)[getter](offset, little);
				};
				const write = function (value, offset = 0) {
					if (low !== undefined) {
						value = typeof low === "bigint" ? value : +value;
						checkValue(value, low, high);
					}
					checkOffset(this, offset, size);
					view(this)[setter](offset, value, little);
					return offset + size;
				};
				alias(`read${name}${order}`, read);
				alias(`write${name}${order}`, write);
			}
		};
		const alias = (name, method) => {
			proto[name] = method;
			// Both spellings exist in Node: readUInt8 and readUint8.
			if (name.includes("UInt")) proto[name.replace("UInt", "Uint")] = method;
		};
		fixed("UInt8", 1, 0, 0xff, "getUint8", "setUint8");
		fixed("UInt16", 2, 0, 0xffff, "getUint16", "setUint16");
		fixed("UInt32", 4, 0, 0xffffffff, "getUint32", "setUint32");
		fixed("Int8", 1, -0x80, 0x7f, "getInt8", "setInt8");
		fixed("Int16", 2, -0x8000, 0x7fff, "getInt16", "setInt16");
		fixed("Int32", 4, -0x80000000, 0x7fffffff, "getInt32", "setInt32");
		fixed("BigInt64", 8, -(2n ** 63n), 2n ** 63n - 1n, "getBigInt64", "setBigInt64");
		fixed("BigUInt64", 8, 0n, 2n ** 64n - 1n, "getBigUint64", "setBigUint64");
		fixed("Float", 4, undefined, undefined, "getFloat32", "setFloat32");
		fixed("Double", 8, undefined, undefined, "getFloat64", "setFloat64");

		const readUnsigned = (buffer, offset, length, little) => {
			checkByteLength(length);
			checkOffset(buffer, offset, length);
			let value = 0;
			for (let i = 0; i < length; i++) value = value * 256 + buffer[offset + (little ? length - 1 - i : i)];
			return value;
		};
		const write = (buffer, value, offset, length, little, signed) => {
			checkByteLength(length);
			value = +value;
			const top = 2 ** (8 * length);
			checkValue(value, signed ? -top / 2 : 0, (signed ? top / 2 : top) - 1);
			checkOffset(buffer, offset, length);
			let rest = Math.trunc(value) + (value < 0 ? top : 0);
			for (let i = 0; i < length; i++) {
				buffer[offset + (little ? i : length - 1 - i)] = rest % 256;
				rest = Math.floor(rest / 256);
			}
			return offset + length;
		};
		for (const order of ["LE", "BE"]) {
			const little = order === "LE";
			alias(`readUInt${order}`, function (offset, length) {
				return readUnsigned(this, offset, length, little);
			});
			proto[`readInt${order}`] = function (offset, length) {
				const value = readUnsigned(this, offset, length, little);
				return value >= 2 ** (8 * length - 1) ? value - 2 ** (8 * length) : value;
			};
			alias(`writeUInt${order}`, function (value, offset, length) {
				return write(this, value, offset, length, little, false);
			});
			proto[`writeInt${order}`] = function (value, offset, length) {
				return write(this, value, offset, length, little, true);
			};
		}
	}

	return { install };
})();

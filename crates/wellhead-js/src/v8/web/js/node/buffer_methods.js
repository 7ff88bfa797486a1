// The methods of a Buffer that are not those of a Uint8Array.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const encodings = core.loadExtScript("ext:wellhead_web/node/buffer_encoding.js");
	const { invalidArgType, outOfRange, invalidArgValue } = internals.errors;

	/** @param {{ checkBytes: Function, clamp: Function, compareBytes: Function }} tools */
	return ({ checkBytes, clamp, compareBytes }) => {
		function needle(value, encoding) {
			if (typeof value === "string") return encodings.encode(value, encodings.checked(encoding));
			if (typeof value === "number") return Uint8Array.of(value & 0xff);
			if (value instanceof Uint8Array) return value;
			throw invalidArgType("value", "number, string or an instance of Buffer or Uint8Array", value);
		}

		function search(buffer, value, start, encoding, backwards) {
			if (typeof start === "string") [start, encoding] = [undefined, start];
			const wanted = needle(value, encoding);
			const last = buffer.length - wanted.length;
			let at = start === undefined || Number.isNaN(+start) ? (backwards ? last : 0) : Math.trunc(+start);
			if (at < 0) at += buffer.length;
			if (backwards) {
				for (at = Math.min(at, last); at >= 0; at--) if (matches(buffer, wanted, at)) return at;
				return -1;
			}
			at = Math.max(at, 0);
			if (wanted.length === 0) return Math.min(at, buffer.length);
			for (at = nextOf(buffer, wanted[0], at); at >= 0 && at <= last; at = nextOf(buffer, wanted[0], at + 1)) {
				if (matches(buffer, wanted, at)) return at;
			}
			return -1;
		}

		const nextOf = (buffer, byte, at) => Uint8Array.prototype.indexOf.call(buffer, byte, at);

		function matches(buffer, wanted, at) {
			for (let i = 0; i < wanted.length; i++) if (buffer[at + i] !== wanted[i]) return false;
			return true;
		}

		function swap(buffer, size) {
			if (buffer.length % size !== 0) {
				throw internals.errors.coded(RangeError, "ERR_INVALID_BUFFER_SIZE", `Buffer size must be a multiple of ${size * 8}-bits`);
			}
			for (let i = 0; i < buffer.length; i += size) Uint8Array.prototype.reverse.call(buffer.subarray(i, i + size));
			return buffer;
		}

		const methods = {
			toString(encoding, start, end) {
				start = clamp(start, this.length, 0);
				end = clamp(end, this.length, this.length);
				if (end <= start) return "";
				const whole = start === 0 && end === this.length;
				return encodings.decode(whole ? this : this.subarray(start, end), encodings.checked(encoding));
			},
			toJSON() {
				return { type: "Buffer", data: Array.from(this) };
			},
			equals(other) {
				checkBytes(other, "otherBuffer");
				return this === other || compareBytes(this, other) === 0;
			},
			compare(target, targetStart = 0, targetEnd = target.length, start = 0, end = this.length) {
				checkBytes(target, "target");
				return compareBytes(this.subarray(start, end), target.subarray(targetStart, targetEnd));
			},
			copy(target, targetStart = 0, start = 0, end = this.length) {
				checkBytes(target, "target");
				if (targetStart < 0) throw outOfRange("targetStart", ">= 0", targetStart);
				if (start < 0 || start > this.length) throw outOfRange("sourceStart", `>= 0 && <= ${this.length}`, start);
				if (targetStart >= target.length || end <= start) return 0;
				const part = Uint8Array.prototype.subarray.call(this, start, Math.min(end, start + target.length - targetStart));
				Uint8Array.prototype.set.call(target, part, targetStart);
				return part.length;
			},
			/** Shares the memory, unlike the Uint8Array method of that name. */
			slice(start, end) {
				return this.subarray(start, end);
			},
			write(text, offset, length, encoding) {
				if (typeof text !== "string") throw invalidArgType("string", "string", text);
				if (typeof offset === "string") [offset, length, encoding] = [0, undefined, offset];
				else if (typeof length === "string") [length, encoding] = [undefined, length];
				offset ??= 0;
				if (offset < 0 || offset > this.length) throw outOfRange("offset", `>= 0 && <= ${this.length}`, offset);
				if (length < 0 || length > this.length) throw outOfRange("length", `>= 0 && <= ${this.length}`, length);
				const room = Math.min(length ?? Infinity, this.length - offset);
				const name = encodings.checked(encoding);
				if (name === "utf8") {
					// No half characters.
					const target = new Uint8Array(this.buffer, this.byteOffset + offset, room);
					return new TextEncoder().encodeInto(text, target).written;
				}
				let bytes = encodings.encode(text, name);
				if (bytes.length > room) bytes = bytes.subarray(0, name === "utf16le" ? room & ~1 : room);
				this.set(bytes, offset);
				return bytes.length;
			},
			fill(value, offset, end, encoding) {
				if (typeof offset === "string") [offset, end, encoding] = [undefined, undefined, offset];
				else if (typeof end === "string") [end, encoding] = [undefined, end];
				offset = clamp(offset, this.length, 0);
				end = clamp(end, this.length, this.length);
				if (typeof value === "number" || typeof value === "boolean") {
					Uint8Array.prototype.fill.call(this, value & 0xff, offset, end);
					return this;
				}
				const pattern = needle(value, encoding);
				if (pattern.length === 0) {
					if (typeof value !== "string" || value !== "") throw invalidArgValue("value", value);
					Uint8Array.prototype.fill.call(this, 0, offset, end);
					return this;
				}
				for (let i = offset; i < end; i++) this[i] = pattern[(i - offset) % pattern.length];
				return this;
			},
			indexOf(value, start, encoding) {
				return search(this, value, start, encoding, false);
			},
			lastIndexOf(value, start, encoding) {
				return search(this, value, start, encoding, true);
			},
			includes(value, start, encoding) {
				return search(this, value, start, encoding, false) >= 0;
			},
			swap16() {
				return swap(this, 2);
			},
			swap32() {
				return swap(this, 4);
			},
			swap64() {
				return swap(this, 8);
			},
			inspect() {
				const shown = Array.from(Uint8Array.prototype.subarray.call(this, 0, 50), (byte) => byte.toString(16).padStart(2, "0"));
				const more = this.length > 50 ? ` ... ${this.length - 50} more byte${this.length > 51 ? "s" : ""}` : "";
				return `<Buffer${shown.length > 0 ? " " : ""}${shown.join(" ")}${more}>`;
			},
		};
		for (const [suffix, encoding] of [
			["ascii", "ascii"],
			["base64", "base64"],
			["base64url", "base64url"],
			["hex", "hex"],
			["latin1", "latin1"],
			["ucs2", "utf16le"],
			["utf8", "utf8"],
		]) {
			methods[`${suffix}Slice`] = function (start, end) {
				return this.toString(encoding, start, end);
			};
			methods[`${suffix}Write`] = function (text, offset, length) {
				return this.write(text, offset, length, encoding);
			};
		}
		methods.toLocaleString = methods.toString;
		for (const name of Object.keys(methods)) Object.defineProperty(methods, name, { enumerable: false });
		return methods;
	};
})();

// Blob and File of the File API, and object URLs.
//
// The bytes are in the heap of the isolate, where its limits count them; deno_web keeps them outside, where they stay
// until a finaliser runs.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const { URL } = core.loadExtScript("ext:deno_web/00_url.js");
	const { ReadableStream } = core.loadExtScript("ext:deno_web/06_streams.js");

	const CHUNK = 64 * 1024;
	// An object URL keeps its Blob until it is revoked, which servers forget.
	const MOST_URLS = 1000;

	const PRINTABLE = /^[\x20-\x7e]*$/;
	const typeOf = (type) => {
		const text = type === undefined ? "" : String(type);
		return PRINTABLE.test(text) ? text.toLowerCase() : "";
	};

	/** @returns {Uint8Array} a copy, so that what a Blob holds never changes */
	function copy(part) {
		if (ArrayBuffer.isView(part)) return new Uint8Array(part.buffer, part.byteOffset, part.byteLength).slice();
		return new Uint8Array(part).slice();
	}

	let make, partsOf;

	class Blob {
		/** @type {Uint8Array[]} never written to, and never given out */
		#parts = [];
		#size = 0;
		#type = "";

		constructor(parts = undefined, options = undefined) {
			if (options !== undefined && options !== null && typeof options !== "object" && typeof options !== "function") {
				throw new TypeError("The options of a Blob are an object");
			}
			const endings = options?.endings === undefined ? "transparent" : String(options.endings);
			if (endings !== "transparent" && endings !== "native") throw new TypeError(`Not a kind of line endings: ${endings}`);
			this.#type = typeOf(options?.type);
			if (parts === undefined) return;
			if ((typeof parts !== "object" && typeof parts !== "function") || typeof parts?.[Symbol.iterator] !== "function") {
				throw new TypeError("A Blob is made from an iterable of parts");
			}
			for (const part of parts) this.#add(part, endings);
		}

		#add(part, endings) {
			if (part instanceof Blob) {
				for (const bytes of part.#parts) this.#parts.push(bytes);
				this.#size += part.#size;
				return;
			}
			let bytes;
			if (ArrayBuffer.isView(part) || core.isAnyArrayBuffer(part)) bytes = copy(part);
			else {
				const text = String(part);
				bytes = core.encode(endings === "native" ? text.replace(/\r\n?|\n/g, "\n") : text);
			}
			this.#parts.push(bytes);
			this.#size += bytes.length;
		}

		get size() {
			return this.#size;
		}

		get type() {
			return this.#type;
		}

		slice(start = 0, end = this.#size, type = "") {
			const clamp = (at) => {
				at = Math.trunc(Number(at)) || 0;
				return at < 0 ? Math.max(this.#size + at, 0) : Math.min(at, this.#size);
			};
			let from = clamp(start);
			let left = Math.max(clamp(end) - from, 0);
			const parts = [];
			for (const bytes of this.#parts) {
				if (left === 0) break;
				const part = bytes.subarray(from, from + left);
				if (part.length > 0) parts.push(part);
				from = Math.max(from - bytes.length, 0);
				left -= part.length;
			}
			return make(new Blob(), parts, typeOf(type));
		}

		#join() {
			const all = new Uint8Array(this.#size);
			let at = 0;
			for (const bytes of this.#parts) {
				all.set(bytes, at);
				at += bytes.length;
			}
			return all;
		}

		async bytes() {
			return this.#join();
		}

		async arrayBuffer() {
			return this.#join().buffer;
		}

		async text() {
			return new TextDecoder().decode(this.#join());
		}

		stream() {
			const parts = this.#parts;
			let part = 0;
			let at = 0;
			return new ReadableStream({
				type: "bytes",
				pull(controller) {
					while (part < parts.length && at >= parts[part].length) {
						part++;
						at = 0;
					}
					if (part === parts.length) {
						controller.close();
						controller.byobRequest?.respond(0);
						return;
					}
					controller.enqueue(parts[part].slice(at, at + CHUNK));
					at += CHUNK;
				},
			}, { highWaterMark: 0 });
		}

		get [Symbol.toStringTag]() {
			return "Blob";
		}

		[Symbol.for("Deno.privateCustomInspect")](inspect, options) {
			const { size, type, name, lastModified } = this;
			return name === undefined ? `Blob ${inspect({ size, type }, options)}` : `File ${inspect({ name, size, type, lastModified }, options)}`;
		}

		static {
			partsOf = (blob) => blob.#parts;
			make = (blob, parts, type) => {
				blob.#parts = parts;
				blob.#size = parts.reduce((sum, bytes) => sum + bytes.length, 0);
				blob.#type = type;
				return blob;
			};
		}
	}

	class File extends Blob {
		#name;
		#lastModified;

		constructor(parts, name, options = undefined) {
			if (arguments.length < 2) throw new TypeError("A File is made from parts and a name");
			super(parts, options);
			this.#name = String(name).toWellFormed();
			this.#lastModified = options?.lastModified === undefined ? Date.now() : Math.trunc(Number(options.lastModified)) || 0;
		}

		get name() {
			return this.#name;
		}

		get lastModified() {
			return this.#lastModified;
		}

		get webkitRelativePath() {
			return "";
		}

		get [Symbol.toStringTag]() {
			return "File";
		}
	}

	for (const name of ["size", "type", "slice", "bytes", "arrayBuffer", "text", "stream"]) {
		Object.defineProperty(Blob.prototype, name, { enumerable: true });
	}

	const brand = (Class, describe) => Object.defineProperty(Class.prototype, core.hostObjectBrand, { value: describe });
	brand(Blob, function () {
		return { type: "Blob", mimeType: this.type, parts: partsOf(this) };
	});
	brand(File, function () {
		return { type: "File", mimeType: this.type, parts: partsOf(this), name: this.name, lastModified: this.lastModified };
	});
	core.registerCloneableResource("Blob", ({ mimeType, parts }) => make(new Blob(), parts, mimeType));
	core.registerCloneableResource("File", ({ mimeType, parts, name, lastModified }) =>
		make(new File([], name, { lastModified }), parts, mimeType));

	const urls = new Map();
	URL.createObjectURL = (blob) => {
		if (!(blob instanceof Blob)) throw internals.errors.invalidArgType("blob", "an instance of Blob", blob);
		if (urls.size >= MOST_URLS) {
			throw new RangeError(`There are ${MOST_URLS} object URLs already; revoke those that are no longer needed`);
		}
		const url = `blob:null/${crypto.randomUUID()}`;
		urls.set(url, blob);
		return url;
	};
	URL.revokeObjectURL = (url) => {
		urls.delete(String(url));
	};
	/** @param {string} url @returns {Blob | undefined} */
	const blobFromObjectUrl = (url) => urls.get(url.split("#", 1)[0]);

	return { Blob, File, blobFromObjectUrl };
})();

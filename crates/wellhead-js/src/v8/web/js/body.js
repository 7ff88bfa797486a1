// What Request and Response share: a body that stays a string or bytes until somebody asks for a stream.
"use strict";
(function () {
	const { core } = __bootstrap;
	const { Blob } = core.loadExtScript("ext:wellhead_web/blob.js");
	const { URLSearchParams } = core.loadExtScript("ext:deno_web/00_url.js");
	const { ReadableStream, isReadableStreamDisturbed } = core.loadExtScript("ext:deno_web/06_streams.js");
	const { parseMimeType, essence } = core.loadExtScript("ext:deno_web/01_mimesniff.js");
	const { FormData } = core.loadExtScript("ext:wellhead_web/form_data.js");
	const multipart = core.loadExtScript("ext:wellhead_web/multipart.js");

	const toBytes = (text) => core.encode(text);
	const toText = (bytes) => new TextDecoder().decode(bytes);

	/** @param {ArrayBuffer | ArrayBufferView} source @returns {Uint8Array} a copy */
	function copyBytes(source) {
		if (ArrayBuffer.isView(source)) {
			return new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice();
		}
		return new Uint8Array(source).slice();
	}

	const isBuffer = (value) => ArrayBuffer.isView(value) || core.isAnyArrayBuffer(value);

	class Body {
		/** @type {string | Uint8Array | Blob | null} what can be sent again; `null` where only the stream has it */
		source;
		/** @type {ReadableStream | null} made when first asked for */
		#stream;
		#consumed = false;

		constructor(source, stream) {
			this.source = source;
			this.#stream = stream;
		}

		get used() {
			return this.#stream === null ? this.#consumed : isReadableStreamDisturbed(this.#stream);
		}

		get locked() {
			return this.#stream === null ? this.#consumed : this.#stream.locked;
		}

		get unusable() {
			return this.used || this.locked;
		}

		/** Whether a stream is all there is of it. */
		get onlyStream() {
			return this.source === null;
		}

		get stream() {
			if (this.#stream === null) {
				this.#stream = streamOf(this.source);
				if (this.#consumed) {
					// Read before: the stream is one that a reader has taken to its end.
					this.#stream.getReader().cancel();
				}
			}
			return this.#stream;
		}

		/** A second body with the same bytes; this one stays as readable as it was. */
		tee() {
			if (this.#stream === null) return new Body(this.source, null);
			const [mine, other] = this.#stream.tee();
			this.#stream = mine;
			return new Body(this.source, other);
		}

		/** Takes over everything, leaving this one used. */
		transfer() {
			const taken = new Body(this.source, this.#stream === null ? null : pass(this.#stream));
			this.#consumed = true;
			return taken;
		}

		/** @returns {Promise<string | Uint8Array>} all of it, in whichever form costs less */
		async read() {
			if (this.#stream === null) {
				this.#consumed = true;
				return this.source instanceof Blob ? this.source.bytes() : this.source;
			}
			return collect(this.#stream);
		}
	}

	/** The stream goes on in another body; the first counts as read. */
	const pass = (stream) => stream.pipeThrough(new TransformStream());

	function streamOf(source) {
		if (source instanceof Blob) return source.stream();
		return new ReadableStream({
			type: "bytes",
			pull(controller) {
				const bytes = typeof source === "string" ? toBytes(source) : source.slice();
				if (bytes.length > 0) controller.enqueue(bytes);
				controller.close();
				controller.byobRequest?.respond(0);
			},
		});
	}

	/** @param {ReadableStream} stream */
	async function collect(stream) {
		const reader = stream.getReader();
		const chunks = [];
		let length = 0;
		for (;;) {
			const { done, value } = await reader.read();
			if (done) break;
			if (!(value instanceof Uint8Array)) {
				const error = new TypeError("A body stream must yield Uint8Array chunks");
				await reader.cancel(error);
				throw error;
			}
			chunks.push(value);
			length += value.length;
		}
		if (chunks.length === 1) return chunks[0].slice();
		const all = new Uint8Array(length);
		let at = 0;
		for (const chunk of chunks) {
			all.set(chunk, at);
			at += chunk.length;
		}
		return all;
	}

	/**
	 * @param {BodyInit} init
	 * @returns {{ body: Body, type: string | null }} `type` is the content type that the kind of `init` implies
	 */
	function extract(init) {
		if (typeof init === "string") return { body: new Body(init.toWellFormed(), null), type: "text/plain;charset=UTF-8" };
		if (typeof init === "object" && init !== null) {
			if (isBuffer(init)) return { body: new Body(copyBytes(init), null), type: null };
			if (init instanceof ReadableStream) {
				if (init.locked || isReadableStreamDisturbed(init)) throw new TypeError("The body stream is locked or was read already");
				return { body: new Body(null, init), type: null };
			}
			if (init instanceof URLSearchParams) {
				return { body: new Body(init.toString(), null), type: "application/x-www-form-urlencoded;charset=UTF-8" };
			}
			if (init instanceof FormData) {
				const { blob, boundary } = multipart.encode(init);
				return { body: new Body(blob, null), type: `multipart/form-data; boundary=${boundary}` };
			}
			if (init instanceof Blob) return { body: new Body(init, null), type: init.type || null };
			if (typeof init[Symbol.asyncIterator] === "function") return { body: new Body(null, ReadableStream.from(init)), type: null };
		}
		return extract(String(init));
	}

	async function readForm(bytes, type) {
		const mime = type === null ? null : parseMimeType(type);
		const kind = mime === null ? "" : essence(mime);
		if (kind === "multipart/form-data") {
			const boundary = mime.parameters.get("boundary");
			if (boundary === undefined) throw new TypeError("The content type multipart/form-data has no boundary");
			return multipart.decode(typeof bytes === "string" ? toBytes(bytes) : bytes, boundary);
		}
		if (kind === "application/x-www-form-urlencoded") {
			const form = new FormData();
			for (const [name, value] of new URLSearchParams(typeof bytes === "string" ? bytes : toText(bytes))) form.append(name, value);
			return form;
		}
		throw new TypeError(`A body of type ${type === null ? "(none)" : JSON.stringify(type)} is not a form`);
	}

	/**
	 * Adds `body`, `bodyUsed` and the readers to a class.
	 *
	 * @param {Function} Class
	 * @param {(self: object) => Body | null} bodyOf throws where `self` is of another class
	 * @param {(self: object) => string | null} typeOf the content type
	 */
	function mixin(Class, bodyOf, typeOf) {
		async function read(self) {
			const body = bodyOf(self);
			if (body === null) return "";
			if (body.unusable) throw new TypeError("The body was read already");
			return body.read();
		}
		const asBytes = (data) => (typeof data === "string" ? toBytes(data) : data);
		const asText = (data) => (typeof data === "string" ? data : toText(data));
		const methods = {
			async text() {
				return asText(await read(this));
			},
			async json() {
				return JSON.parse(asText(await read(this)));
			},
			async arrayBuffer() {
				const data = await read(this);
				// Bytes that were given stay with the giver's copy.
				return typeof data === "string" ? toBytes(data).buffer : data.slice().buffer;
			},
			async bytes() {
				const data = await read(this);
				return typeof data === "string" ? toBytes(data) : data.slice();
			},
			async blob() {
				const data = await read(this);
				return new Blob([data], { type: typeOf(this) ?? "" });
			},
			async formData() {
				const type = typeOf(this);
				return readForm(asBytes(await read(this)), type);
			},
		};
		for (const [name, value] of Object.entries(methods)) {
			Object.defineProperty(Class.prototype, name, { value, writable: true, enumerable: true, configurable: true });
		}
		Object.defineProperties(Class.prototype, {
			body: {
				get() {
					return bodyOf(this)?.stream ?? null;
				},
				enumerable: true,
				configurable: true,
			},
			bodyUsed: {
				get() {
					return bodyOf(this)?.used ?? false;
				},
				enumerable: true,
				configurable: true,
			},
		});
	}

	return { Body, extract, mixin, isBuffer, collect };
})();

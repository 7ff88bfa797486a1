// Writable of node:stream.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const { Stream, HIGH_WATER, adopt, life, toChunk } = core.loadExtScript("ext:wellhead_web/node/stream_base.js");
	const { coded } = internals.errors;

	/** Sets the writing half of a stream up; a Duplex has it too. */
	function init(stream, options) {
		const objectMode = Boolean(options?.objectMode ?? options?.writableObjectMode);
		stream._writable = {
			queue: [],
			length: 0,
			objectMode,
			highWaterMark: options?.writableHighWaterMark ?? options?.highWaterMark
				?? (objectMode ? HIGH_WATER.objects : HIGH_WATER.bytes),
			decodeStrings: options?.decodeStrings !== false,
			defaultEncoding: options?.defaultEncoding ?? "utf8",
			writing: false,
			needDrain: false,
			ending: false,
			finished: false,
			corked: 0,
			finalCalled: false,
		};
		adopt(stream, options, { write: "_write", writev: "_writev", final: "_final", destroy: "_destroy" });
	}

	function Writable(options) {
		if (!(this instanceof Writable)) return new Writable(options);
		Stream.call(this, options);
		life(this).autoDestroy = options?.autoDestroy !== false;
		init(this, options);
	}
	Object.setPrototypeOf(Writable.prototype, Stream.prototype);
	Object.setPrototypeOf(Writable, Stream);
	// A Duplex is a Writable too, though its prototype chain goes through Readable.
	Object.defineProperty(Writable, Symbol.hasInstance, {
		value(object) {
			if (Function.prototype[Symbol.hasInstance].call(this, object)) return true;
			return this === Writable && object?._writable !== undefined;
		},
	});

	const methods = {
		_write(chunk, encoding, done) {
			done(coded(Error, "ERR_METHOD_NOT_IMPLEMENTED", "The _write() method is not implemented"));
		},
		_final(done) {
			done();
		},
		write(chunk, encoding, done) {
			const state = this._writable;
			if (typeof encoding === "function") [encoding, done] = [undefined, encoding];
			encoding ??= state.defaultEncoding;
			if (chunk === null) throw coded(TypeError, "ERR_STREAM_NULL_VALUES", "May not write null values to stream");
			if (state.ending || life(this).destroyed) {
				const error = state.ending
					? coded(Error, "ERR_STREAM_WRITE_AFTER_END", "write after end")
					: coded(Error, "ERR_STREAM_DESTROYED", "Cannot call write after a stream was destroyed");
				if (done !== undefined) process.nextTick(done, error);
				if (state.ending) this.destroy(error);
				return false;
			}
			if (state.objectMode || state.decodeStrings || typeof chunk !== "string") chunk = toChunk(chunk, encoding, state.objectMode);
			const size = state.objectMode ? 1 : chunk.length;
			state.length += size;
			state.queue.push({ chunk, encoding: typeof chunk === "string" ? encoding : "buffer", size, done });
			const room = state.length < state.highWaterMark;
			if (!room) state.needDrain = true;
			advance(this);
			return room;
		},
		end(chunk, encoding, done) {
			const state = this._writable;
			if (typeof chunk === "function") [chunk, done] = [undefined, chunk];
			else if (typeof encoding === "function") [encoding, done] = [undefined, encoding];
			if (chunk !== undefined && chunk !== null) this.write(chunk, encoding);
			state.corked = 0;
			if (done !== undefined) {
				if (state.finished) process.nextTick(done);
				else this.once("finish", done);
			}
			state.ending = true;
			advance(this);
			return this;
		},
		cork() {
			this._writable.corked++;
		},
		uncork() {
			if (this._writable.corked > 0 && --this._writable.corked === 0) advance(this);
		},
		setDefaultEncoding(encoding) {
			this._writable.defaultEncoding = encoding;
			return this;
		},
	};

	/** Hands the next chunk on, one at a time, and finishes after the last. */
	function advance(stream) {
		const state = stream._writable;
		if (state.writing || state.corked > 0 || life(stream).destroyed) return;
		if (state.queue.length === 0) {
			finish(stream);
			return;
		}
		const batch = typeof stream._writev === "function" && state.queue.length > 1 ? state.queue.splice(0) : [state.queue.shift()];
		let sync = true;
		let called = false;
		state.writing = true;
		const done = (error) => {
			if (called) {
				stream.destroy(coded(Error, "ERR_MULTIPLE_CALLBACK", "Callback called multiple times"));
				return;
			}
			called = true;
			if (sync) process.nextTick(written, stream, batch, error);
			else written(stream, batch, error);
		};
		try {
			if (batch.length > 1) stream._writev(batch.map(({ chunk, encoding }) => ({ chunk, encoding })), done);
			else stream._write(batch[0].chunk, batch[0].encoding, done);
		} catch (error) {
			stream.destroy(error);
		}
		sync = false;
	}

	function written(stream, batch, error) {
		const state = stream._writable;
		state.writing = false;
		for (const { size, done } of batch) {
			state.length -= size;
			done?.(error ?? null);
		}
		if (error) {
			for (const { done } of state.queue.splice(0)) done?.(error);
			stream.destroy(error);
			return;
		}
		if (state.needDrain && state.length === 0 && !state.ending) {
			state.needDrain = false;
			stream.emit("drain");
		}
		advance(stream);
	}

	function finish(stream) {
		const state = stream._writable;
		if (!state.ending || state.finalCalled) return;
		state.finalCalled = true;
		const done = (error) => {
			if (error) {
				stream.destroy(error);
				return;
			}
			process.nextTick(() => {
				if (life(stream).destroyed) return;
				state.finished = true;
				stream.emit("finish");
				const readable = stream._readable;
				if (life(stream).autoDestroy && (readable === undefined || readable.endEmitted)) stream.destroy();
			});
		};
		try {
			stream._final(done);
		} catch (error) {
			done(error);
		}
	}

	const views = {
		writable: (stream) => !life(stream).destroyed && !stream._writable.ending,
		writableEnded: (stream) => stream._writable.ending,
		writableFinished: (stream) => stream._writable.finished,
		writableLength: (stream) => stream._writable.length,
		writableHighWaterMark: (stream) => stream._writable.highWaterMark,
		writableNeedDrain: (stream) => stream._writable.needDrain && !stream._writable.ending,
		writableObjectMode: (stream) => stream._writable.objectMode,
		writableCorked: (stream) => stream._writable.corked,
	};
	/** Gives a prototype what writes. */
	function install(proto) {
		Object.assign(proto, methods);
		for (const [name, get] of Object.entries(views)) {
			Object.defineProperty(proto, name, {
				get() {
					return get(this);
				},
				configurable: true,
			});
		}
	}
	install(Writable.prototype);

	return { Writable, init, install };
})();

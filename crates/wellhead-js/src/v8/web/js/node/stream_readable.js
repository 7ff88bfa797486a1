// Readable of node:stream.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const { Stream, HIGH_WATER, adopt, life, toChunk } = core.loadExtScript("ext:wellhead_web/node/stream_base.js");
	const { StringDecoder } = core.loadExtScript("ext:wellhead_web/node/string_decoder.js");
	const { coded } = internals.errors;

	function Readable(options) {
		if (!(this instanceof Readable)) return new Readable(options);
		Stream.call(this, options);
		this._readable = {
			buffer: [],
			length: 0,
			objectMode: Boolean(options?.objectMode ?? options?.readableObjectMode),
			highWaterMark: 0,
			/** `null` until somebody wants data or pauses. */
			flowing: null,
			reading: false,
			ended: false,
			endEmitted: false,
			scheduled: false,
			wantsReadable: false,
			decoder: null,
			pipes: [],
		};
		const state = this._readable;
		state.highWaterMark = options?.readableHighWaterMark ?? options?.highWaterMark
			?? (state.objectMode ? HIGH_WATER.objects : HIGH_WATER.bytes);
		life(this).autoDestroy = options?.autoDestroy !== false;
		adopt(this, options, { read: "_read", destroy: "_destroy" });
		if (options?.encoding) this.setEncoding(options.encoding);
	}
	Object.setPrototypeOf(Readable.prototype, Stream.prototype);
	Object.setPrototypeOf(Readable, Stream);
	const proto = Readable.prototype;

	proto._read = function () {
		throw coded(Error, "ERR_METHOD_NOT_IMPLEMENTED", "The _read() method is not implemented");
	};

	const sizeOf = (state, chunk) => (state.objectMode ? 1 : chunk.length);

	function insert(stream, chunk, encoding, atFront) {
		const state = stream._readable;
		if (!atFront) state.reading = false;
		if (chunk === null) {
			if (state.ended) return false;
			const rest = state.decoder?.end();
			if (rest) {
				state.buffer.push(rest);
				state.length += sizeOf(state, rest);
			}
			state.ended = true;
			schedule(stream);
			return false;
		}
		if (state.ended && !atFront) {
			stream.destroy(coded(Error, "ERR_STREAM_PUSH_AFTER_EOF", "stream.push() after EOF"));
			return false;
		}
		chunk = toChunk(chunk, encoding, state.objectMode);
		if (state.decoder !== null && !state.objectMode) chunk = state.decoder.write(chunk);
		if (state.objectMode || chunk.length > 0) {
			if (atFront) state.buffer.unshift(chunk);
			else state.buffer.push(chunk);
			state.length += sizeOf(state, chunk);
		}
		schedule(stream);
		return !state.ended && state.length < state.highWaterMark;
	}

	proto.push = function (chunk, encoding) {
		return insert(this, chunk, encoding, false);
	};
	proto.unshift = function (chunk, encoding) {
		return insert(this, chunk, encoding, true);
	};

	/** Flows, tells of what can be read, or ends: in the next tick, so that `push` never runs a listener. */
	function schedule(stream) {
		const state = stream._readable;
		if (state.scheduled) return;
		state.scheduled = true;
		process.nextTick(() => {
			state.scheduled = false;
			if (life(stream).destroyed) return;
			if (state.flowing === true) flow(stream);
			else {
				if (state.listensReadable && (state.length > 0 || state.ended) && !state.endEmitted) stream.emit("readable");
				more(stream);
			}
			end(stream);
		});
	}

	function flow(stream) {
		const state = stream._readable;
		while (state.flowing === true && !life(stream).destroyed) {
			if (state.buffer.length > 0) stream.emit("data", take(state));
			else if (state.ended || state.reading) return;
			else {
				more(stream);
				if (state.buffer.length === 0) return;
			}
		}
	}

	function take(state) {
		const chunk = state.buffer.shift();
		state.length -= sizeOf(state, chunk);
		return chunk;
	}

	/** Asks the source where there is room. */
	function more(stream) {
		const state = stream._readable;
		if (state.reading || state.ended || life(stream).destroyed || state.length >= state.highWaterMark) return;
		if (state.flowing === null && !state.listensReadable && !state.wantsReadable) return;
		state.reading = true;
		try {
			stream._read(state.highWaterMark);
		} catch (error) {
			stream.destroy(error);
		}
	}

	function end(stream) {
		const state = stream._readable;
		if (!state.ended || state.length > 0 || state.endEmitted || life(stream).destroyed) return;
		if (state.flowing === null && !state.listensReadable && !state.wantsReadable) return;
		state.endEmitted = true;
		process.nextTick(() => {
			stream.emit("end");
			const writable = stream._writable;
			if (life(stream).autoDestroy && (writable === undefined || writable.finished)) stream.destroy();
			else if (writable !== undefined && stream.allowHalfOpen === false) stream.end();
		});
	}

	proto.read = function (size) {
		const state = this._readable;
		state.wantsReadable = true;
		let chunk = null;
		if (size === 0) chunk = null;
		else if (state.objectMode || (size === undefined && state.buffer.length === 1)) chunk = state.buffer.length > 0 ? take(state) : null;
		else if (size === undefined || size >= state.length) {
			if (state.length > 0 && (size === undefined || size === state.length || state.ended)) chunk = joined(state);
		} else {
			const all = joined(state);
			chunk = all.slice(0, size);
			const rest = all.slice(size);
			state.buffer.unshift(rest);
			state.length = rest.length;
		}
		more(this);
		end(this);
		if (chunk !== null) this.emit("data", chunk);
		return chunk;
	};

	function joined(state) {
		const all = state.decoder === null ? Buffer.concat(state.buffer) : state.buffer.join("");
		state.buffer.length = 0;
		state.length = 0;
		return all;
	}

	proto.on = proto.addListener = function (type, listener) {
		Stream.prototype.on.call(this, type, listener);
		const state = this._readable;
		if (type === "data") {
			if (state.flowing !== false && !state.listensReadable) this.resume();
		} else if (type === "readable") {
			state.listensReadable = true;
			state.flowing = false;
			schedule(this);
		}
		return this;
	};

	proto.resume = function () {
		const state = this._readable;
		if (state.listensReadable) return this;
		state.flowing = true;
		schedule(this);
		return this;
	};
	proto.pause = function () {
		this._readable.flowing = false;
		this.emit("pause");
		return this;
	};
	proto.isPaused = function () {
		return this._readable.flowing === false;
	};
	proto.setEncoding = function (encoding) {
		const state = this._readable;
		state.decoder = new StringDecoder(encoding);
		if (state.buffer.length > 0) {
			const text = state.buffer.map((chunk) => state.decoder.write(chunk)).join("");
			state.buffer = text === "" ? [] : [text];
			state.length = text.length;
		}
		return this;
	};

	proto.pipe = function (target, options) {
		const write = (chunk) => {
			if (target.write(chunk) === false) this.pause();
		};
		const resume = () => this.resume();
		const finish = () => target.end();
		const undo = () => {
			this.removeListener("data", write);
			this.removeListener("end", finish);
			target.removeListener("drain", resume);
		};
		this._readable.pipes.push({ target, undo });
		this.on("data", write);
		target.on("drain", resume);
		if (options?.end !== false) this.once("end", finish);
		target.once("close", () => this.unpipe(target));
		target.emit("pipe", this);
		return target;
	};
	proto.unpipe = function (target) {
		const state = this._readable;
		for (const pipe of state.pipes.filter((one) => target === undefined || one.target === target)) {
			pipe.undo();
			pipe.target.emit("unpipe", this);
			state.pipes.splice(state.pipes.indexOf(pipe), 1);
		}
		if (state.pipes.length === 0 && this.listenerCount("data") === 0) state.flowing = false;
		return this;
	};

	proto[Symbol.asyncIterator] = async function* () {
		const waiting = { wake: null };
		let failure = null;
		let done = false;
		const wake = () => waiting.wake?.();
		const fail = (error) => {
			failure = { error };
			wake();
		};
		const close = () => {
			done = true;
			wake();
		};
		this.on("readable", wake).on("error", fail).on("end", close).on("close", close);
		try {
			for (;;) {
				const chunk = life(this).destroyed ? null : this.read();
				if (chunk !== null) yield chunk;
				else if (failure !== null) throw failure.error;
				else if (done || this._readable.endEmitted) return;
				else if (life(this).destroyed) {
					if (life(this).errored !== null) throw life(this).errored;
					throw coded(Error, "ERR_STREAM_PREMATURE_CLOSE", "Premature close");
				} else await new Promise((resolve) => waiting.wake = resolve);
			}
		} finally {
			this.removeListener("readable", wake).removeListener("end", close).removeListener("close", close);
			if (!life(this).destroyed) this.destroy();
			// An error that comes after the loop was left has nobody to go to.
			process.nextTick(() => this.removeListener("error", fail));
		}
	};

	const view = (name, get) => Object.defineProperty(proto, name, { get, configurable: true });
	view("readable", function () {
		return !life(this).destroyed && !this._readable.endEmitted;
	});
	view("readableEnded", function () {
		return this._readable.endEmitted;
	});
	view("readableFlowing", function () {
		return this._readable.flowing;
	});
	view("readableLength", function () {
		return this._readable.length;
	});
	view("readableHighWaterMark", function () {
		return this._readable.highWaterMark;
	});
	view("readableObjectMode", function () {
		return this._readable.objectMode;
	});

	return { Readable };
})();

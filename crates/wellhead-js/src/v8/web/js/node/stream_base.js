// What every stream of node:stream has: destroy, its events, and the default of its buffer.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const EventEmitter = core.loadExtScript("ext:wellhead_web/node/events.js");

	const HIGH_WATER = { bytes: 64 * 1024, objects: 16 };

	/** Functions and not classes, so that old code can inherit with `util.inherits` and `call`. */
	function Stream(options) {
		EventEmitter.call(this, options);
	}
	Object.setPrototypeOf(Stream.prototype, EventEmitter.prototype);
	Object.setPrototypeOf(Stream, EventEmitter);

	const life = (stream) => (stream._life ??= { destroyed: false, closed: false, errored: null, autoDestroy: true });

	Object.defineProperties(Stream.prototype, {
		destroyed: {
			get() {
				return life(this).destroyed;
			},
			configurable: true,
		},
		closed: {
			get() {
				return life(this).closed;
			},
			configurable: true,
		},
		errored: {
			get() {
				return life(this).errored;
			},
			configurable: true,
		},
	});

	Stream.prototype.destroy = function (error) {
		const state = life(this);
		if (state.destroyed) return this;
		state.destroyed = true;
		state.errored = error ?? null;
		this._destroy(error ?? null, (failure) => {
			const final = failure ?? error ?? null;
			if (final !== null) state.errored = final;
			process.nextTick(() => {
				if (final !== null) this.emit("error", final);
				state.closed = true;
				this.emit("close");
			});
		});
		return this;
	};

	Stream.prototype._destroy = function (error, done) {
		done(error);
	};

	Stream.prototype[Symbol.asyncDispose] = function () {
		this.destroy();
		return Promise.resolve();
	};

	/** Takes the methods that an options object brings. */
	function adopt(stream, options, names) {
		for (const [option, method] of Object.entries(names)) {
			if (typeof options?.[option] === "function") stream[method] = options[option];
		}
		if (options?.signal) {
			const abort = () => {
				const error = new Error("The operation was aborted", { cause: options.signal.reason });
				error.name = "AbortError";
				error.code = "ABORT_ERR";
				stream.destroy(error);
			};
			if (options.signal.aborted) process.nextTick(abort);
			else options.signal.addEventListener("abort", abort, { once: true });
		}
	}

	/** @param {unknown} chunk @returns {Uint8Array | unknown} bytes, unless the stream is of objects */
	function toChunk(chunk, encoding, objectMode) {
		if (objectMode) return chunk;
		if (typeof chunk === "string") return Buffer.from(chunk, encoding);
		if (Buffer.isBuffer(chunk)) return chunk;
		if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
		throw internals.errors.invalidArgType("chunk", "string or an instance of Buffer, TypedArray, or DataView", chunk);
	}

	return { Stream, HIGH_WATER, adopt, life, toChunk };
})();

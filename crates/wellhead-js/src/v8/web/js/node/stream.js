// node:stream: Duplex, Transform, PassThrough, and what joins streams. Enough for what renders on a server.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const { Stream, life } = core.loadExtScript("ext:wellhead_web/node/stream_base.js");
	const { Readable } = core.loadExtScript("ext:wellhead_web/node/stream_readable.js");
	const { Writable, init, install } = core.loadExtScript("ext:wellhead_web/node/stream_writable.js");
	const { promisify } = core.loadExtScript("ext:wellhead_web/node/util.js");
	const { coded } = internals.errors;

	function Duplex(options) {
		if (!(this instanceof Duplex)) return new Duplex(options);
		Readable.call(this, options);
		init(this, options);
		this.allowHalfOpen = options?.allowHalfOpen !== false;
		if (options?.readable === false) this.push(null);
		if (options?.writable === false) this.end();
	}
	Object.setPrototypeOf(Duplex.prototype, Readable.prototype);
	Object.setPrototypeOf(Duplex, Readable);
	install(Duplex.prototype);

	function Transform(options) {
		if (!(this instanceof Transform)) return new Transform(options);
		Duplex.call(this, options);
		if (typeof options?.transform === "function") this._transform = options.transform;
		if (typeof options?.flush === "function") this._flush = options.flush;
		this._waiting = null;
	}
	Object.setPrototypeOf(Transform.prototype, Duplex.prototype);
	Object.setPrototypeOf(Transform, Duplex);
	Transform.prototype._transform = function () {
		throw coded(Error, "ERR_METHOD_NOT_IMPLEMENTED", "The _transform() method is not implemented");
	};
	Transform.prototype._write = function (chunk, encoding, done) {
		this._transform(chunk, encoding, (error, value) => {
			if (error) {
				done(error);
				return;
			}
			if (value !== undefined && value !== null) this.push(value);
			// The writer waits while nobody reads.
			if (this._readable.length < this._readable.highWaterMark || this._readable.ended) done();
			else this._waiting = done;
		});
	};
	Transform.prototype._read = function () {
		this._readable.reading = false;
		const done = this._waiting;
		this._waiting = null;
		done?.();
	};
	Transform.prototype._final = function (done) {
		if (typeof this._flush !== "function") {
			this.push(null);
			done();
			return;
		}
		this._flush((error, value) => {
			if (error) {
				done(error);
				return;
			}
			if (value !== undefined && value !== null) this.push(value);
			this.push(null);
			done();
		});
	};

	function PassThrough(options) {
		if (!(this instanceof PassThrough)) return new PassThrough(options);
		Transform.call(this, options);
	}
	Object.setPrototypeOf(PassThrough.prototype, Transform.prototype);
	Object.setPrototypeOf(PassThrough, Transform);
	PassThrough.prototype._transform = function (chunk, encoding, done) {
		done(null, chunk);
	};

	Readable.from = (source, options) => {
		if (typeof source === "string" || source instanceof Uint8Array) source = [source];
		const iterator = source[Symbol.asyncIterator]?.() ?? source[Symbol.iterator]();
		return new Readable({
			objectMode: true,
			highWaterMark: 1,
			...options,
			async read() {
				try {
					const { value, done } = await iterator.next();
					this.push(done ? null : await value);
				} catch (error) {
					this.destroy(error);
				}
			},
			async destroy(error, done) {
				try {
					await iterator.return?.();
				} finally {
					done(error);
				}
			},
		});
	};
	Readable.fromWeb = (stream, options) => Readable.from(stream, { objectMode: false, ...options });
	Readable.toWeb = (readable) => {
		const iterator = readable[Symbol.asyncIterator]();
		return new ReadableStream({
			async pull(controller) {
				const { value, done } = await iterator.next();
				if (done) controller.close();
				else controller.enqueue(value);
			},
			cancel: (reason) => void readable.destroy(reason),
		}, { highWaterMark: 0 });
	};
	Writable.toWeb = (writable) =>
		new WritableStream({
			write: (chunk) => new Promise((resolve, reject) => writable.write(chunk, (error) => (error ? reject(error) : resolve()))),
			close: () => new Promise((resolve) => writable.end(resolve)),
			abort: (reason) => void writable.destroy(reason),
		});
	Writable.fromWeb = (stream, options) => {
		const writer = stream.getWriter();
		return new Writable({
			...options,
			write: (chunk, encoding, done) => writer.write(chunk).then(() => done(), done),
			final: (done) => writer.close().then(() => done(), done),
			destroy: (error, done) => (error ? writer.abort(error) : Promise.resolve()).then(() => done(error), () => done(error)),
		});
	};
	Readable.prototype.toArray = async function () {
		const all = [];
		for await (const chunk of this) all.push(chunk);
		return all;
	};

	/** Calls back once, when the stream is over. Returns how to stop waiting. */
	function finished(stream, options, callback) {
		if (typeof options === "function") [options, callback] = [{}, options];
		const reads = options.readable !== false && stream._readable !== undefined;
		const writes = options.writable !== false && stream._writable !== undefined;
		const over = () => (!reads || stream._readable.endEmitted) && (!writes || stream._writable.finished);
		let told = false;
		const tell = (error) => {
			if (told) return;
			told = true;
			stop();
			callback.call(stream, error);
		};
		const check = () => over() && tell();
		const close = () => tell(over() ? undefined : life(stream).errored ?? coded(Error, "ERR_STREAM_PREMATURE_CLOSE", "Premature close"));
		const stop = () => {
			stream.removeListener("end", check).removeListener("finish", check).removeListener("error", tell).removeListener("close", close);
		};
		stream.on("end", check).on("finish", check).on("error", tell).on("close", close);
		if (life(stream).closed) process.nextTick(close);
		else if (over()) process.nextTick(tell);
		return stop;
	}

	function pipeline(...streams) {
		const callback = typeof streams.at(-1) === "function" && !(streams.at(-1) instanceof Stream) ? streams.pop() : () => {};
		streams = streams.flat().map((stream) => (stream instanceof Stream ? stream : Readable.from(typeof stream === "function" ? stream() : stream)));
		let waiting = streams.length;
		let failure;
		streams.forEach((stream, i) => {
			if (i > 0) streams[i - 1].pipe(stream);
			finished(stream, { readable: i < streams.length - 1, writable: i > 0 }, (error) => {
				if (error && failure === undefined) {
					failure = error;
					for (const other of streams) if (other !== stream) other.on("error", () => {}).destroy(error);
				}
				if (--waiting === 0) callback(failure);
			});
		});
		return streams.at(-1);
	}

	const promises = {
		finished: (stream, options = {}) =>
			new Promise((resolve, reject) => void finished(stream, options, (error) => (error ? reject(error) : resolve()))),
		pipeline: promisify(pipeline),
	};

	return Object.assign(Stream, {
		Duplex,
		PassThrough,
		Readable,
		Stream,
		Transform,
		Writable,
		addAbortSignal(signal, stream) {
			signal.addEventListener("abort", () => stream.destroy(signal.reason), { once: true });
			return stream;
		},
		finished,
		getDefaultHighWaterMark: (objectMode) => (objectMode ? 16 : 64 * 1024),
		isErrored: (stream) => life(stream).errored !== null,
		isReadable: (stream) => stream.readable,
		pipeline,
		promises,
	});
})();

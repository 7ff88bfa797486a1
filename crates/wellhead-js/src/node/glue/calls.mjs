// One call of `respond`: what the application sees of it (`Call` of packages/host/src/abi.ts), and its state here.

/** How many errors one call may report. */
const MAX_REPORTS = 16;

/** Calls in flight by id. */
const running = new Map();

class Running {
	reply = false;
	early = false;
	/** The rest of the reply, when it has one. */
	rest = null;
	/** How many chunks the reader has room for. */
	credit = 0;
	pulling = false;
	written = 0;
	reports = 0;
	abort = null;
	/** Set while the application waits for a piece of the request's body. */
	wanting = null;
	/** The stream of a body that is not all here. */
	body = null;
	/** How many live components it wanted, and those of them that it waits for, by number. */
	wanted = 0;
	mounts = new Map();
	/** Timers that are pending. */
	timers = new Set();

	constructor(id, payload, limits) {
		this.id = id;
		this.credit = limits.window;
		this.left = limits.outputBytes;
		this.call = new Call(this, payload);
	}

	get live() {
		return running.get(this.id) === this;
	}

	/** Whether the application has to act next, and not the reader or the client. */
	get waitsForApplication() {
		return this.wanting === null && this.mounts.size === 0 && (!this.reply || this.pulling);
	}

	tell(error) {
		const id = this.live ? this.id : 0;
		if (this.reports++ < MAX_REPORTS) sendError(OUT.REPORT, id, THROWN, describe(error));
	}

	/** Ends the call. A body that is still read then fails, and so does a mount. */
	close() {
		running.delete(this.id);
		const over = new Error("the request is over");
		this.endBody(over);
		for (const { reject } of this.mounts.values()) reject(over);
		this.mounts.clear();
	}

	/** A live component is mounted, or the answer says why not. */
	mounted(number, answer) {
		const mount = this.mounts.get(number);
		this.mounts.delete(number);
		mount?.resolve(answer);
	}

	endBody(error) {
		const { body, wanting } = this;
		this.body = null;
		this.wanting = null;
		if (body !== null) {
			if (error === undefined) body.close();
			else body.error(error);
		}
		wanting?.();
	}

	fail(cause, description) {
		if (!this.live) return;
		this.close();
		sendError(OUT.FAIL, this.id, cause, description);
		this.stop(new Error(description[1]));
	}

	/** Ends the call with what the application threw. */
	threw(error) {
		if (!this.live) return;
		const modules = takeUnproven();
		if (modules.length === 0) return this.fail(THROWN, describe(error));
		send(OUT.PENDING, this.id);
		whoseError(modules, error).then((ofModule) => this.fail(ofModule ? MODULE : THROWN, describe(error)));
	}

	cancel(why) {
		if (!this.live) return;
		this.close();
		this.stop(
			why === 1
				? new DOMException("the render took longer than it may", "TimeoutError")
				: new DOMException("nobody waits for the reply any more", "AbortError"),
		);
	}

	/** Ends what the application still does for a call that failed or that nobody waits for. */
	stop(reason) {
		for (const timer of this.timers) clearTimeout(timer);
		this.timers.clear();
		context.run(this, () => {
			try {
				this.abort?.abort(reason);
				const returned = this.rest?.return?.();
				if (typeof returned?.then === "function") returned.then(undefined, (error) => this.tell(error));
			} catch (error) {
				this.tell(error);
			}
		});
	}
}

class Call {
	#running;
	#headerBytes;
	#headers = null;
	#inline = null;
	#streamed = false;
	#body = null;

	constructor(call, payload) {
		this.#running = call;
		const reader = new Reader(payload);
		this.target = reader.u8();
		this.routes = [];
		for (let routes = reader.u32(); routes > 0; routes--) {
			this.routes.push(reader.u32());
			const params = reader.u32();
			this.routes.push(params);
			for (let text = 2 * params; text > 0; text--) this.routes.push(reader.str());
		}
		this.method = reader.str();
		this.url = reader.str();
		this.traceId = reader.str();
		this.nonce = reader.str();
		this.client = reader.str();
		this.#headerBytes = reader.rest();
		for (let texts = 2 * reader.u32(); texts > 0; texts--) reader.at += 4 + reader.bytes.readUInt32LE(reader.at);
		const kind = reader.u8();
		if (kind === 1) this.#inline = reader.rest();
		this.#streamed = kind === 2;
	}

	headers() {
		if (this.#headers === null) {
			const reader = new Reader(this.#headerBytes);
			this.#headers = Array.from({ length: 2 * reader.u32() }, () => reader.str());
			this.#headerBytes = null;
		}
		return this.#headers.slice();
	}

	header(name) {
		if (this.#headers === null) this.headers();
		let found = null;
		for (let at = 0; at < this.#headers.length; at += 2) {
			if (this.#headers[at] !== name) continue;
			const value = this.#headers[at + 1];
			found = found === null ? value : found + (name === "cookie" ? "; " : ", ") + value;
		}
		return found;
	}

	body() {
		if (this.#inline === null && !this.#streamed) return null;
		this.#body ??= this.#streamed ? streamedBody(this.#running) : inlineBody(this.#inline);
		return this.#body;
	}

	get signal() {
		this.#running.abort ??= new AbortController();
		return this.#running.abort.signal;
	}

	early(status, headers, route) {
		const call = this.#running;
		if (call.early || call.reply) throw new Error("early() comes once, before the reply");
		call.early = true;
		if (!call.live) return;
		const sized = sizeHeaders(headers);
		writeHead(new Writer(OUT.EARLY, call.id, sized.length), status, route, sized).send();
	}

	report(error) {
		this.#running.tell(error);
		const modules = takeUnproven();
		if (modules.length > 0) whoseError(modules, error);
	}

	mount(component) {
		const call = this.#running;
		return new Promise((resolve, reject) => {
			if (!call.live) throw new Error("the request is over");
			const text = String(component);
			const size = sizeOf(text);
			if (size > limits.outputBytes) throw new RangeError(`what a live component is mounted with is longer than ${limits.outputBytes} bytes`);
			const number = call.wanted++;
			call.mounts.set(number, { resolve, reject });
			new Writer(OUT.MOUNT, call.id, 4 + size).u32(number).raw(text).send();
		});
	}
}

function inlineBody(bytes) {
	return new ReadableStream({
		start(controller) {
			controller.enqueue(new Uint8Array(bytes));
			controller.close();
		},
	});
}

/** A body that comes piece by piece, each asked for when the application reads. */
function streamedBody(call) {
	return new ReadableStream(
		{
			start(controller) {
				if (call.live) call.body = controller;
				else controller.error(new Error("the request is over"));
			},
			pull() {
				send(OUT.WANT_BODY, call.id);
				return new Promise((resolve) => (call.wanting = resolve));
			},
			cancel() {
				call.body = null;
			},
		},
		{ highWaterMark: 0 },
	);
}

/** A piece of a body is here. */
function bodyPiece(call, bytes) {
	const wanting = call.wanting;
	call.wanting = null;
	call.body?.enqueue(new Uint8Array(bytes));
	wanting?.();
}

// The isolate's end of a call: makes the host's `Call`, takes its `Reply`, pulls what comes later.
"use strict";
(() => {
	const { core, internals } = __bootstrap;
	const { getAsyncContext, setAsyncContext, ops } = core;
	const {
		op_call_body,
		op_call_chunk,
		op_call_client,
		op_call_early,
		op_call_end,
		op_call_fail,
		op_call_has_body,
		op_call_header,
		op_call_headers,
		op_call_mount,
		op_call_reply,
		op_call_report,
		op_call_room,
		op_call_stray,
		op_call_wait,
		op_calls_disprove,
		op_calls_install,
		op_calls_leak,
		op_calls_unproven,
	} = ops;
	const { AbortController, DOMException, ReadableStream } = globalThis;
	const { then } = Promise.prototype;
	const { apply } = Reflect;

	/** Calls that were not answered in one go, by number. */
	const live = new Map();
	let respond;
	let maxTimers = 1000;

	class Call {
		method;
		url;
		target;
		routes;
		traceId;
		nonce;
		#id;
		#body;
		#controller;
		#context;
		#record;
		#rest = null;
		#ended = false;

		constructor(id, method, url, target, routes, traceId, nonce, context, record) {
			this.#id = id;
			this.method = method;
			this.url = url;
			this.target = target;
			this.routes = routes;
			this.traceId = traceId;
			this.nonce = nonce;
			this.#context = context;
			this.#record = record;
		}

		get client() {
			return op_call_client(this.#id);
		}

		header(name) {
			return op_call_header(this.#id, name);
		}

		headers() {
			return op_call_headers(this.#id) ?? [];
		}

		body() {
			if (this.#body === undefined) this.#body = makeBody(this.#id);
			return this.#body;
		}

		get signal() {
			if (this.#controller === undefined) {
				this.#controller = new AbortController();
				if (this.#ended) this.#controller.abort(reason(0));
			}
			return this.#controller.signal;
		}

		early(status, headers, route) {
			op_call_early(this.#id, status, headers, route);
		}

		report(error) {
			op_call_report(this.#id, error);
			const modules = op_calls_unproven();
			if (modules.length > 0) whoseError(modules, error);
		}

		mount(component) {
			return op_call_mount(this.#id, component);
		}

		static settle(call, reply) {
			const id = call.#id;
			if (call.#ended) return drop(reply?.rest);
			if (reply === null || typeof reply !== "object") {
				return Call.fail(call, new TypeError("`respond` gave no reply"));
			}
			const { rest = null } = reply;
			const goesOn = op_call_reply(
				id,
				reply.status,
				reply.headers,
				reply.shape,
				reply.route,
				reply.head,
				reply.body,
				reply.state,
				rest !== null,
			);
			if (!goesOn) {
				Call.#finish(call);
				leave(call.#record);
				if (rest !== null) drop(rest);
				return;
			}
			call.#rest = rest;
			live.set(id, call);
			Call.#pump(call, rest);
		}

		static fail(call, error) {
			if (call.#ended) return;
			const modules = op_calls_unproven();
			if (modules.length === 0) return Call.#failWith(call, error, false);
			live.set(call.#id, call);
			whoseError(modules, error).then((ofModule) => Call.#failWith(call, error, ofModule));
		}

		static #failWith(call, error, ofModule) {
			if (call.#ended) return;
			op_call_fail(call.#id, error, ofModule);
			Call.#abandon(call);
		}

		/** Ends a call that failed or that nobody waits for, with the timers that it still has. */
		static #abandon(call) {
			Call.#finish(call);
			if (call.#record.timers > 0) internals.timers.clearOf(call.#record);
		}

		static #finish(call) {
			call.#ended = true;
			live.delete(call.#id);
		}

		// Nothing is pulled before the reader has room for it.
		static async #pump(call, rest) {
			const id = call.#id;
			try {
				for (;;) {
					if (!op_call_room(id) && !(await op_call_wait(id))) return;
					const { done, value } = await rest.next();
					if (call.#ended) return;
					if (done) {
						op_call_end(id);
						Call.#finish(call);
						return leave(call.#record);
					}
					if (!op_call_chunk(id, value[0], value[1])) {
						Call.#finish(call);
						return drop(rest);
					}
				}
			} catch (error) {
				Call.fail(call, error);
			}
		}

		static cancel(call, why) {
			const previous = getAsyncContext();
			setAsyncContext(call.#context);
			try {
				Call.#abandon(call);
				if (call.#rest !== null) drop(call.#rest);
				if (call.#controller !== undefined) call.#controller.abort(reason(why));
			} finally {
				setAsyncContext(previous);
			}
		}
	}

	/**
	 * Whether an error is one of these modules'. A module that has failed fails with the same error when imported again;
	 * one that could not be loaded, with one that reads the same.
	 */
	async function whoseError(modules, error) {
		const prove = async (url) => {
			try {
				await import(url);
				return false;
			} catch (again) {
				op_calls_disprove(url);
				return again === error || (again?.name === error?.name && again?.message === error?.message);
			}
		};
		return (await Promise.all(modules.map(prove))).includes(true);
	}

	/** Why a signal is aborted: nobody waits for the reply any more, or it took too long. */
	function reason(why) {
		return why === 1
			? new DOMException("the render took longer than it may", "TimeoutError")
			: new DOMException("nobody waits for the reply any more", "AbortError");
	}

	/** Renders that ended and left timers behind. */
	const left = new Set();

	/** Looks at what a render leaves behind. Its timers may fire yet; too many of them all cost the isolate. */
	function leave(record) {
		if (record.timers === 0) return;
		left.add(record);
		let timers = 0;
		for (const record of left) {
			if (record.timers === 0) left.delete(record);
			timers += record.timers;
		}
		if (timers > maxTimers) op_calls_leak();
	}

	/** Ends an iterator that nobody reads; what it throws then concerns nobody. */
	function drop(rest) {
		try {
			const returned = rest?.return?.();
			if (typeof returned?.then === "function") returned.then(undefined, () => {});
		} catch {}
	}

	function makeBody(id) {
		if (!op_call_has_body(id)) return null;
		return new ReadableStream(
			{
				type: "bytes",
				async pull(controller) {
					const chunk = await op_call_body(id);
					if (chunk !== null) return controller.enqueue(chunk);
					controller.close();
					controller.byobRequest?.respond(0);
				},
			},
			{ highWaterMark: 0 },
		);
	}

	/** Runs `respond` for one call, as that call. What it gives synchronously is sent before this returns. */
	function dispatch(id, method, url, target, routes, traceId, nonce) {
		const record = { timers: 0, maxTimers, traceId, call: undefined };
		const context = internals.context.forRender(record);
		context.call = id;
		const call = new Call(id, method, url, target, routes, traceId, nonce, context, record);
		record.call = call;
		setAsyncContext(context);
		try {
			const reply = respond(call);
			if (typeof reply?.then !== "function") {
				Call.settle(call, reply);
			} else {
				live.set(id, call);
				const promise = reply instanceof Promise ? reply : Promise.resolve(reply);
				apply(then, promise, [
					(reply) => {
						try {
							Call.settle(call, reply);
						} catch (error) {
							Call.fail(call, error);
						}
					},
					(error) => Call.fail(call, error),
				]);
			}
		} catch (error) {
			Call.fail(call, error);
		}
		setAsyncContext(undefined);
	}

	function cancel(id, why) {
		const call = live.get(id);
		if (call !== undefined) Call.cancel(call, why);
	}

	/** Loads the bundle's entry module. */
	async function start(url, timers, root) {
		const entry = await import(url);
		if (entry.abi !== 1) {
			throw new Error(`the bundle is for version ${entry.abi} of the engine, this is version 1; build it again`);
		}
		if (typeof entry.respond !== "function") throw new TypeError("the bundle's entry exports no function `respond`");
		respond = entry.respond;
		maxTimers = timers;
		internals.startLive(entry.live, timers, root);
	}

	// A render that has too many timers fails, even if it catches what `setTimeout` throws.
	internals.timers.onExceeded = (record, error) => {
		if (record?.call !== undefined) Call.fail(record.call, error);
	};

	const stray = (error) => op_call_stray(getAsyncContext()?.call ?? 0, error);
	core.setUnhandledPromiseRejectionHandler((_promise, error) => {
		stray(error);
		return true;
	});
	core.setReportExceptionCallback(stray);
	internals.timers.onError = stray;
	op_calls_install(start, dispatch, cancel);
})();

// events.once and events.on: an emitter's events as a promise and as an asynchronous iterator.
"use strict";
(function () {
	const { internals } = __bootstrap;
	const { invalidArgType } = internals.errors;

	/** Listens on an EventEmitter or an EventTarget, and returns how to stop. */
	function listen(target, type, listener, once) {
		if (typeof target?.on === "function") {
			if (once) target.once(type, listener);
			else target.on(type, listener);
			return () => target.removeListener(type, listener);
		}
		if (typeof target?.addEventListener === "function") {
			target.addEventListener(type, listener, { once });
			return () => target.removeEventListener(type, listener);
		}
		throw invalidArgType("emitter", "EventEmitter", target);
	}

	class AbortError extends Error {
		constructor(signal) {
			super("The operation was aborted", { cause: signal.reason });
			this.name = "AbortError";
			this.code = "ABORT_ERR";
		}
	}

	async function once(emitter, type, { signal } = {}) {
		if (signal?.aborted) throw new AbortError(signal);
		const { promise, resolve, reject } = Promise.withResolvers();
		const stops = [listen(emitter, type, (...args) => resolve(args), true)];
		if (type !== "error" && typeof emitter.once === "function") stops.push(listen(emitter, "error", reject, true));
		if (signal !== undefined) stops.push(listen(signal, "abort", () => reject(new AbortError(signal)), true));
		try {
			return await promise;
		} finally {
			for (const stop of stops) stop();
		}
	}

	function on(emitter, type, { signal, close = [] } = {}) {
		if (signal?.aborted) throw new AbortError(signal);
		const events = [];
		const waiting = [];
		let failure = null;
		let done = false;

		const finish = () => {
			done = true;
			for (const stop of stops) stop();
			for (const { resolve } of waiting.splice(0)) resolve({ value: undefined, done: true });
			return Promise.resolve({ value: undefined, done: true });
		};
		const fail = (error) => {
			const next = waiting.shift();
			if (next === undefined) failure = { error };
			else next.reject(error);
			finish();
		};
		const stops = [
			listen(emitter, type, (...args) => {
				const next = waiting.shift();
				if (next === undefined) events.push(args);
				else next.resolve({ value: args, done: false });
			}, false),
		];
		if (type !== "error" && typeof emitter.on === "function") stops.push(listen(emitter, "error", fail, false));
		for (const name of close) stops.push(listen(emitter, name, finish, false));
		if (signal !== undefined) stops.push(listen(signal, "abort", () => fail(new AbortError(signal)), true));

		return {
			next() {
				if (events.length > 0) return Promise.resolve({ value: events.shift(), done: false });
				if (failure !== null) {
					const { error } = failure;
					failure = null;
					return Promise.reject(error);
				}
				if (done) return Promise.resolve({ value: undefined, done: true });
				const next = Promise.withResolvers();
				waiting.push(next);
				return next.promise;
			},
			return: finish,
			throw(error) {
				fail(error);
				return finish();
			},
			[Symbol.asyncIterator]() {
				return this;
			},
			[Symbol.asyncDispose]: finish,
		};
	}

	return { once, on, AbortError };
})();

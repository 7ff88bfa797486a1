// AsyncLocalStorage and AsyncResource over the value that V8 carries along with every promise reaction.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const { getAsyncContext, setAsyncContext } = core;

	/**
	 * The carried value is an immutable record from keys to stores, shared with deno_core's AsyncVariable, so every
	 * change makes a new record and keeps the keys of others.
	 *
	 * @param {symbol} key
	 * @param {unknown} value
	 */
	function withStore(key, value) {
		const next = { __proto__: null, ...getAsyncContext() };
		next[key] = value;
		return next;
	}

	/** Runs `callback` with `context` current, and puts the former context back. */
	function runIn(context, callback, self, args) {
		const previous = getAsyncContext();
		setAsyncContext(context);
		try {
			return Reflect.apply(callback, self, args);
		} finally {
			setAsyncContext(previous);
		}
	}

	/** @param {Function} callback a function that will run in the context of now, wherever it is called from */
	function bind(callback, self) {
		if (typeof callback !== "function") throw internals.errors.invalidArgType("fn", "function", callback);
		const context = getAsyncContext();
		const bound = function (...args) {
			return runIn(context, callback, self === undefined ? this : self, args);
		};
		Object.defineProperty(bound, "length", { value: callback.length, configurable: true });
		return bound;
	}

	class AsyncLocalStorage {
		#key = Symbol("AsyncLocalStorage");
		#default;
		#name;

		constructor(options = {}) {
			this.#default = options?.defaultValue;
			this.#name = options?.name === undefined ? "" : String(options.name);
		}

		get name() {
			return this.#name;
		}

		static bind(callback) {
			return bind(callback);
		}

		static snapshot() {
			return bind((callback, ...args) => callback(...args));
		}

		run(store, callback, ...args) {
			return runIn(withStore(this.#key, store), callback, null, args);
		}

		exit(callback, ...args) {
			return runIn(withStore(this.#key, undefined), callback, null, args);
		}

		enterWith(store) {
			setAsyncContext(withStore(this.#key, store));
		}

		disable() {
			setAsyncContext(withStore(this.#key, undefined));
		}

		getStore() {
			const context = getAsyncContext();
			const store = context === undefined || context === null ? undefined : context[this.#key];
			return store === undefined ? this.#default : store;
		}
	}

	let nextAsyncId = 2;

	class AsyncResource {
		#context = getAsyncContext();
		#id = nextAsyncId++;
		#type;

		constructor(type) {
			if (typeof type !== "string") throw internals.errors.invalidArgType("type", "string", type);
			this.#type = type;
		}

		get type() {
			return this.#type;
		}

		runInAsyncScope(callback, self, ...args) {
			return runIn(this.#context, callback, self, args);
		}

		bind(callback, self) {
			if (typeof callback !== "function") throw internals.errors.invalidArgType("fn", "function", callback);
			const context = this.#context;
			return function (...args) {
				return runIn(context, callback, self === undefined ? this : self, args);
			};
		}

		static bind(callback, type, self) {
			return bind(callback, self);
		}

		asyncId() {
			return this.#id;
		}

		triggerAsyncId() {
			return 1;
		}

		emitDestroy() {
			return this;
		}
	}

	// The render that the running code belongs to. The engine enters a record of its own; timers are counted on it and
	// the console logs its trace id.
	const kRender = Symbol("render");
	internals.context = {
		bind,
		runIn,
		/** The record of the running render, `undefined` outside of one. */
		render: () => getAsyncContext()?.[kRender],
		/** Runs `callback` as part of a render: `{ timers: 0, maxTimers: number, traceId: string }`. */
		runAsRender: (record, callback, ...args) => runIn(withStore(kRender, record), callback, undefined, args),
		/** The context to enter by hand, for an engine that calls in from outside. */
		forRender: (record) => withStore(kRender, record),
	};

	const unobserved = () => ({
		enable() {
			return this;
		},
		disable() {
			return this;
		},
	});
	return {
		AsyncLocalStorage,
		AsyncResource,
		// Hooks would slow every promise down; a program that only traces gets hooks that never fire.
		createHook: unobserved,
		executionAsyncId: () => 1,
		triggerAsyncId: () => 0,
		executionAsyncResource: () => ({}),
		asyncWrapProviders: Object.freeze({ __proto__: null }),
	};
})();

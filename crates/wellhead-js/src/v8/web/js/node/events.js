// node:events: EventEmitter, and what waits on one.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const { invalidArgType, outOfRange, coded } = internals.errors;
	const { EventTarget } = core.loadExtScript("ext:deno_web/02_event.js");
	const { AsyncResource } = core.loadExtScript("ext:wellhead_web/async_context.js");

	const captureRejectionSymbol = Symbol.for("nodejs.rejection");
	const errorMonitor = Symbol.for("events.errorMonitor");
	const kCapture = Symbol("captureRejections");
	const kMax = Symbol("maxListeners");
	const kWarned = Symbol("warned");
	let defaultMaxListeners = 10;

	function checkListener(listener) {
		if (typeof listener !== "function") throw invalidArgType("listener", "function", listener);
	}

	function checkCount(name, count) {
		if (typeof count !== "number" || !(count >= 0)) throw outOfRange(name, "a non-negative number", count);
	}

	/** A plain function, so that old code can call it on an object of its own (`EventEmitter.call(this)`). */
	function EventEmitter(options) {
		EventEmitter.init.call(this, options);
	}

	EventEmitter.init = function (options) {
		// An object whose prototype carries listeners does not share them.
		if (this._events === undefined || this._events === Object.getPrototypeOf(this)._events) {
			this._events = { __proto__: null };
			this._eventsCount = 0;
		}
		this[kMax] ??= undefined;
		if (options?.captureRejections !== undefined) this[kCapture] = Boolean(options.captureRejections);
	};

	const proto = EventEmitter.prototype;
	proto._events = undefined;
	proto._eventsCount = 0;
	proto._maxListeners = undefined;

	proto.setMaxListeners = function setMaxListeners(count) {
		checkCount("setMaxListeners", count);
		this[kMax] = count;
		return this;
	};

	proto.getMaxListeners = function getMaxListeners() {
		return this[kMax] ?? defaultMaxListeners;
	};

	proto.emit = function emit(type, ...args) {
		const events = this._events;
		if (type === "error") {
			if (events?.[errorMonitor] !== undefined) this.emit(errorMonitor, ...args);
			if (events?.error === undefined) throwUnhandled(args[0]);
		}
		const handler = events?.[type];
		if (handler === undefined) return false;
		if (typeof handler === "function") call(this, handler, type, args);
		else for (const listener of handler.slice()) call(this, listener, type, args);
		return true;
	};

	function call(self, listener, type, args) {
		const result = Reflect.apply(listener, self, args);
		if (result === undefined || result === null || !self[kCapture]) return;
		if (typeof result.then !== "function") return;
		result.then(undefined, (error) => {
			core.queueNextTick({
				callback: () => {
					if (typeof self[captureRejectionSymbol] === "function") self[captureRejectionSymbol](error, type, ...args);
					else {
						const previous = self[kCapture];
						self[kCapture] = false;
						try {
							self.emit("error", error);
						} finally {
							self[kCapture] = previous;
						}
					}
				},
				args: undefined,
				snapshot: core.getAsyncContext(),
			});
		});
	}

	function throwUnhandled(error) {
		if (error instanceof Error) throw error;
		const text = typeof error === "string" ? `'${error}'` : String(error);
		const unhandled = coded(Error, "ERR_UNHANDLED_ERROR", `Unhandled error. (${text})`);
		unhandled.context = error;
		throw unhandled;
	}

	function add(self, type, listener, prepend) {
		checkListener(listener);
		if (self._events === undefined) {
			self._events = { __proto__: null };
			self._eventsCount = 0;
		} else if (self._events.newListener !== undefined) {
			self.emit("newListener", type, listener.listener ?? listener);
		}
		const events = self._events;
		const existing = events[type];
		if (existing === undefined) {
			events[type] = listener;
			self._eventsCount++;
			return self;
		}
		if (typeof existing === "function") events[type] = prepend ? [listener, existing] : [existing, listener];
		else if (prepend) existing.unshift(listener);
		else existing.push(listener);
		warnOfLeak(self, type, events[type]);
		return self;
	}

	function warnOfLeak(self, type, list) {
		const most = self.getMaxListeners?.() ?? defaultMaxListeners;
		if (most <= 0 || list.length <= most || list[kWarned]) return;
		list[kWarned] = true;
		console.warn(
			`MaxListenersExceededWarning: ${list.length} ${String(type)} listeners added to `
				+ `${self.constructor?.name ?? "an emitter"}; this may be a leak. MaxListeners is ${most}`,
		);
	}

	function wrapOnce(self, type, listener) {
		checkListener(listener);
		let fired = false;
		const wrapped = function (...args) {
			if (fired) return undefined;
			fired = true;
			self.removeListener(type, wrapped);
			return Reflect.apply(listener, self, args);
		};
		wrapped.listener = listener;
		return wrapped;
	}

	proto.addListener = proto.on = function on(type, listener) {
		return add(this, type, listener, false);
	};
	proto.prependListener = function prependListener(type, listener) {
		return add(this, type, listener, true);
	};
	proto.once = function once(type, listener) {
		return this.on(type, wrapOnce(this, type, listener));
	};
	proto.prependOnceListener = function prependOnceListener(type, listener) {
		return this.prependListener(type, wrapOnce(this, type, listener));
	};

	proto.removeListener = proto.off = function removeListener(type, listener) {
		checkListener(listener);
		const events = this._events;
		const existing = events?.[type];
		if (existing === undefined) return this;
		if (existing === listener || existing.listener === listener) drop(this, type);
		else if (typeof existing !== "function") {
			const at = existing.findLastIndex((other) => other === listener || other.listener === listener);
			if (at < 0) return this;
			existing.splice(at, 1);
			if (existing.length === 1) events[type] = existing[0];
		} else return this;
		if (events.removeListener !== undefined) this.emit("removeListener", type, listener.listener ?? listener);
		return this;
	};

	function drop(self, type) {
		delete self._events[type];
		if (--self._eventsCount === 0) self._events = { __proto__: null, removeListener: self._events.removeListener };
		if (self._events.removeListener === undefined) delete self._events.removeListener;
	}

	proto.removeAllListeners = function removeAllListeners(type) {
		const events = this._events;
		if (events === undefined) return this;
		if (events.removeListener === undefined) {
			if (arguments.length === 0) {
				this._events = { __proto__: null };
				this._eventsCount = 0;
			} else if (events[type] !== undefined) drop(this, type);
			return this;
		}
		if (arguments.length === 0) {
			for (const key of Reflect.ownKeys(events)) if (key !== "removeListener") this.removeAllListeners(key);
			this.removeAllListeners("removeListener");
			this._events = { __proto__: null };
			this._eventsCount = 0;
			return this;
		}
		for (const listener of rawListeners(this, type).reverse()) this.removeListener(type, listener);
		return this;
	};

	function rawListeners(self, type) {
		const existing = self._events?.[type];
		return existing === undefined ? [] : typeof existing === "function" ? [existing] : existing.slice();
	}

	proto.listeners = function listeners(type) {
		return rawListeners(this, type).map((listener) => listener.listener ?? listener);
	};
	proto.rawListeners = function (type) {
		return rawListeners(this, type);
	};
	proto.listenerCount = function listenerCount(type, listener) {
		const all = rawListeners(this, type);
		return listener === undefined ? all.length : all.filter((one) => one === listener || one.listener === listener).length;
	};
	proto.eventNames = function eventNames() {
		return this._events === undefined ? [] : Reflect.ownKeys(this._events);
	};

	class EventEmitterAsyncResource extends EventEmitter {
		#resource;

		constructor(options) {
			super(options);
			this.#resource = new AsyncResource(typeof options === "string" ? options : options?.name ?? new.target.name);
		}

		emit(type, ...args) {
			return this.#resource.runInAsyncScope(super.emit, this, type, ...args);
		}

		get asyncResource() {
			return this.#resource;
		}

		emitDestroy() {
			this.#resource.emitDestroy();
		}
	}

	const { once, on } = core.loadExtScript("ext:wellhead_web/node/events_async.js");

	Object.defineProperties(EventEmitter, {
		defaultMaxListeners: {
			get: () => defaultMaxListeners,
			set: (count) => {
				checkCount("defaultMaxListeners", count);
				defaultMaxListeners = count;
			},
			enumerable: true,
		},
	});
	const getEventListeners = (target, type) =>
		target instanceof EventTarget ? [] : target.listeners(type);
	const listenerCount = (emitter, type) => emitter.listenerCount(type);
	const getMaxListeners = (emitter) => emitter.getMaxListeners?.() ?? defaultMaxListeners;
	const setMaxListeners = (count = defaultMaxListeners, ...targets) => {
		checkCount("setMaxListeners", count);
		if (targets.length === 0) defaultMaxListeners = count;
		else for (const target of targets) target.setMaxListeners?.(count);
	};
	const addAbortListener = (signal, listener) => {
		if (signal.aborted) queueMicrotask(() => listener());
		else signal.addEventListener("abort", listener, { once: true });
		return { [Symbol.dispose]: () => signal.removeEventListener("abort", listener) };
	};
	Object.assign(EventEmitter, {
		EventEmitter,
		EventEmitterAsyncResource,
		addAbortListener,
		captureRejectionSymbol,
		captureRejections: false,
		errorMonitor,
		getEventListeners,
		getMaxListeners,
		listenerCount,
		on,
		once,
		setMaxListeners,
		usingDomains: false,
	});
	return EventEmitter;
})();

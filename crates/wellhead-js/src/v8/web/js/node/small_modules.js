// Modules of Node that are a few lines each: timers, os, perf_hooks, worker_threads, diagnostics_channel, fs and more.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const timers = core.loadExtScript("ext:wellhead_web/timers.js");
	const { AbortError } = core.loadExtScript("ext:wellhead_web/node/events_async.js");
	const { unavailable } = internals.errors;

	/** A promise that a timer resolves and a signal rejects. */
	function wait(start, stop, value, signal) {
		if (signal?.aborted) return Promise.reject(new AbortError(signal));
		return new Promise((resolve, reject) => {
			const abort = () => {
				stop(timer);
				reject(new AbortError(signal));
			};
			const timer = start(() => {
				signal?.removeEventListener("abort", abort);
				resolve(value);
			});
			signal?.addEventListener("abort", abort, { once: true });
		});
	}
	const later = (delay, value, { signal } = {}) =>
		wait((done) => timers.setTimeout(done, delay), timers.clearTimeout, value, signal);
	const timersPromises = {
		setTimeout: later,
		setImmediate: (value, { signal } = {}) => wait(timers.setImmediate, timers.clearImmediate, value, signal),
		async *setInterval(delay, value, options) {
			for (;;) {
				await later(delay, undefined, options);
				yield value;
			}
		},
		scheduler: { wait: (delay, options) => later(delay, undefined, options), yield: () => timersPromises.setImmediate() },
	};
	const promisified = Symbol.for("nodejs.util.promisify.custom");
	timers.setTimeout[promisified] = later;
	timers.setImmediate[promisified] = timersPromises.setImmediate;
	const { Timeout, Immediate, ...timerFunctions } = timers;

	class Channel {
		#subscribers = [];
		#stores = new Map();

		constructor(name) {
			this.name = name;
		}

		get hasSubscribers() {
			return this.#subscribers.length > 0 || this.#stores.size > 0;
		}

		subscribe(subscriber) {
			this.#subscribers = [...this.#subscribers, subscriber];
		}

		unsubscribe(subscriber) {
			const before = this.#subscribers.length;
			this.#subscribers = this.#subscribers.filter((other) => other !== subscriber);
			return this.#subscribers.length < before;
		}

		publish(message) {
			for (const subscriber of this.#subscribers) {
				try {
					subscriber(message, this.name);
				} catch (error) {
					// A subscriber must not break what it watches.
					process.nextTick(() => {
						throw error;
					});
				}
			}
		}

		bindStore(store, transform = (value) => value) {
			this.#stores.set(store, transform);
		}

		unbindStore(store) {
			return this.#stores.delete(store);
		}

		runStores(message, callback, self, ...args) {
			let run = () => {
				this.publish(message);
				return Reflect.apply(callback, self, args);
			};
			for (const [store, transform] of this.#stores) {
				const inner = run;
				run = () => store.run(transform(message), inner);
			}
			return run();
		}
	}
	const channels = new Map();
	const channel = (name) => channels.get(name) ?? channels.set(name, new Channel(name)).get(name);

	class TracingChannel {
		constructor(name) {
			for (const event of ["start", "end", "asyncStart", "asyncEnd", "error"]) {
				this[event] = typeof name === "string" ? channel(`tracing:${name}:${event}`) : name[event];
			}
		}

		get hasSubscribers() {
			return [this.start, this.end, this.asyncStart, this.asyncEnd, this.error].some((one) => one.hasSubscribers);
		}

		subscribe(handlers) {
			for (const [event, handler] of Object.entries(handlers)) this[event]?.subscribe(handler);
		}

		unsubscribe(handlers) {
			return Object.entries(handlers).every(([event, handler]) => this[event]?.unsubscribe(handler) ?? false);
		}

		traceSync(callback, context = {}, self, ...args) {
			return this.start.runStores(context, () => {
				try {
					return context.result = Reflect.apply(callback, self, args);
				} catch (error) {
					context.error = error;
					this.error.publish(context);
					throw error;
				} finally {
					this.end.publish(context);
				}
			});
		}

		tracePromise(callback, context = {}, self, ...args) {
			const settle = (key, then) => (value) => {
				context[key] = value;
				if (key === "error") this.error.publish(context);
				this.asyncStart.publish(context);
				this.asyncEnd.publish(context);
				return then(value);
			};
			return this.start.runStores(context, () => {
				try {
					return Promise.resolve(Reflect.apply(callback, self, args)).then(
						settle("result", (value) => value),
						settle("error", (error) => Promise.reject(error)),
					);
				} finally {
					this.end.publish(context);
				}
			});
		}
	}

	const os = {
		EOL: "\n",
		arch: () => "x64",
		availableParallelism: () => 1,
		cpus: () => [],
		constants: { signals: {}, errno: {} },
		devNull: "/dev/null",
		endianness: () => "LE",
		freemem: () => 0,
		homedir: () => "/",
		hostname: () => "localhost",
		loadavg: () => [0, 0, 0],
		machine: () => "x86_64",
		networkInterfaces: () => ({}),
		platform: () => "linux",
		release: () => "",
		tmpdir: () => "/tmp",
		totalmem: () => 0,
		type: () => "Linux",
		uptime: () => performance.now() / 1000,
		userInfo: () => ({ uid: 0, gid: 0, username: "wellhead", homedir: "/", shell: null }),
		version: () => "",
	};

	const perf = core.loadExtScript("ext:deno_web/15_performance.js");
	const perfHooks = {
		Performance: perf.Performance,
		PerformanceEntry: perf.PerformanceEntry,
		PerformanceMark: perf.PerformanceMark,
		PerformanceMeasure: perf.PerformanceMeasure,
		PerformanceObserver: perf.PerformanceObserver,
		PerformanceObserverEntryList: perf.PerformanceObserverEntryList,
		constants: {},
		performance: perf.performance,
		monitorEventLoopDelay() {
			throw unavailable("perf_hooks.monitorEventLoopDelay");
		},
		createHistogram() {
			throw unavailable("perf_hooks.createHistogram");
		},
	};

	const { MessageChannel, MessagePort } = core.loadExtScript("ext:deno_web/13_message_port.js");
	const workerThreads = {
		MessageChannel,
		MessagePort,
		SHARE_ENV: Symbol.for("nodejs.worker_threads.SHARE_ENV"),
		Worker: class Worker {
			constructor() {
				throw unavailable("worker_threads.Worker");
			}
		},
		getEnvironmentData: () => undefined,
		isMainThread: true,
		parentPort: null,
		resourceLimits: {},
		setEnvironmentData: () => {},
		threadId: 0,
		workerData: null,
	};

	return {
		diagnosticsChannel: {
			Channel,
			channel,
			hasSubscribers: (name) => channels.get(name)?.hasSubscribers ?? false,
			subscribe: (name, subscriber) => channel(name).subscribe(subscriber),
			tracingChannel: (name) => new TracingChannel(name),
			unsubscribe: (name, subscriber) => channels.get(name)?.unsubscribe(subscriber) ?? false,
		},
		os,
		perfHooks,
		timers: { ...timerFunctions, promises: timersPromises },
		timersPromises,
		workerThreads,
	};
})();

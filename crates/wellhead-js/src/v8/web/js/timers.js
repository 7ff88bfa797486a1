// setTimeout, setInterval and setImmediate: counted per render, and without the wait of 1 ms that a 0 ms timer has elsewhere.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const { getAsyncContext, setAsyncContext, createTimer, cancelTimer, refreshTimer, refTimer, unrefTimer } = core;
	const { queueImmediate, clearImmediate: dropImmediate, immediateRefCount, kRefed, runNextTicks } = core;
	const { op_timer_now: now } = core.ops;

	const LONGEST = 2 ** 31 - 1;
	// A chain of 0 ms timers may not keep the event loop from sleeping for ever: from this depth on, they wait.
	const FREE_DEPTH = 5;

	const live = new Map();
	/** Timers of 0 ms that have not fired, the oldest first. */
	const soon = new Set();
	/** No timer that waits longer is due before this. */
	let waitsUntil = 0;
	let nextId = 1;
	let depth = 0;

	/** Counts a timer on its render and refuses one too many. */
	function admit() {
		const render = internals.context.render();
		if (live.size >= limits.maxActive || (render !== undefined && render.timers >= render.maxTimers)) {
			const most = render !== undefined && render.timers >= render.maxTimers ? render.maxTimers : limits.maxActive;
			const error = internals.errors.coded(
				RangeError,
				"ERR_TIMER_LIMIT",
				`${most} timers are pending already; clear those that are no longer needed, or raise the limit`,
			);
			limits.onExceeded?.(render, error);
			throw error;
		}
		if (render !== undefined) render.timers++;
		return render;
	}

	function uncaught(error) {
		if (limits.onError === null) throw error;
		limits.onError(error);
	}

	class Timeout {
		#id = nextId++;
		#core = null;
		#immediate = null;
		#repeat;
		#render;
		#refed = true;
		#delay;
		#due;
		#callback;
		#args;
		#context = getAsyncContext();
		#depth = depth + 1;

		constructor(callback, delay, args, repeat) {
			if (typeof callback !== "function") throw internals.errors.invalidArgType("callback", "function", callback);
			this.#callback = callback;
			this.#args = args;
			this.#repeat = repeat;
			this.#delay = delay = delay >= 1 ? (delay <= LONGEST ? Math.trunc(delay) : 1) : 0;
			this.#render = admit();
			live.set(this.#id, this);
			if (delay === 0 && !repeat && this.#depth <= FREE_DEPTH) this.#queue();
			else this.#wait();
		}

		#queue() {
			this.#due = now();
			soon.add(this);
			this.#immediate = { _onImmediate: () => this.#fireAfterLate(), [kRefed]: true, _idleNext: null, _idlePrev: null };
			immediateRefCount(true);
			queueImmediate(this.#immediate);
		}

		#wait() {
			this.#isDueIn(this.#delay);
			this.#core = createTimer(() => this.#fireAfterSoon(), this.#delay, undefined, this.#repeat, this.#refed, true);
		}

		#isDueIn(delay) {
			this.#due = now() + delay;
			if (this.#due < waitsUntil) waitsUntil = this.#due;
		}

		// Timers of 0 ms have a queue of their own, so where the event loop is late the two kinds are put in order here.

		/** Fires a timer that waited, after those of 0 ms that were due before it. */
		#fireAfterSoon() {
			for (const earlier of soon) {
				if (earlier.#due > this.#due) break;
				dropImmediate(earlier.#immediate);
				earlier.#fire();
				runNextTicks();
			}
			if (!live.has(this.#id)) return;
			if (this.#repeat) this.#isDueIn(this.#delay);
			this.#fire();
		}

		/** Fires a timer of 0 ms, after those that waited longer and were due before it. */
		#fireAfterLate() {
			if (waitsUntil <= this.#due) {
				for (const late of Timeout.#dueBefore(this.#due)) {
					if (!live.has(late.#id)) continue;
					if (late.#repeat) late.refresh();
					else cancelTimer(late.#core);
					late.#fire();
					runNextTicks();
				}
				if (!live.has(this.#id)) return;
			}
			this.#fire();
		}

		static #dueBefore(time) {
			const late = [];
			waitsUntil = Infinity;
			for (const timer of live.values()) {
				if (!(timer instanceof Timeout) || timer.#core === null) continue;
				if (timer.#due <= time) late.push(timer);
				else if (timer.#due < waitsUntil) waitsUntil = timer.#due;
			}
			return late.sort((a, b) => a.#due - b.#due);
		}

		#fire() {
			const previous = getAsyncContext();
			const outer = depth;
			if (!this.#repeat) this.#forget();
			setAsyncContext(this.#context);
			depth = this.#depth;
			try {
				const args = this.#args;
				if (args === undefined) this.#callback.call(this);
				else this.#callback.apply(this, args);
			} catch (error) {
				uncaught(error);
			} finally {
				depth = outer;
				setAsyncContext(previous);
			}
		}

		#forget() {
			soon.delete(this);
			if (live.delete(this.#id) && this.#render !== undefined) this.#render.timers--;
		}

		/** @returns {void} */
		close() {
			this.#forget();
			if (this.#core !== null) cancelTimer(this.#core);
			else if (this.#immediate !== null) dropImmediate(this.#immediate);
			this.#core = this.#immediate = null;
			return this;
		}

		/** Starts the wait again, also after the timer fired. */
		refresh() {
			if (live.has(this.#id)) {
				if (this.#core === null) return this;
				this.#isDueIn(this.#delay);
				refreshTimer(this.#core);
			} else {
				this.#render = admit();
				live.set(this.#id, this);
				this.#wait();
			}
			return this;
		}

		ref() {
			this.#refed = true;
			if (this.#core !== null) refTimer(this.#core);
			return this;
		}

		unref() {
			this.#refed = false;
			if (this.#core !== null) unrefTimer(this.#core);
			return this;
		}

		hasRef() {
			return this.#refed;
		}

		[Symbol.toPrimitive]() {
			return this.#id;
		}

		[Symbol.dispose]() {
			this.close();
		}

		static belongsTo(timer, render) {
			return timer.#render === render;
		}
	}

	class Immediate {
		#entry;
		#render;
		#context = getAsyncContext();

		constructor(callback, args) {
			if (typeof callback !== "function") throw internals.errors.invalidArgType("callback", "function", callback);
			this.#render = admit();
			const fire = () => {
				const previous = getAsyncContext();
				this.#done();
				setAsyncContext(this.#context);
				try {
					callback(...args);
				} catch (error) {
					uncaught(error);
				} finally {
					setAsyncContext(previous);
				}
			};
			live.set(this, this);
			this.#entry = { _onImmediate: fire, [kRefed]: true, _idleNext: null, _idlePrev: null };
			immediateRefCount(true);
			queueImmediate(this.#entry);
		}

		#done() {
			if (live.delete(this) && this.#render !== undefined) this.#render.timers--;
		}

		close() {
			if (live.has(this)) dropImmediate(this.#entry);
			this.#done();
		}

		ref() {
			return this;
		}

		unref() {
			return this;
		}

		hasRef() {
			return true;
		}

		[Symbol.dispose]() {
			this.close();
		}

		static belongsTo(immediate, render) {
			return immediate.#render === render;
		}
	}

	const setTimeout = (callback, delay, ...args) =>
		new Timeout(callback, +delay, args.length === 0 ? undefined : args, false);
	const setInterval = (callback, delay, ...args) =>
		new Timeout(callback, +delay, args.length === 0 ? undefined : args, true);
	const setImmediate = (callback, ...args) => new Immediate(callback, args);

	/** Takes a timer, its number, or its number as text; anything else is not a timer and is no error. */
	function clearTimeout(timer) {
		if (timer instanceof Timeout) timer.close();
		else if (typeof timer === "number" || typeof timer === "string") live.get(+timer)?.close();
	}

	function clearImmediate(immediate) {
		if (immediate instanceof Immediate) immediate.close();
	}

	/** For the engine: what bounds the timers of an isolate, and the count. */
	const limits = {
		maxActive: 100_000,
		/** Called before the throw, so that a render that catches it fails all the same. */
		onExceeded: null,
		/** Called with what a callback throws, in the context of its render; without it that is thrown on. */
		onError: null,
		active: () => live.size,
		/** Drops every pending timer of one render, and returns how many there were. */
		clearOf(render) {
			let dropped = 0;
			for (const timer of [...live.values()]) {
				const kind = timer instanceof Timeout ? Timeout : Immediate;
				if (kind.belongsTo(timer, render)) {
					timer.close();
					dropped++;
				}
			}
			return dropped;
		},
	};
	internals.timers = limits;

	return { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval: clearTimeout, clearImmediate, Timeout, Immediate };
})();

// Timers, counted for the call or the live session that sets them: each may have so many at a time.

const OWNER = Symbol("call");

function counted(set, repeats) {
	const counting = (callback, ...rest) => {
		const call = context.getStore();
		if (!(call instanceof Running || call instanceof LiveSession) || typeof callback !== "function") return set(callback, ...rest);
		if (call.timers.size >= limits.timers) {
			const whose = call instanceof Running ? "a render" : "a live session";
			const error = new RangeError(`${whose} may have ${limits.timers} timers at a time`);
			// A render fails even if it catches this.
			call.fail(TIMERS, describe(error));
			throw error;
		}
		const timer = set(function (...args) {
			if (!repeats) call.timers.delete(timer);
			return callback.apply(this, args);
		}, ...rest);
		timer[OWNER] = call;
		call.timers.add(timer);
		return timer;
	};
	// `util.promisify` looks for its own variant on the function.
	return Object.defineProperties(counting, Object.getOwnPropertyDescriptors(set));
}

function uncounted(clear) {
	const counting = (timer) => {
		timer?.[OWNER]?.timers.delete(timer);
		clear(timer);
	};
	return Object.defineProperties(counting, Object.getOwnPropertyDescriptors(clear));
}

globalThis.setTimeout = counted(setTimeout, false);
globalThis.setInterval = counted(setInterval, true);
globalThis.clearTimeout = uncounted(clearTimeout);
globalThis.clearInterval = uncounted(clearInterval);

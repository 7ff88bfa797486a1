/** Values that are there now or later. What is there now costs no promise and no turn of the event loop. */

export type Maybe<T> = T | Promise<T>;

export function then<T, U>(value: Maybe<T>, next: (value: T) => Maybe<U>): Maybe<U> {
	return value instanceof Promise ? value.then(next) : next(value);
}

/** An error that travels as a value, so that no promise of the host ever rejects unseen. */
export class Failed {
	readonly error: unknown;
	constructor(error: unknown) {
		this.error = error;
	}
}

/** Runs a function; what it throws, now or later, becomes a `Failed`. */
export function attempt<T>(run: () => T | PromiseLike<T>): Maybe<T | Failed> {
	try {
		const value = run();
		return isThenable(value) ? Promise.resolve(value).catch((error: unknown) => new Failed(error)) : value;
	} catch (error) {
		return new Failed(error);
	}
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
	return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

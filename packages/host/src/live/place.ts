/** Where in the app's code something was written, for messages. */

/** The file, line and column of the call of `called`. Source maps are applied by whoever shows it. */
export function callerOf(called: (...args: never[]) => unknown): string {
	const holder: { stack?: unknown } = {};
	// V8 leaves out the frames above and including that of the function.
	Error.captureStackTrace(holder, called);
	const first = typeof holder.stack === "string" ? (holder.stack.split("\n")[1] ?? "") : "";
	return /([^\s()]+:\d+:\d+)\)?$/.exec(first)?.[1] ?? "an unknown place";
}

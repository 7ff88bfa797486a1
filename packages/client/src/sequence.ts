/** Several `handle` hooks as one. */

import type { Handle, RequestEvent, ResolveOptions } from "./types.ts";

/**
 * Runs `handle` hooks in order, each around the next. Of the options that they pass to `resolve`, the outermost
 * `filterSerializedResponseHeaders` and `preload` win.
 *
 * @example export const handle = sequence(authenticate, log);
 */
export function sequence(...handlers: Handle[]): Handle {
	return ({ event, resolve }) => {
		const run = (i: number, event: RequestEvent, outer: ResolveOptions): ReturnType<Handle> => {
			const handler = handlers[i];
			if (!handler) return resolve(event, outer);
			return handler({ event, resolve: (event, options) => run(i + 1, event, { ...options, ...outer }) });
		};
		return run(0, event, {});
	};
}

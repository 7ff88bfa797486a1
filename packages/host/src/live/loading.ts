/** `assignAsync`: a field of state that says how far the loading of its value is. */

import { attempt, Failed, then } from "../maybe.ts";
import type { Core } from "./core.ts";
import { LiveError } from "./errors.ts";
import { within } from "./limits.ts";

/** A field of state that `assignAsync` fills. While it loads again, `value` is what it was. */
export type Async<T> =
	| { readonly status: "loading"; readonly value?: T; readonly error?: undefined }
	| { readonly status: "ok"; readonly value: T; readonly error?: undefined }
	| { readonly status: "failed"; readonly value?: T; readonly error: { readonly name: string; readonly message: string } };

/** The last number that a load got. */
const last = { number: 0 };

export function assignAsync<T>(core: Core, key: string, load: (signal: AbortSignal) => T | Promise<T>): Promise<void> {
	if (core.ended) return Promise.resolve();
	const { session } = core;
	within(session.host.limits, "pending", session.pending + 1, "handlers and loads of the session that have not ended", "load less at once");
	if (core.state === undefined) core.view.state = {};
	const state = core.view.state as Record<string, unknown>;
	const before = state[key] as Async<T> | undefined;
	const loading = (core.more.loading ??= new Map());
	const number = ++last.number;
	loading.set(key, number);
	state[key] = { status: "loading", ...(before?.value === undefined ? {} : { value: before.value }) };
	session.pending++;
	const { signal } = (core.more.abort ??= new AbortController());
	return Promise.resolve(
		then(
			attempt(async () => load(signal)),
			(result) => {
				session.pending--;
				// The component has ended, or has asked again.
				if (core.ended || core.rare?.loading?.get(key) !== number) return;
				core.rare.loading.delete(key);
				const now = core.view.state as Record<string, unknown>;
				if (!(result instanceof Failed)) {
					now[key] = { status: "ok", value: result };
					return;
				}
				const { error } = result;
				now[key] = { status: "failed", error: error instanceof Error ? { name: error.name, message: error.message } : { name: "Error", message: String(error) } };
				// The component may show it; the log should have it with its stack.
				session.host.options.report(error instanceof Error ? error : new LiveError("handler_failed", `assignAsync("${key}") threw ${String(error)}`));
			},
		),
	);
}

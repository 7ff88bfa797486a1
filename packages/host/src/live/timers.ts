/** `every` and `after`: timers that end with their component, and go on after it is restored. */

import { type Core } from "./core.ts";
import { LiveError } from "./errors.ts";
import { failed } from "./life.ts";
import type { Method } from "./html.ts";
import { within } from "./limits.ts";
import { attempt, Failed } from "../maybe.ts";

export interface Timer {
	readonly kind: "every" | "after";
	readonly delay: number;
	/** The method's name, empty for a function that is none, which cannot be saved. */
	readonly name: string;
	/** When it is due, for those that are due once. */
	readonly due: number;
	handle: ReturnType<typeof setTimeout>;
}

/** The longest that a timer can wait: 2³¹ − 1 ms, some 24 days. */
const LONGEST = 2_147_483_647;

/** Starts a timer and gives back what stops it. */
export function start(core: Core, kind: Timer["kind"], delay: number, method: Method | string): () => void {
	if (core.ended) return () => {};
	if (!(delay >= (kind === "every" ? 1 : 0) && delay <= LONGEST)) throw new LiveError("misuse", `${kind}(${delay}, …): the time must be from ${kind === "every" ? 1 : 0} to ${LONGEST} ms`);
	const { session } = core;
	const timers = (core.more.timers ??= new Set());
	within(session.host.limits, "timers", session.timers + 1, `timers of the session (the last of ${core.definition.name})`, "stop those that are not needed: every and after return a function that does");
	const name = typeof method === "string" ? method : ownName(core, method);
	const run = typeof method === "string" ? (core.view as unknown as Record<string, unknown>)[method] : method;
	if (typeof run !== "function") throw new LiveError("unknown_handler", `${core.definition.name} has no method ${String(method)} for a timer`);
	const stop = (): void => {
		if (!timers.delete(timer)) return;
		session.timers--;
		clearTimeout(timer.handle);
	};
	const tick = (): void => {
		if (kind === "after") stop();
		if (core.ended) return;
		const done = attempt(() => run.call(core.view) as unknown);
		const failure = (result: unknown) => result instanceof Failed && failed(core, result.error, "handler_failed");
		if (done instanceof Promise) void done.then(failure);
		else failure(done);
	};
	const timer: Timer = { kind, delay, name, due: Date.now() + delay, handle: kind === "every" ? setInterval(tick, delay) : setTimeout(tick, delay) };
	timers.add(timer);
	session.timers++;
	return stop;
}

function ownName(core: Core, method: Method): string {
	if (typeof method !== "function") throw new LiveError("misuse", "every and after take a method, or its name");
	return method.name !== "" && (core.view as unknown as Record<string, unknown>)[method.name] === method ? method.name : "";
}

export function endTimers(core: Core): void {
	for (const timer of core.rare?.timers ?? []) {
		clearTimeout(timer.handle);
		core.session.timers--;
	}
	core.rare?.timers?.clear();
}

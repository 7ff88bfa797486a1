/** `static temporary`: fields of state that are empty again after each render, so that the server does not keep them. */

import type { Core } from "./core.ts";

/** Notes what the fields are reset to, when state is set for the first time. */
export function noteInitial(core: Core, state: Readonly<Record<string, unknown>>): void {
	const { temporary } = core.definition;
	if (temporary.length === 0 || core.rare?.initial) return;
	core.more.initial = new Map(temporary.map((name) => [name, state[name]]));
	for (const [name, value] of core.more.initial!) if (typeof value === "object" && value !== null) core.more.initial!.set(name, emptied(value));
}

export function resetTemporary(core: Core): void {
	const state = core.state as Record<string, unknown> | undefined;
	for (const [name, value] of core.rare?.initial ?? []) if (state && !Object.is(state[name], value)) state[name] = typeof value === "object" && value !== null ? emptied(value) : value;
}

/** An empty collection of the same kind. What is none is gone. */
function emptied(value: object): unknown {
	if (Array.isArray(value)) return [];
	if (value instanceof Map) return new Map();
	if (value instanceof Set) return new Set();
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === Object.prototype || prototype === null ? {} : undefined;
}

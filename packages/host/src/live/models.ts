/**
 * `ts-model="name"`: a field of a form that is bound to a field of the component's state. What the user enters is set there, and nothing
 * else can be: the browser names a path, which the component must have rendered, and a value, which becomes one of the type that is there.
 */

import type { Core } from "./core.ts";
import { quoted } from "./definition.ts";
import { LiveError } from "./errors.ts";
import type { EventPayload } from "./event.ts";
import { within } from "./limits.ts";

/** The handler that the browser calls, and the name of the attribute. */
export const MODEL = "ts-model";
/** What a bound path begins with among the handlers that a component has rendered. */
export const BOUND = "ts-model:";

export const isModel = (attribute: string): boolean => attribute === MODEL || attribute.startsWith("ts-model.");

/** What the browser has entered into a bound field. */
export interface Bound {
	/** Whose state it is: the component that shows the field, or the one further out that gave it the template. */
	readonly target: Core;
	readonly path: string;
	readonly value: unknown;
	/** The value of a box, if the field is one of several. */
	readonly item: unknown;
}

/** Reads what an event of a bound field says. */
export function readBound(core: Core, { data }: EventPayload): Bound {
	const { path, value, item } = (typeof data === "object" && data !== null ? data : {}) as { path?: unknown; value?: unknown; item?: unknown };
	if (typeof path !== "string") throw new LiveError("bad_arguments", "a field with ts-model names no path");
	let target: Core | null = core;
	for (let out = ""; target; out += "^", target = target.parent) if (core.definition.hasRendered(core, out + BOUND + path.trim())) return { target, path: path.trim(), value, item };
	throw new LiveError("handler_not_rendered", `${core.definition.name} has not rendered ts-model=${quoted(path)}`, "the path is one slot or none: ts-model=${path}; or list ts-model in `static events`");
}

/** Sets the field of the state. */
export function setBound({ target, path, value, item }: Bound): void {
	const names = path.split(".");
	const last = names.pop()!;
	let at: unknown = target.view.state;
	for (const name of names) at = typeof at === "object" && at !== null && Object.hasOwn(at, name) ? (at as Record<string, unknown>)[name] : undefined;
	// A name that every object has, such as `__proto__`, is none of a field.
	if (typeof at !== "object" || at === null || (last in at && !Object.hasOwn(at, last))) throw new LiveError("misuse", `this.state of ${target.definition.name} has no ${path}, which ts-model names`);
	const state = at as Record<string, unknown>;
	const before = state[last] ?? (target.rare?.emptied?.has(path) ? 0 : undefined);
	const list = like(before, value, target);
	// What else is in the list, the browser may not have on its page.
	const after = Array.isArray(before) && typeof item === "string" ? [...before.filter((other) => other !== item), ...((list as unknown[]).includes(item) ? [item] : [])] : list;
	if (typeof before === "number" && after === null) (target.more.emptied ??= new Set()).add(path);
	state[last] = after;
}

/** The value of a field as one of the type that was there: the browser knows only what kind of field it is. */
function like(before: unknown, value: unknown, { session }: Core): unknown {
	const isText = typeof value === "string";
	const isNumber = typeof value === "number";
	const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
	if (isList) within(session.host.limits, "fields", value.length, "texts in a list of ts-model", "show fewer at once");
	switch (typeof before) {
		case "string":
			if (isText || isNumber || value === null) return String(value ?? "");
			break;
		case "number":
			// An empty field.
			if (value === null || value === "") return null;
			if ((isText || isNumber) && Number.isFinite(+value)) return +value;
			break;
		case "boolean":
			if (typeof value === "boolean") return value;
			if (isList) return value.length > 0;
			break;
		case "undefined":
			if (isText || isNumber || isList || typeof value === "boolean" || value === null) return value;
			break;
		case "object":
			if (isList && Array.isArray(before)) return value;
	}
	throw new LiveError("bad_arguments", `ts-model: ${quoted(value)} cannot be in the place of ${Array.isArray(before) ? "a list" : `what is of type ${typeof before}`}`);
}

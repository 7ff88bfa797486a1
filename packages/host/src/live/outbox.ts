/** News as text. Its parts are JSON already, so that each can be measured, and fails alone. */

import type { ErrorNews, News } from "./commands.ts";
import { LiveError } from "./errors.ts";

/** What a session has to tell. */
export class Outbox {
	readonly renders: [component: number, json: string][] = [];
	readonly settled: number[] = [];
	readonly effects: string[] = [];
	readonly errors: ErrorNews[] = [];
	states: NonNullable<News["states"]> | null = null;
}

/** A value as JSON that Rust reads too, which takes no half of a surrogate pair. */
export function json(value: unknown, what: string): string {
	let text: string | undefined;
	try {
		text = JSON.stringify(value);
		if (text?.includes("\\ud")) text = JSON.stringify(value, (_, part: unknown) => (typeof part === "string" ? part.replace(/\p{Surrogate}/gu, "\ufffd") : part));
	} catch (error) {
		throw new LiveError("bad_value", `${what} cannot be written as JSON: ${error instanceof Error ? error.message : String(error)}`, "use plain values");
	}
	return text ?? "null";
}

export function newsText(out: Outbox, templates: NonNullable<News["templates"]>): string {
	const parts: string[] = [];
	if (templates.length > 0) parts.push(`"templates":${json(templates, "a template")}`);
	if (out.renders.length > 0) parts.push(`"renders":[${out.renders.map(([component, render]) => `[${component},${render}]`).join()}]`);
	if (out.settled.length > 0) parts.push(`"settled":[${out.settled.join()}]`);
	if (out.effects.length > 0) parts.push(`"effects":[${out.effects.join()}]`);
	if (out.errors.length > 0) parts.push(`"errors":${json(out.errors, "an error")}`);
	if (out.states) parts.push(`"states":${json(out.states, "state")}`);
	return `{${parts.join()}}`;
}

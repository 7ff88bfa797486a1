/** The values of a form by the names of its fields. */

import { LiveError } from "./errors.ts";

/** The value of a field: a text, a list for names that come again or end with `[]`, and what names with dots are in. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue };

type Values = { [name: string]: FormValue };

/** How deep names may nest, and how far a list may be numbered. */
const STEPS = 10;
const INDEX = 1_000;

/** Reads `[[name, value], …]`; `most` is how many there may be. */
export function readForm(fields: readonly unknown[], most: number): Values {
	if (fields.length > most) throw new LiveError("limit", `a form has ${fields.length} fields, at most ${most}`);
	const form = empty();
	for (const field of fields) {
		const [name, value] = Array.isArray(field) ? (field as unknown[]) : [];
		if (typeof name !== "string" || typeof value !== "string") throw new LiveError("bad_arguments", "a field of a form is no pair of texts");
		const list = name.endsWith("[]");
		put(form, list ? name.slice(0, -2) : name, value, list);
	}
	return form;
}

/** Without a prototype: names are the client's, `__proto__` among them. */
function empty(): Values {
	return Object.create(null) as Values;
}

function put(form: Values, name: string, value: string, list: boolean): void {
	const steps = name.split(".");
	// Names such as ".", "a." and "1..2" have no steps to go.
	if (steps.length > STEPS || steps.includes("")) steps.splice(0, steps.length, name);
	let at: Values | FormValue[] = form;
	for (const [i, step] of steps.entries()) {
		const key = keyIn(at, step);
		if (key === null) return;
		const inside = at as Values;
		const found: FormValue | undefined = inside[key];
		if (i === steps.length - 1) {
			if (found === undefined) inside[key] = list ? [value] : value;
			else if (typeof found === "string") inside[key] = [found, value];
			else if (Array.isArray(found)) found.push(value);
			return;
		}
		if (typeof found === "string") return;
		at = found ?? (inside[key] = /^\d+$/.test(steps[i + 1]!) ? [] : empty());
	}
}

/** A step into a list is the number of an item that is there, or the next one; others are left out, as are names of a list's own. */
function keyIn(at: Values | FormValue[], step: string): string | null {
	if (!Array.isArray(at)) return step;
	return /^(?:0|[1-9]\d{0,3})$/.test(step) && Number(step) <= at.length && at.length < INDEX ? step : null;
}

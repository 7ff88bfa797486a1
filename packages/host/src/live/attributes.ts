/** Values as texts: what is in an attribute, a text area, or between tags. */

import { describe } from "./calls.ts";
import { LiveError } from "./errors.ts";

/** A number as JavaScript writes it; as a number in JSON only where every reader would write it the same. */
export function numeral(value: number): number | string {
	const size = Math.abs(value);
	return size < 1e21 && (size >= 1e-6 || size === 0) ? value : String(value);
}

/** The text of a value that has one: `undefined` for what must not be written as text. */
export function textual(value: unknown): string | number | undefined {
	switch (typeof value) {
		case "string":
			return value;
		case "number":
			return numeral(value);
		case "bigint":
			return String(value);
		case "object":
			if (value === null || Array.isArray(value)) return undefined;
			if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
			// URL, Temporal and the like say what their text is; plain objects, collections and promises do not.
			return hasText(value) ? String(value) : undefined;
		default:
			return undefined;
	}
}

function hasText(value: object): boolean {
	const { toString } = value as { toString?: unknown };
	return typeof toString === "function" && toString !== Object.prototype.toString && !(Symbol.iterator in value) && !(value instanceof Error);
}

/** A value as text in an attribute or a text area, where nothing is the empty text. */
export function partText(value: unknown): string | number {
	if (value === null || value === undefined || value === false) return "";
	if (value === true) return "true";
	const text = textual(value);
	if (text === undefined) throw unfit(value);
	return text;
}

/** An attribute that is one slot. `null` and `false` leave it out. */
export function wholeText(name: string, value: unknown): string | number | boolean | null {
	if (value === null || value === undefined) return null;
	if (typeof value === "boolean") return WORDS.test(name) ? String(value) : value;
	const text = textual(value);
	if (text === undefined) throw unfit(value);
	return text;
}

/** Attributes in which `true` and `false` are words. */
const WORDS = /^(?:aria-.*|contenteditable|draggable|spellcheck|translate|writingsuggestions)$/i;

/** `class`: a text, lists, and objects whose keys are the classes and whose values say whether they are there. */
export function classText(value: unknown): string {
	if (typeof value === "string") return value;
	if (typeof value === "number") return String(value);
	if (value === null || value === undefined || typeof value === "boolean") return "";
	if (Array.isArray(value)) {
		let text = "";
		for (const item of value) {
			const part = classText(item);
			if (part !== "") text += text === "" ? part : ` ${part}`;
		}
		return text;
	}
	if (!isRecord(value)) throw unfit(value);
	return Object.keys(value)
		.filter((name) => value[name])
		.join(" ");
}

/** `style`: a text, or an object of properties in camelCase or as CSS has them. Nothing gets a unit by itself. */
export function styleText(value: unknown): string {
	if (typeof value === "string") return value;
	if (value === null || value === undefined || typeof value === "boolean") return "";
	if (Array.isArray(value)) return value.map(styleText).filter((text) => text !== "").join(";");
	if (!isRecord(value)) throw unfit(value);
	let style = "";
	for (const name of Object.keys(value)) {
		const part = value[name];
		if (part === null || part === undefined || part === false || part === "") continue;
		const text = String(partText(part));
		const property = name.startsWith("--") ? name : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
		if (!/^[\w-]+$/.test(property)) throw new LiveError("bad_value", `${JSON.stringify(name)} is no name of a CSS property`);
		if (!isOneValue(text)) throw new LiveError("bad_value", `the CSS value ${JSON.stringify(text)} of ${name} would end its declaration`, "give properties one by one: { color, width }");
		style += `${style === "" ? "" : ";"}${property}:${text}`;
	}
	return style;
}

/** Whether nothing in a CSS value can begin another declaration: strings and parentheses are closed, and no semicolon is outside of them. */
function isOneValue(text: string): boolean {
	let outside = text.replace(/"[^"\\\n]*"|'[^'\\\n]*'/g, "");
	for (let before = ""; before !== outside; ) [before, outside] = [outside, outside.replace(/\([^()"'\\{}]*\)/g, "")];
	return !/[;{}"'()\\]|\/\*/.test(outside);
}

function isRecord(value: unknown): value is Record<string, unknown> {
	if (typeof value !== "object" || value === null) return false;
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === Object.prototype || prototype === null;
}

/** The error for a value that can be nothing on a page; who catches it knows the place. */
export function unfit(value: unknown): LiveError {
	return new LiveError("bad_value", `${describe(value)} cannot be shown`, hint(value));
}

function hint(value: unknown): string {
	if (typeof value === "function") return "call it, or write @click=${…} for a handler";
	if (typeof value === "symbol") return "use its description";
	if (value instanceof Date) return "the date is invalid";
	if (typeof value === "object" && value !== null) {
		if ("then" in value) return "await it in a handler, or use this.assignAsync";
		if (value instanceof Map) return "use its values() or entries() with map";
		if (value instanceof Error) return "show error.message";
	}
	return "show its parts, or JSON.stringify(value)";
}

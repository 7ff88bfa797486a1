/** What a handler is told of an event. Everything is made when it is first read. */

import { LiveError } from "./errors.ts";
import { type FormValue, readForm } from "./form.ts";

/**
 * What the browser sends with an event. All of it is the client's word, and all of it may be missing.
 *
 * | field | |
 * |---|---|
 * | `type` | the DOM event's, unless it is `click` |
 * | `args` | the arguments in the attribute: a list |
 * | `values` | the element's `ts-value:name` attributes: `{ name: text }` |
 * | `name`, `value` | of the form field that the event is about; a box that is not checked has the value `""` |
 * | `key`, `code`, `repeat`, `alt`, `ctrl`, `meta`, `shift` | of keyboard events; the modifiers of mouse events too |
 * | `x`, `y` | where the pointer is in the window, in CSS pixels |
 * | `form` | all fields of the form: `[[name, value], …]`, in their order, without files |
 * | `unused` | names of fields that the user has not used yet |
 * | `submitter` | the button that submitted: `[name, value]` |
 * | `recover` | `true` where the form is sent again after its session was lost |
 * | `data` | what a hook or the client command `push` sends; of a custom event its `detail` |
 */
export interface EventPayload {
	readonly type?: string;
	readonly args?: readonly unknown[];
	readonly values?: Readonly<Record<string, string>>;
	readonly name?: string;
	readonly value?: string;
	readonly key?: string;
	readonly code?: string;
	readonly alt?: boolean;
	readonly ctrl?: boolean;
	readonly meta?: boolean;
	readonly shift?: boolean;
	readonly repeat?: boolean;
	readonly x?: number;
	readonly y?: number;
	readonly form?: readonly (readonly [name: string, value: string])[];
	readonly unused?: readonly string[];
	readonly submitter?: readonly [name: string, value: string];
	readonly recover?: boolean;
	readonly data?: unknown;
}

/** An event, as handlers get it after their arguments. What it says is the client's word. */
export interface LiveEvent {
	/** The DOM event's type, such as `"submit"`; `"click"` for what says nothing else, and empty for what has only `data`. */
	readonly type: string;
	/** The handler's name. */
	readonly handler: string;
	/** The arguments in the attribute. */
	readonly args: readonly unknown[];
	/** The element's `ts-value:name` attributes. */
	readonly values: Readonly<Record<string, string>>;
	/** The name of the form field that the event is about; empty where there is none. */
	readonly name: string;
	/** The value of that field; empty where there is none. */
	readonly value: string;
	/** The key of a keyboard event, such as `"Enter"`; empty otherwise. */
	readonly key: string;
	/** The key's place on the keyboard, such as `"KeyA"`; empty otherwise. */
	readonly code: string;
	readonly alt: boolean;
	readonly ctrl: boolean;
	readonly meta: boolean;
	readonly shift: boolean;
	/** Whether a key is held down. */
	readonly repeat: boolean;
	/** Where the pointer is in the window, in CSS pixels; 0 where there is none. */
	readonly x: number;
	readonly y: number;
	/** The form's values by name: a dot in a name is a step inwards, repeated names and those that end with `[]` are lists. */
	readonly form: Readonly<Record<string, FormValue>>;
	/** One text field of the form; empty where there is none. */
	text(name: string): string;
	/** Whether the user has used a field of the form. After a submit all are. */
	used(name: string): boolean;
	/** The button that submitted the form. */
	readonly submitter: { readonly name: string; readonly value: string } | null;
	/** Whether the form is sent again, since its session was lost. */
	readonly recover: boolean;
	/** What a hook, or the client command `push`, has sent; the `detail` of a custom event. */
	readonly data: unknown;
}

/** The implementation of `LiveEvent`. */
export class EventOf implements LiveEvent {
	readonly handler: string;
	readonly args: readonly unknown[];
	readonly #payload: EventPayload;
	readonly #fields: number;
	#form: Record<string, FormValue> | null = null;

	/** `fields` is how many fields a form may have. */
	constructor(handler: string, payload: EventPayload, args: readonly unknown[], fields: number) {
		this.handler = handler;
		this.args = args;
		this.#payload = payload;
		this.#fields = fields;
	}
	get type(): string {
		const { type, data } = this.#payload;
		return typeof type === "string" ? type : data === undefined ? "click" : "";
	}
	get values(): Readonly<Record<string, string>> {
		const { values } = this.#payload;
		const entries = typeof values === "object" && values !== null ? Object.entries(values) : [];
		return Object.fromEntries(entries.filter(([, value]) => typeof value === "string"));
	}
	get name(): string {
		return text(this.#payload.name);
	}
	get value(): string {
		return text(this.#payload.value);
	}
	get key(): string {
		return text(this.#payload.key);
	}
	get code(): string {
		return text(this.#payload.code);
	}
	get alt(): boolean {
		return this.#payload.alt === true;
	}
	get ctrl(): boolean {
		return this.#payload.ctrl === true;
	}
	get meta(): boolean {
		return this.#payload.meta === true;
	}
	get shift(): boolean {
		return this.#payload.shift === true;
	}
	get repeat(): boolean {
		return this.#payload.repeat === true;
	}
	get x(): number {
		return number(this.#payload.x);
	}
	get y(): number {
		return number(this.#payload.y);
	}
	get form(): Readonly<Record<string, FormValue>> {
		return (this.#form ??= readForm(this.#payload.form ?? [], this.#fields));
	}
	text(name: string): string {
		const field = (this.#payload.form ?? []).find((field) => Array.isArray(field) && field[0] === name);
		return text(field?.[1]);
	}
	used(name: string): boolean {
		return this.unused === null || !this.unused.includes(name);
	}
	/** The fields that the user has not used; `null` where all count as used. */
	get unused(): readonly string[] | null {
		const { unused } = this.#payload;
		return this.type === "submit" || !Array.isArray(unused) || unused.length === 0 ? null : unused.filter((name) => typeof name === "string");
	}
	get submitter(): { readonly name: string; readonly value: string } | null {
		const { submitter } = this.#payload;
		return Array.isArray(submitter) ? { name: text(submitter[0]), value: text(submitter[1]) } : null;
	}
	get recover(): boolean {
		return this.#payload.recover === true;
	}
	get data(): unknown {
		return this.#payload.data;
	}
}

function text(value: unknown): string {
	return typeof value === "string" ? value : "";
}

function number(value: unknown): number {
	return typeof value === "number" ? value : 0;
}

/** What a client sent with an event, as far as it must be of a shape before a handler sees it. */
export function checkedPayload(payload: unknown, limit: number): { payload: EventPayload; args: readonly unknown[] } {
	if (payload === undefined || payload === null) return { payload: {}, args: [] };
	if (typeof payload !== "object" || Array.isArray(payload)) throw new LiveError("bad_arguments", "the payload of an event is no object");
	const { args = [], form } = payload as EventPayload;
	if (!Array.isArray(args)) throw new LiveError("bad_arguments", "the arguments of an event are no list");
	if (args.length > limit) throw new LiveError("limit", `an event has ${args.length} arguments, at most ${limit}`);
	if (form !== undefined && !Array.isArray(form)) throw new LiveError("bad_arguments", "the form of an event is no list of fields");
	return { payload: payload as EventPayload, args };
}

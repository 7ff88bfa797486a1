/**
 * Writes what `render` returned as the values that the session reads (the table is in `wellhead-html/src/rendered.rs`):
 * arrays first and then one `JSON.stringify`, which is faster than putting the text together piece by piece.
 */

import { classText, numeral, partText, styleText, textual, unfit, wholeText } from "./attributes.ts";
import { writeCall } from "./calls.ts";
import type { Core } from "./core.ts";
import { LiveError } from "./errors.ts";
import { Action, Html, type Method, Nested, Raw } from "./html.ts";
import { Commands } from "./js.ts";
import { StreamSlot } from "./streams.ts";
import { Kind, type Template } from "./template.ts";

/** A value as JSON has it. */
export type Json = string | number | boolean | null | readonly Json[];

const LIST = -1;
const HTML = -2;
const STREAM = -4;
/** As deep as the session reads. */
const DEPTH = 99;

/** Writes the render of one component; `nested` writes a component in it. */
export class Writer {
	readonly #core: Core;
	readonly #number: (template: Template) => number;
	readonly #nested: (core: Core, nested: Nested) => Json;
	#depth = 0;
	/** The stream whose item is written. */
	#item: string | null = null;

	constructor(core: Core, number: (template: Template) => number, nested: (core: Core, nested: Nested) => Json) {
		this.#core = core;
		this.#number = number;
		this.#nested = nested;
	}

	/** A value between tags. */
	child(value: unknown): Json {
		switch (typeof value) {
			case "string":
				return value;
			case "number":
				return numeral(value);
			case "boolean":
			case "undefined":
				return null;
			case "object":
				if (value === null) return null;
				if (value instanceof Html) return this.#instance(value);
				if (Array.isArray(value)) return this.#list(value);
				return this.#object(value);
			default: {
				const text = textual(value);
				if (text === undefined) throw unfit(value);
				return text;
			}
		}
	}

	#object(value: object): Json {
		if (value instanceof Raw) return [HTML, value.html];
		if (value instanceof Nested) {
			this.#forgotten("component");
			this.#enter();
			const written = this.#nested(this.#core, value);
			this.#depth--;
			return written;
		}
		if (value instanceof StreamSlot) return this.#stream(value);
		const text = textual(value);
		if (text !== undefined) return text;
		if (Symbol.iterator in value && !(value instanceof Map)) return this.#list(value as Iterable<unknown>);
		throw unfit(value);
	}

	#list(items: Iterable<unknown>): Json {
		this.#enter();
		const list: Json[] = [LIST];
		for (const item of items) list.push(this.child(item));
		this.#depth--;
		return list;
	}

	/** What changes on its own cannot be found again in an item that was told. */
	#forgotten(what: "component" | "stream"): void {
		if (this.#item === null) return;
		throw new LiveError("misuse", `${this.#core.definition.name} shows a ${what} in an item of its stream ${this.#item}`, "items are forgotten when they are told: show it in a list, or the item by templates only");
	}

	#stream({ stream, render }: StreamSlot): Json {
		this.#forgotten("stream");
		const name = this.#core.definition.name;
		if (stream.written >= 0) throw new LiveError("misuse", `${name} shows its stream ${stream.name} twice`);
		this.#enter();
		const written: Json[] = [STREAM, stream.name];
		for (const change of stream.changes) {
			if (change[0] !== 1) {
				written.push(change);
				continue;
			}
			const [, key, at, item] = change;
			const html = render(item as never, key);
			if (!(html instanceof Html)) throw new LiveError("misuse", `an item of the stream ${stream.name} of ${name} is shown by a template`, "this.each(name, (item) => html`<li>…</li>`)");
			this.#item = stream.name;
			written.push([1, key, at, this.#instance(html)]);
			this.#item = null;
		}
		stream.written = stream.changes.length;
		stream.json = written;
		this.#depth--;
		return written;
	}

	#instance({ template, values, owner }: Html): Json {
		let shown = template;
		if (owner !== this.#core && owner !== null) shown = template.lifted(this.#levels(owner));
		const written: Json[] = [this.#number(shown)];
		if (shown.handlers.length > 0) this.#core.definition.allowTemplate(this.#core, shown, owner ?? this.#core, shown === template ? 0 : this.#levels(owner!));
		this.#enter();
		const { kinds } = shown;
		for (let i = 0; i < values.length; i++) {
			const value = values[i];
			try {
				// The most frequent values, without a call.
				if (kinds[i] !== Kind.Child) written.push(this.#attribute(kinds[i]!, shown.names[i]!, value, owner));
				else written.push(typeof value === "string" ? value : this.child(value));
			} catch (error) {
				throw placed(error, shown, i);
			}
		}
		this.#depth--;
		return written;
	}

	#enter(): void {
		if (++this.#depth > DEPTH) throw new LiveError("bad_value", `values are nested deeper than ${DEPTH}`, "is a list in itself?");
	}

	#attribute(kind: Kind, name: string, value: unknown, owner: Core | null): Json {
		if (value instanceof Commands && kind !== Kind.Event) return this.#call(value, owner);
		switch (kind) {
			case Kind.Event:
				return value === null || value === undefined || value === false ? null : this.#call(value, owner);
			case Kind.Flag:
				return Boolean(value);
			case Kind.Model: {
				const path = wholeText(name, value);
				if (typeof path === "string") this.#core.definition.bind(this.#core, this.#levels(owner ?? this.#core), path);
				return path;
			}
			case Kind.Class:
				return value === null || value === undefined ? null : classText(value);
			case Kind.Style:
				return value === null || value === undefined ? null : styleText(value);
			case Kind.Whole:
				return typeof value === "string" ? value : wholeText(name, value);
			default:
				if (value instanceof Html || value instanceof Raw || value instanceof Nested || value instanceof StreamSlot)
					throw new LiveError("bad_value", "a template cannot be shown", "use a string");
				return partText(value);
		}
	}

	/** The text of an attribute of an event. From now on the component may be asked for its handlers. */
	#call(value: unknown, owner: Core | null): string {
		const core = this.#core;
		const from = owner ?? core;
		const levels = from === core ? 0 : this.#levels(from);
		if (value instanceof Commands) {
			for (const [command, { event }] of value.commands)
				if (command === "push") this.#allow(String(event), from, levels);
			return writeCall(value.commands, levels);
		}
		if (typeof value === "string") {
			this.#allow(value, from, levels);
			return writeCall({ name: value, args: [] }, levels);
		}
		if (typeof value !== "function" && !(value instanceof Action))
			throw new LiveError("bad_value", "an event takes a method", "write @click=${this.method} or @click=${on(this.method, argument)}");
		const [method, args] = value instanceof Action ? [value.method, value.args] : [value as Method, []];
		const name = from.definition.nameOf(from.view, method);
		this.#allow(name, from, levels);
		return writeCall({ name, args }, levels);
	}

	#allow(name: string, from: Core, levels: number): void {
		from.definition.handler(from.view, name);
		this.#core.definition.allow(this.#core, "^".repeat(levels) + name);
	}

	/** How many components out one is that gave a template to this one; 0 where it is none of those. */
	#levels(owner: Core): number {
		let levels = 0;
		for (let core: Core | null = this.#core; core !== null; core = core.parent, levels++) if (core === owner) return levels;
		throw new LiveError("misuse", `a template of ${owner.definition.name} is shown by ${this.#core.definition.name}, which is not within it`, "make templates in render");
	}
}

const places = new WeakSet<LiveError>();

/** An error of a slot says which one it is, and in which template; the innermost counts. */
function placed(error: unknown, template: Template, slot: number): unknown {
	if (!(error instanceof LiveError) || places.has(error)) return error;
	const name = template.names[slot]!;
	const inside = name === "" ? "" : name.startsWith("<") ? ` (in ${name})` : ` (${name}=)`;
	const [message] = error.message.split("; hint: ");
	const with_ = new LiveError(error.code, `${message!}, in slot ${slot}${inside} of the template at ${template.place}`, error.hint);
	if (error.stack !== undefined) with_.stack = error.stack.replace(error.message, with_.message);
	places.add(with_);
	return with_;
}

/**
 * What a template is, as far as the host must know: what kind of slot is where, and which handlers the fixed parts name.
 * Whether it is good HTML is for the session to say, which has a parser.
 */

import { callNames, readCall, writeCall } from "./calls.ts";
import { LiveError } from "./errors.ts";
import { BOUND, isModel } from "./models.ts";

/** What a slot's value becomes. */
export const enum Kind {
	/** Nodes. */
	Child = 0,
	/** The text of a text area or title. */
	Text = 1,
	/** An attribute that is there or not. */
	Whole = 2,
	/** Part of an attribute. */
	Mixed = 3,
	/** `?name=${condition}`. */
	Flag = 4,
	/** `@click=${…}`. */
	Event = 5,
	/** `class=${…}`, also in part. */
	Class = 6,
	/** `style=${…}`, also in part. */
	Style = 7,
	/** `ts-model=${path}`. */
	Model = 8,
}

/** A template, known by the array of its fixed parts. */
export class Template {
	readonly strings: readonly string[];
	/** Where it was written. */
	readonly place: string;
	/** The fixed parts as browsers get them. */
	readonly statics: readonly string[];
	readonly kinds: readonly Kind[];
	/** For each slot the attribute that it is in, or the element where that takes only text. */
	readonly names: readonly string[];
	/** The handlers that the fixed parts name; and `ts-model:PATH` for what their fields are bound to. */
	readonly handlers: readonly string[];
	/** Who numbered it last, and the number there. */
	numbered: object | null = null;
	number = -1;
	#lifted: Template[] | null = null;

	/** `levels` is how many components are between the one whose handlers it names and the one that shows it. */
	constructor(strings: readonly string[], place: string, levels = 0) {
		this.strings = strings;
		this.place = place;
		({ statics: this.statics, kinds: this.kinds, names: this.names, handlers: this.handlers } = scan(strings, place, levels));
	}

	/** The same template where a component shows it that got it from one further out. */
	lifted(levels: number): Template {
		if (levels === 0 || this.handlers.length === 0) return this;
		return ((this.#lifted ??= [])[levels] ??= new Template(this.strings, this.place, levels));
	}
}

const enum At {
	Text,
	TagName,
	Tag,
	Name,
	AfterName,
	BeforeValue,
	Value,
	Comment,
	EndTag,
}

const SPACE = /[\t\n\f\r ]/;
/** Elements whose content is text; in those that are not true there may be slots. */
const RAW: Readonly<Record<string, boolean>> = { script: true, style: true, textarea: false, title: false, xmp: true, iframe: true, noembed: true, noframes: true };

function isEvent(name: string): boolean {
	return name.startsWith("@") || name.startsWith("ts-on:");
}

interface Scanned {
	readonly statics: string[];
	readonly kinds: Kind[];
	readonly names: string[];
	readonly handlers: string[];
}

function scan(strings: readonly string[], place: string, levels: number): Scanned {
	const found: Scanned = { statics: [], kinds: [], names: [], handlers: [] };
	let at = At.Text;
	let element = "";
	let raw = "";
	let name = "";
	let quote = "";
	/** Whether the value of the attribute has had a slot, or text. */
	let slots = 0;
	let texts = false;

	/** The fixed value of an attribute is over: what to write in its place. */
	const fixed = (value: string): string => {
		if (slots > 0) return value;
		if (isModel(name)) found.handlers.push(BOUND + decoded(value).trim());
		if (!isEvent(name)) return value;
		const call = readCall(decoded(value), `${name} of <${element}> in the template at ${place}`);
		for (const handler of callNames(call)) if (!found.handlers.includes(handler)) found.handlers.push(handler);
		return escaped(writeCall(call, levels));
	};

	for (const [index, text] of strings.entries()) {
		let out = "";
		/** What of the text is in `out`. */
		let copied = 0;
		let start = 0;
		const end = (from: number, to: number, inQuotes: boolean): void => {
			const value = text.slice(from, to);
			const other = fixed(value);
			if (other === value) return;
			out += text.slice(copied, from) + (inQuotes ? other : `"${other}"`);
			copied = to;
		};
		for (let i = 0; i < text.length; i++) {
			const char = text[i]!;
			switch (at) {
				case At.Text:
					if (char !== "<") break;
					if (raw !== "") {
						if (text.slice(i + 2, i + 2 + raw.length).toLowerCase() === raw && text[i + 1] === "/") [at, raw] = [At.EndTag, ""];
					} else if (text.startsWith("!--", i + 1)) [at, i] = [At.Comment, i + 3];
					else if (/[a-zA-Z]/.test(text[i + 1] ?? "")) [at, start] = [At.TagName, i + 1];
					else if (text[i + 1] === "/" || text[i + 1] === "!") at = At.EndTag;
					break;
				case At.Comment:
					if (char === ">" && text.slice(0, i).endsWith("--")) at = At.Text;
					break;
				case At.EndTag:
					if (char === ">") at = At.Text;
					break;
				case At.TagName:
					if (!SPACE.test(char) && char !== ">" && char !== "/") break;
					element = text.slice(start, i).toLowerCase();
					at = At.Tag;
					i--;
					break;
				case At.Tag:
				case At.AfterName:
					if (char === "=" && at === At.AfterName) at = At.BeforeValue;
					else if (char === ">") [at, raw] = [At.Text, element in RAW ? element : ""];
					else if (!SPACE.test(char) && char !== "/") [at, start] = [At.Name, i];
					else if (at !== At.AfterName) at = At.Tag;
					break;
				case At.Name:
					if (char !== "=" && char !== ">" && char !== "/" && !SPACE.test(char)) break;
					name = text.slice(start, i);
					at = At.AfterName;
					i--;
					break;
				case At.BeforeValue:
					if (SPACE.test(char)) break;
					if (char === ">") {
						[at, raw] = [At.Text, element in RAW ? element : ""];
						break;
					}
					[at, slots, texts] = [At.Value, 0, false];
					quote = char === '"' || char === "'" ? char : "";
					start = quote === "" ? i : i + 1;
					texts = quote === "";
					break;
				case At.Value:
					if (quote === "" ? SPACE.test(char) || char === ">" : char === quote) {
						end(start, i, quote !== "");
						at = At.Tag;
						if (quote === "" && char === ">") i--;
					} else texts = true;
					break;
			}
		}
		// An end of a tag that the next slot interrupts is for the session to refuse.
		found.statics.push(out + text.slice(copied));
		if (index === strings.length - 1) break;
		if (at === At.BeforeValue) [at, quote, slots, texts] = [At.Value, "", 0, false];
		if (at !== At.Value) {
			found.kinds.push(at === At.Text && raw === "" ? Kind.Child : Kind.Text);
			found.names.push(raw === "" ? "" : `<${raw}>`);
			continue;
		}
		slots++;
		const rest = strings[index + 1] ?? "";
		const sole = slots === 1 && !texts && (quote === "" ? rest === "" || SPACE.test(rest[0]!) || rest[0] === ">" : rest[0] === quote);
		if (isEvent(name) && !sole)
			throw new LiveError("bad_template", `${name} of <${element}> has more than a slot in the template at ${place}`, `${name}=\${on(this.method, …)}`);
		found.kinds.push(kindOf(name, sole));
		found.names.push(name);
	}
	return found;
}

function kindOf(name: string, sole: boolean): Kind {
	if (isEvent(name)) return Kind.Event;
	if (name === "class") return Kind.Class;
	if (name === "style") return Kind.Style;
	if (name.startsWith("?")) return Kind.Flag;
	if (sole && isModel(name)) return Kind.Model;
	return sole ? Kind.Whole : Kind.Mixed;
}

const ENTITIES: Readonly<Record<string, string>> = { "&quot;": '"', "&#39;": "'", "&apos;": "'", "&lt;": "<", "&gt;": ">", "&amp;": "&" };

function decoded(value: string): string {
	return value.includes("&") ? value.replace(/&(?:quot|#39|apos|lt|gt|amp);/g, (entity) => ENTITIES[entity]!) : value;
}

function escaped(value: string): string {
	return value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

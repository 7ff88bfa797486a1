/**
 * The fast way of writing markup: the module `wellhead:markup`, whose functions a production build puts in the place of
 * `$$renderer.push(…)` in compiled components (`crates/wellhead-build/src/plugins/markup.rs`).
 *
 * Where the engine has the operations, what is pushed goes into a buffer of the engine as bytes, and the renderer gets a
 * short marker for each stretch. Otherwise, and in all that reads what it renders, the renderer gets the text itself.
 */

import { native, type Markup, type Native } from "../native.ts";

/** Svelte's renderer, as far as it is used here. */
interface Renderer {
	push(text: string): void;
	copy(): Renderer;
	/** How many things it holds. Where a version of Svelte does not tell, each push has a marker of its own. */
	readonly length?: number;
}

/** What one push writes: constant parts, and places for texts between them. */
interface Template {
	/** The engine's number for it, -1 without one. */
	readonly id: number;
	readonly parts: readonly string[];
	/** For each place, whether it is in an attribute. */
	readonly attributes: readonly boolean[];
}

const { write0: native0, write1: native1, write2: native2, write3: native3, write4: native4 } = native ?? ({} as Native);

/** Markers by number, made when they are first needed. */
const markers: string[] = [];

/** Whether a render runs that writes to the engine's buffer. */
let writes = false;
/** How many markers it has pushed. */
let count = 0;
/** Where the last one was pushed, and how long that renderer was then: if it still is, what follows belongs to it. */
let last: Renderer | undefined;
let length = 0;

/** How many markers there were when a copy was made. */
const copied = new WeakMap<Renderer, number>();

/** The length of a renderer that does not tell. */
const UNKNOWN = -1;

/** `places` has a letter for each place: `t` in text, `a` in an attribute. */
export function template(parts: readonly string[], places: string): Template {
	const attributes = Array.from(places, (place) => place === "a");
	return { id: native ? native.template(parts, places) : -1, parts, attributes };
}

/** What a value is in markup. */
function text(value: unknown): string {
	return typeof value === "string" ? value : String(value ?? "");
}

function follows(renderer: Renderer): boolean {
	return renderer === last && renderer.length === length;
}

/** Notes that something was written which did not follow the last marker. */
function mark(renderer: Renderer): void {
	renderer.push((markers[count] ??= native!.prefix + count.toString(36).padStart(5, "0")));
	count++;
	last = renderer;
	length = renderer.length ?? UNKNOWN;
}

const SPECIAL = /[&<]/;
const SPECIAL_IN_ATTRIBUTE = /[&<"]/;
const NAMES: Record<string, string> = { "&": "&amp;", "<": "&lt;", '"': "&quot;" };

/** A value as Svelte escapes it. */
function escaped(value: unknown, attribute: boolean | undefined): string {
	const plain = text(value);
	if (!(attribute ? SPECIAL_IN_ATTRIBUTE : SPECIAL).test(plain)) return plain;
	return plain.replace(attribute ? /[&<"]/g : /[&<]/g, (special) => NAMES[special]!);
}

export function write0(renderer: Renderer, template: Template): void {
	if (writes) {
		const again = follows(renderer);
		if (native0(template.id, again)) return again ? undefined : mark(renderer);
		// There is no room in the buffer: the rest of the render is text.
		writes = false;
	}
	renderer.push(template.parts[0]!);
}

export function write1(renderer: Renderer, template: Template, a: unknown): void {
	if (writes) {
		const again = follows(renderer);
		if (native1(template.id, again, text(a))) return again ? undefined : mark(renderer);
		writes = false;
	}
	const { parts, attributes } = template;
	renderer.push(parts[0]! + escaped(a, attributes[0]) + parts[1]!);
}

export function write2(renderer: Renderer, template: Template, a: unknown, b: unknown): void {
	if (writes) {
		const again = follows(renderer);
		if (native2(template.id, again, text(a), text(b))) return again ? undefined : mark(renderer);
		writes = false;
	}
	const { parts, attributes } = template;
	renderer.push(parts[0]! + escaped(a, attributes[0]) + parts[1]! + escaped(b, attributes[1]) + parts[2]!);
}

export function write3(renderer: Renderer, template: Template, a: unknown, b: unknown, c: unknown): void {
	if (writes) {
		const again = follows(renderer);
		if (native3(template.id, again, text(a), text(b), text(c))) return again ? undefined : mark(renderer);
		writes = false;
	}
	const { parts, attributes } = template;
	const before = parts[0]! + escaped(a, attributes[0]) + parts[1]! + escaped(b, attributes[1]);
	renderer.push(before + parts[2]! + escaped(c, attributes[2]) + parts[3]!);
}

export function write4(renderer: Renderer, template: Template, a: unknown, b: unknown, c: unknown, d: unknown): void {
	if (writes) {
		const again = follows(renderer);
		if (native4(template.id, again, text(a), text(b), text(c), text(d))) return again ? undefined : mark(renderer);
		writes = false;
	}
	const { parts, attributes } = template;
	const before = parts[0]! + escaped(a, attributes[0]) + parts[1]! + escaped(b, attributes[1]);
	renderer.push(before + parts[2]! + escaped(c, attributes[2]) + parts[3]! + escaped(d, attributes[3]) + parts[4]!);
}

/** A copy for the next try of a component with bindings. `before` is the one of the try before it, which nobody uses any more. */
export function copy(renderer: Renderer, before: Renderer | undefined): Renderer {
	const fresh = renderer.copy();
	if (writes) {
		const begun = before && copied.get(before);
		if (begun !== undefined && begun < count) {
			native!.rewind(begun);
			count = begun;
			last = undefined;
		}
		copied.set(fresh, count);
	}
	return fresh;
}

/** Runs something that reads what it renders, such as an `<option>` whose text is its value. */
export function asText<T>(run: () => T): T {
	const before = writes;
	writes = false;
	try {
		return run();
	} finally {
		writes = before;
		last = undefined;
	}
}

/** Renders, and puts what went into the buffer where it belongs. `render` may be called a second time. */
export function collect(render: () => { head: string; body: string }): { head: string; body: string | Uint8Array | Markup } {
	if (!native) return render();
	native.begin();
	writes = true;
	count = 0;
	let rendered;
	try {
		rendered = render();
	} finally {
		writes = false;
		last = undefined;
	}
	if (count === 0) return rendered;
	const whole = native.take(rendered.head, rendered.body);
	// A boundary has dropped what was written in it.
	return whole ? { head: whole[0], body: whole[1] } : render();
}

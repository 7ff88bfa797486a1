/** What templates are made of: the tag `html`, and values that stand for more than their text. */

import type { Core } from "./core.ts";
import { LiveError } from "./errors.ts";
import type { LiveEvent } from "./event.ts";
import { callerOf } from "./place.ts";
import { Template } from "./template.ts";
import type { LiveView } from "./view.ts";

/** A template with its values: what `html` makes. */
export class Html {
	/** What tells the class from others for the compiler; it is not there. */
	protected declare readonly is: "Html";
	/** @internal */
	readonly template: Template;
	/** @internal */
	readonly values: readonly unknown[];
	/** @internal The component whose `render` made it, by whose methods handlers are called. */
	readonly owner: Core | null;
	/** @internal */
	constructor(template: Template, values: readonly unknown[], owner: Core | null) {
		this.template = template;
		this.values = values;
		this.owner = owner;
	}
}

/** HTML that is written as it is. */
export class Raw {
	/** What tells the class from others for the compiler; it is not there. */
	protected declare readonly is: "Raw";
	/** @internal */
	readonly html: string;
	/** @internal */
	constructor(html: string) {
		this.html = html;
	}
}

/** A method with arguments, for the attribute of an event. */
export class Action {
	/** What tells the class from others for the compiler; it is not there. */
	protected declare readonly is: "Action";
	/** @internal */
	readonly method: Method;
	/** @internal */
	readonly args: readonly unknown[];
	/** @internal */
	constructor(method: Method, args: readonly unknown[]) {
		this.method = method;
		this.args = args;
	}
}

/** What a component within another gets. */
export type GivenProps = Readonly<Record<string, unknown>>;

/** A component within another: its class, and what it gets. */
export class Nested {
	/** What tells the class from others for the compiler; it is not there. */
	protected declare readonly is: "Nested";
	/** @internal */
	readonly type: new () => LiveView;
	/** @internal */
	readonly props: GivenProps;
	/** @internal The component whose `render` made it, whose methods and state the props are. */
	readonly owner: Core | null;
	/** @internal */
	constructor(type: new () => LiveView, props: GivenProps, owner: Core | null) {
		this.type = type;
		this.props = props;
		this.owner = owner;
	}
}

export type Method = (...args: never[]) => unknown;

/** The arguments that a method needs before the event. */
type Given<Arguments extends readonly unknown[]> = Required<Arguments> extends [...infer First, LiveEvent] ? First : Required<Arguments>;

const templates = new WeakMap<readonly string[], Template>();

/** @internal The component that renders now. Rendering never waits, so there is one at most. */
export const rendering: { core: Core | null } = { core: null };

/**
 * A template. What is between its values is fixed; values are escaped by where they stand.
 *
 * @example html`<button @click=${this.save} ?disabled=${!this.state.valid}>Save ${this.state.name}</button>`
 */
export function html(strings: TemplateStringsArray, ...values: unknown[]): Html {
	return new Html(templates.get(strings) ?? templateOf(strings), values, rendering.core);
}

function templateOf(strings: TemplateStringsArray): Template {
	if (!Array.isArray(strings) || !Array.isArray(strings.raw))
		throw new LiveError("misuse", "html is a tag of template literals", "write html`…`, and raw(text) for HTML in a string");
	const place = callerOf(html);
	const broken = strings.findIndex((text) => typeof text !== "string");
	if (broken >= 0) throw new LiveError("bad_template", `an escape sequence that does not exist, in the template at ${place}: ${strings.raw[broken]!}`, "write \\\\ for a backslash");
	const template = new Template(strings, place);
	templates.set(strings, template);
	return template;
}

/**
 * HTML that is written as it is: never what a user wrote.
 *
 * @example html`<article>${raw(markdown(post.text))}</article>`
 */
export function raw(html: string): Raw {
	if (typeof html !== "string") throw new LiveError("misuse", `raw takes a string, not ${typeof html}`);
	return new Raw(html);
}

/**
 * A method with arguments, for the attribute of an event. The method gets them, and then the event. They go through the
 * browser: plain values only, and in the method they are the client's word.
 *
 * @example html`<button @click=${on(this.remove, row.id)}>Remove</button>`
 */
export function on<M extends Method>(method: M, ...args: Given<Parameters<M>>): Action {
	if (typeof method !== "function") throw new LiveError("misuse", `on takes a method, not ${method === undefined ? "undefined" : typeof method}`, "is the method's name right?");
	return new Action(method, args);
}

/**
 * A component within this one. By its class and `id` it is the same from one render to the next; without `id` there may be one of
 * its class.
 *
 * @example this.state.rows.map((row) => component(Row, { id: row.id, row, onRemove: this.remove }))
 */
export function component<Props extends object>(
	// Of what kind its state is does not matter here.
	type: new () => LiveView<any, Props>,
	...props: Record<never, never> extends Props ? [props?: Props & { readonly id?: string | number }] : [props: Props & { readonly id?: string | number }]
): Nested {
	if (typeof type !== "function") throw new LiveError("misuse", "component takes a class that extends LiveView", "component(Row, { id, … })");
	return new Nested(type as unknown as new () => LiveView, (props[0] ?? {}) as GivenProps, rendering.core);
}

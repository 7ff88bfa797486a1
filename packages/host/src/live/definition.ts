/** What is known of a class of components: its handlers, which of them a component has rendered, its temporary fields. */

import type { Core } from "./core.ts";
import { LiveError, nearest } from "./errors.ts";
import type { Method } from "./html.ts";
import { BOUND } from "./models.ts";
import type { Template } from "./template.ts";
import { LiveView } from "./view.ts";

export type ViewClass = new () => LiveView;

/** How many handlers have a bit in `Core.rendered`. */
const BITS = 31;

export class Definition {
	readonly type: ViewClass;
	readonly name: string;
	/** Whether `handleEvent` takes events that have no handler of their own. */
	readonly catchesAll: boolean;
	readonly temporary: readonly string[];
	/** Numbers of the names that its components have rendered. */
	readonly #numbers = new Map<string, number>();
	/** Templates whose handlers are known to exist, with the bits of their names. */
	readonly #checked = new Map<Template, number>();
	/** What hooks and scripts in the browser may call, rendered or not. */
	readonly #events: ReadonlySet<string> | null;

	constructor(type: ViewClass) {
		const { temporary = [], events = [] } = type as unknown as typeof LiveView;
		this.type = type;
		// Bundlers put an underscore before the name of a class that names itself.
		const name = type.name.replace(/^_+/, "");
		this.name = name === "" || name === "default" ? "the component" : name;
		this.catchesAll = overrides(type, "handleEvent");
		this.temporary = temporary;
		this.#events = events.length > 0 ? new Set(events) : null;
	}

	/** The function of a handler. */
	handler(view: LiveView, name: string): Method | null {
		if (!isName(name)) throw new LiveError("handler_refused", `${quoted(name)} is no name of a handler`, "handlers are methods of the component whose names do not begin with _");
		// Prototype names such as constructor and __proto__ are among these too.
		if (name in LiveView.prototype || name === "render") throw new LiveError("handler_refused", `${name} is a method of LiveView, not a handler of ${this.name}`, "give the handler another name");
		const method = (view as unknown as Record<string, unknown>)[name];
		if (typeof method === "function") return method as Method;
		if (this.catchesAll) return null;
		const near = nearest(name, handlerNames(view));
		throw new LiveError("unknown_handler", `${this.name} has no handler ${name}`, near === undefined ? `add a method ${name}` : `is it ${near}?`);
	}

	/** The name by which a component has a method. */
	nameOf(view: LiveView, method: Method): string {
		const has = (name: string) => (view as unknown as Record<string, unknown>)[name] === method;
		const name = has(method.name) ? method.name : handlerNames(view).find(has);
		if (name !== undefined) return name;
		const called = method.name === "" ? "the function" : `the function ${method.name}`;
		throw new LiveError("unknown_handler", `${called} is no method of ${this.name}`, "write @click=${this.method} or @click=${on(this.method, argument)}, not a new function");
	}

	/** From now on the component may be asked for what a template names. */
	allowTemplate(core: Core, template: Template, owner: Core, levels: number): void {
		const bits = this.#checked.get(template);
		if (bits !== undefined) {
			core.rendered |= bits;
			return;
		}
		let found = 0;
		for (const name of template.handlers) {
			try {
				if (!name.startsWith(BOUND)) owner.definition.handler(owner.view, name);
			} catch (error) {
				throw error instanceof LiveError ? new LiveError(error.code, `${error.message.split("; hint: ")[0]!}, which the template at ${template.place} names`, error.hint) : error;
			}
			found |= this.#allow(core, "^".repeat(levels) + name);
		}
		// Names beyond those with a bit are noted one by one.
		if (found >= 0) this.#checked.set(template, found);
	}

	/** From now on a field of the component is bound to a path, of which there may be any number. */
	bind(core: Core, levels: number, path: string): void {
		(core.more.names ??= new Set()).add("^".repeat(levels) + BOUND + path.trim());
	}

	/** From now on the component may be asked for a handler. */
	allow(core: Core, name: string): void {
		this.#allow(core, name);
	}

	/** The handler's bit, -1 where it has none. Once negative, what is made of it is negative. */
	#allow(core: Core, name: string): number {
		let number = this.#numbers.get(name);
		if (number === undefined) this.#numbers.set(name, (number = this.#numbers.size));
		if (number >= BITS) {
			(core.more.names ??= new Set()).add(name);
			return -1;
		}
		core.rendered |= 1 << number;
		return 1 << number;
	}

	/** Whether a client may call a handler: the component has rendered it, or its class lets scripts call it. */
	allows(core: Core, name: string): boolean {
		return this.hasRendered(core, name) || this.letsCall(name);
	}

	/** Whether a component has rendered a handler. */
	hasRendered(core: Core, name: string): boolean {
		const number = this.#numbers.get(name);
		return (number !== undefined && number < BITS && (core.rendered & (1 << number)) !== 0) || (core.rare?.names?.has(name) ?? false);
	}

	/** Whether scripts may call a handler that was not rendered. */
	letsCall(name: string): boolean {
		return this.#events?.has(name) ?? false;
	}
}

/** Whether a class has its own version of a method of LiveView. */
export function overrides(type: ViewClass, method: keyof LiveView): boolean {
	return type.prototype[method] !== LiveView.prototype[method];
}

/** A name for a message, which may be anything that a client has sent. */
export function quoted(name: unknown): string {
	const text = JSON.stringify(name) ?? String(name);
	return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function isName(name: unknown): name is string {
	return typeof name === "string" && name.length <= 200 && /^[\p{L}$][\p{L}\p{N}_$-]*$/u.test(name);
}

/** The handlers of a component, its fields that are functions included. */
function handlerNames(view: LiveView): string[] {
	const names = new Set<string>();
	for (let at: object | null = view; at !== null && at !== LiveView.prototype; at = Object.getPrototypeOf(at) as object | null)
		for (const name of Object.getOwnPropertyNames(at)) {
			const { value } = Object.getOwnPropertyDescriptor(at, name)!;
			if (typeof value === "function" && isName(name) && !(name in LiveView.prototype)) names.add(name);
		}
	return [...names];
}

const definitions = new WeakMap<ViewClass, Definition>();

export function definitionOf(type: ViewClass): Definition {
	let definition = definitions.get(type);
	if (!definition) definitions.set(type, (definition = new Definition(type)));
	return definition;
}

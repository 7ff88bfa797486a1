/**
 * Client commands: what happens in the browser at once, without the server. They are written as JSON into the attribute of an event,
 * a list of `[name, options]` which run in this order:
 *
 * | command | options beside `to` |
 * |---|---|
 * | `show`, `hide`, `toggle` | `transition?`, `time?`, `display?` (of `show` and `toggle`; default `block`) |
 * | `addClass`, `removeClass`, `toggleClass` | `names`: a list; `transition?`, `time?` |
 * | `setAttribute` | `name`, `value` |
 * | `removeAttribute` | `name` |
 * | `toggleAttribute` | `name`, `value` (default empty), `other?`: the value in its place, where it is not removed |
 * | `transition` | `transition`, `time?` |
 * | `focus`, `focusFirst`, `pushFocus` | |
 * | `popFocus` | (no `to`) |
 * | `push` | `event`: a handler's name; `data?`: any JSON, which is `event.data` there. `to` says at which element, so to which component |
 * | `dispatch` | `name`; `detail?`: any JSON; `bubbles?` (default true) |
 * | `exec` | `attribute`: the one that has the commands to run |
 * | `set` | `path`, `value`: any JSON. Of client state (`ts-state`), as the element sees it |
 * | `navigate`, `patch` | `url`; `replace?` (default false). No `to` |
 *
 * `to` says which elements: a selector in the whole document, `{ "inner": selector }` in the element that has the attribute,
 * `{ "closest": selector }` around it. Without `to` it is that element itself. `transition` is a list of three lists of classes: those
 * that stay for all of its time, those that it begins with, those that it ends with. `time` is in milliseconds, 200 without it.
 * What is not given is left out of the JSON.
 */

import type { Command } from "./calls.ts";
import { LiveError } from "./errors.ts";

/** Which elements a command is about: a selector in the document, inside or around the element itself. */
export type Target = string | { readonly inner: string } | { readonly closest: string };

/** Classes during a transition: one text for those that stay for all of its time, or those, those at first, those at last. */
export type Transition = string | readonly [during: string, from: string, to: string];

export interface TransitionOptions {
	readonly transition?: Transition;
	/** In milliseconds; 200 without it. */
	readonly time?: number;
}

export interface ShowOptions extends TransitionOptions {
	/** The `display` of what is shown; `block` without it. */
	readonly display?: string;
}

type Options = Readonly<Record<string, unknown>>;

/** Client commands, one after the other. Each method gives a new chain, so that chains may be kept and gone on with. */
export class Commands {
	/** @internal */
	readonly commands: readonly Command[];
	/** @internal */
	constructor(commands: readonly Command[]) {
		this.commands = commands;
	}

	/** Shows what is hidden. */
	show(to?: Target, options: ShowOptions = {}): Commands {
		return this.#add("show", to, shown(options));
	}
	hide(to?: Target, options: TransitionOptions = {}): Commands {
		return this.#add("hide", to, shown(options));
	}
	/** Shows what is hidden, and hides what is shown. */
	toggle(to?: Target, options: ShowOptions = {}): Commands {
		return this.#add("toggle", to, shown(options));
	}
	/** `names` are separated by spaces. */
	addClass(names: string, to?: Target, options: TransitionOptions = {}): Commands {
		return this.#add("addClass", to, { names: classes(names), ...shown(options) });
	}
	removeClass(names: string, to?: Target, options: TransitionOptions = {}): Commands {
		return this.#add("removeClass", to, { names: classes(names), ...shown(options) });
	}
	toggleClass(names: string, to?: Target, options: TransitionOptions = {}): Commands {
		return this.#add("toggleClass", to, { names: classes(names), ...shown(options) });
	}
	setAttribute(name: string, value: string, to?: Target): Commands {
		return this.#add("setAttribute", to, { name: settable(name), value });
	}
	removeAttribute(name: string, to?: Target): Commands {
		return this.#add("removeAttribute", to, { name: settable(name) });
	}
	/** Sets the attribute where it is not there and removes it where it is; with `other` it changes between two values. */
	toggleAttribute(name: string, value = "", to?: Target, other?: string): Commands {
		return this.#add("toggleAttribute", to, { name: settable(name), value, other });
	}
	transition(transition: Transition, to?: Target, options: { readonly time?: number } = {}): Commands {
		return this.#add("transition", to, shown({ ...options, transition }));
	}
	focus(to?: Target): Commands {
		return this.#add("focus", to);
	}
	/** Focuses the first element inside that can be focused. */
	focusFirst(to?: Target): Commands {
		return this.#add("focusFirst", to);
	}
	/** Remembers what is to be focused by `popFocus`: the element itself without `to`. */
	pushFocus(to?: Target): Commands {
		return this.#add("pushFocus", to);
	}
	popFocus(): Commands {
		return this.#add("popFocus", undefined);
	}
	/** Calls a handler of the component, which gets `data` as `event.data`. */
	push(event: string, data?: unknown, to?: Target): Commands {
		return this.#add("push", to, { event, data });
	}
	/** Dispatches a DOM event. */
	dispatch(name: string, to?: Target, options: { readonly detail?: unknown; readonly bubbles?: boolean } = {}): Commands {
		return this.#add("dispatch", to, { name, ...options });
	}
	/** Runs the commands that are in another attribute. */
	exec(attribute: string, to?: Target): Commands {
		return this.#add("exec", to, { attribute });
	}
	/** Sets client state (`ts-state`) by its path. */
	set(path: string, value: unknown, to?: Target): Commands {
		return this.#add("set", to, { path, value });
	}
	/** Goes to another page of the app. */
	navigate(url: string, options: { readonly replace?: boolean } = {}): Commands {
		return this.#add("navigate", undefined, { url: local(url), ...options });
	}
	/** Changes the address and stays on this page: `handleParams`. */
	patch(url: string, options: { readonly replace?: boolean } = {}): Commands {
		return this.#add("patch", undefined, { url: local(url), ...options });
	}

	#add(name: string, to: Target | undefined, options: Options = {}): Commands {
		const given = Object.entries({ ...options, to }).filter(([, value]) => value !== undefined);
		return new Commands([...this.commands, [name, Object.fromEntries(given)]]);
	}
}

function shown({ transition, ...rest }: ShowOptions): Options {
	if (transition === undefined) return rest;
	const parts = typeof transition === "string" ? [transition, "", ""] : transition;
	return { ...rest, transition: parts.map(classes) };
}

function classes(names: string): string[] {
	return names.split(/\s+/).filter((name) => name !== "");
}

/** Attributes that are code, or are the server's to know, are no client command's. */
function settable(name: string): string {
	if (/^(?:on|@|ts-)/i.test(name) || !/^[^\s"'<>/=]+$/.test(name)) throw new LiveError("bad_value", `js: the attribute ${JSON.stringify(name)} cannot be set by a client command`);
	return name;
}

/** An address that is a path, or a page of the web: nothing that is code. */
function local(url: string): string {
	const scheme = /^\s*([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
	if (scheme !== undefined && scheme !== "http" && scheme !== "https") throw new LiveError("bad_value", `js: ${scheme}: is no scheme of an address to go to`);
	return url;
}

/**
 * Client commands: what happens in the browser at once, without the server.
 *
 * @example html`<button @click=${js.toggle("#menu").push("opened")}>Menu</button>`
 */
export const js: Commands = /* @__PURE__ */ new Commands([]);

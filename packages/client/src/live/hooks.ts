/** Code of the app for elements: `ts-hook="Name"`, for libraries that make something of an element. */

import { command } from "./bindings.ts";
import type { Command } from "./commands.ts";
import { componentsOf } from "./components.ts";
import { app, type Feature } from "./features.ts";
import type { ConnectionState } from "./connection.ts";
import { push } from "./session.ts";

/** What a hook's methods see as `this`. */
export interface HookContext {
	readonly el: HTMLElement;
	/** Sends an event to the component; resolves with the reply, when the page shows what came of it. */
	pushEvent(handler: string, payload?: unknown): Promise<unknown>;
	/** Calls back with what the component pushes under a name, as long as the element is there. */
	handleEvent(name: string, callback: (value: never) => void): void;
	/** Sends files to an upload field of the component. */
	upload(field: string, files: Iterable<File>): void;
	/** Does client commands on the element. */
	js(commands: readonly Command[]): void;
}

export interface Hook {
	/** The element is on the page, and so is all that came with it. */
	mounted?(this: HookContext): void;
	/** A patch is about to change the element, or something in it. */
	beforeUpdate?(this: HookContext): void;
	updated?(this: HookContext): void;
	/** The element is gone. */
	destroyed?(this: HookContext): void;
	disconnected?(this: HookContext): void;
	reconnected?(this: HookContext): void;
}

export type Hooks = Readonly<Record<string, Hook>>;

const mounted = new Map<Element, Hook & HookContext>();
const callbacks = new WeakMap<Element, [name: string, callback: (value: never) => void][]>();

function mount(el: Element): void {
	const name = el.getAttribute("ts-hook");
	if (name === null || mounted.has(el)) return;
	const hook = app.hooks[name];
	if (!hook) return console.error(`there is no hook "${name}"; hint: live({ hooks: { ${name} } })`);
	const heard: [string, (value: never) => void][] = [];
	const context: HookContext = {
		el: el as HTMLElement,
		pushEvent: (handler, payload) => push(el, handler, payload === undefined ? payload : { data: payload }),
		handleEvent: (name, callback) => void heard.push([name, callback]),
		upload: (field, files) => void import("./uploads.ts").then(({ upload }) => upload(el, field, files)),
		js: (commands) => void command(el, JSON.stringify(commands)),
	};
	const instance = Object.assign(Object.create(hook) as Hook, context);
	mounted.set(el, instance);
	callbacks.set(el, heard);
	instance.mounted?.();
}

/** Calls a method of the hooks of these nodes and of the elements around them. */
function call(method: "beforeUpdate" | "updated", nodes: readonly (Node | null | undefined)[]): void {
	for (const [el, hook] of mounted) if (nodes.some((node) => node && el.contains(node))) hook[method]?.call(hook);
}

let before: ConnectionState | undefined;

export const feature: Feature = {
	came: (elements) => elements.forEach(mount),
	before: (nodes) => call("beforeUpdate", nodes),
	changed(elements) {
		call("updated", elements);
		elements.forEach(mount);
	},
	went(elements) {
		for (const el of elements) {
			const hook = mounted.get(el);
			mounted.delete(el);
			hook?.destroyed?.();
		}
	},
	pushed(component, name, value) {
		for (const el of mounted.keys()) {
			if (!componentsOf(el).includes(component)) continue;
			for (const [wanted, callback] of callbacks.get(el)!) if (wanted === name) callback(value as never);
		}
	},
	became(state) {
		const method = state === "connected" ? (before ? "reconnected" : undefined) : "disconnected";
		before = state;
		if (method) for (const hook of mounted.values()) hook[method]?.();
	},
};

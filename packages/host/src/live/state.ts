/** Reactive state: a view of plain objects and arrays that notes what is changed through it. */

import { Core, Flag } from "./core.ts";
import { LiveError } from "./errors.ts";
import { noteInitial } from "./temporary.ts";
import { LiveView } from "./view.ts";

/** Asks a reactive view for what is behind it. */
const BEHIND: unique symbol = /* @__PURE__ */ Symbol("behind");

/** One change, so that it can be undone: the property as it was, or `undefined` where it was not there. */
export interface Change {
	readonly target: object;
	readonly key: PropertyKey;
	readonly before: PropertyDescriptor | undefined;
}

/** What is behind a value that may be a reactive view. */
export function behind<T>(value: T): T {
	return (typeof value === "object" && value !== null && ((value as Record<symbol, unknown>)[BEHIND] as T | undefined)) || value;
}

/** Arrays and objects without a class, which is as deep as changes are noticed. */
function isPlain(value: object): boolean {
	if (Array.isArray(value)) return true;
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === Object.prototype || prototype === null;
}

/** Methods of arrays that look for an item: in the array they look in there are no views. */
const SEARCHES: Readonly<Record<string, true>> = { includes: true, indexOf: true, lastIndexOf: true };

/** What the views of one component do. */
export class Reactive implements ProxyHandler<object> {
	readonly #core: Core;
	constructor(core: Core) {
		this.#core = core;
	}

	get(target: object, key: string | symbol, receiver: unknown): unknown {
		if (key === BEHIND) return target;
		const value: unknown = Reflect.get(target, key, receiver);
		if (typeof value === "function" && typeof key === "string" && key in SEARCHES && Array.isArray(target))
			return (item: unknown, ...rest: unknown[]): unknown => Reflect.apply(value, target, [behind(item), ...rest]);
		// What is frozen may give nothing but itself.
		if (typeof value !== "object" || value === null || !isPlain(value) || Object.isFrozen(target)) return value;
		return reactive(this.#core, value);
	}

	set(target: object, key: string | symbol, value: unknown): boolean {
		const next = behind(value);
		const before = Reflect.getOwnPropertyDescriptor(target, key);
		if (before && "value" in before && Object.is(before.value, next)) return true;
		this.#note(target, key, before);
		// An array that grows by an item changes its length by itself.
		return Reflect.set(target, key, next);
	}

	deleteProperty(target: object, key: string | symbol): boolean {
		const before = Reflect.getOwnPropertyDescriptor(target, key);
		if (before) this.#note(target, key, before);
		return Reflect.deleteProperty(target, key);
	}

	defineProperty(target: object, key: string | symbol, descriptor: PropertyDescriptor): boolean {
		this.#note(target, key, Reflect.getOwnPropertyDescriptor(target, key));
		return Reflect.defineProperty(target, key, "value" in descriptor ? { ...descriptor, value: behind(descriptor.value) as unknown } : descriptor);
	}

	#note(target: object, key: PropertyKey, before: PropertyDescriptor | undefined): void {
		const undo = this.#core.session.changes;
		if (undo) {
			if (Array.isArray(target) && key === "length") undo.push(...tail(target));
			else if (Array.isArray(target) && !before) undo.push({ target, key: "length", before: Reflect.getOwnPropertyDescriptor(target, "length") });
			undo.push({ target, key, before });
		}
		this.#core.touch();
	}
}

/** The items of an array as they are: a shorter length takes some of them away. */
function tail(target: readonly unknown[]): Change[] {
	// Not `map`, which would keep holes.
	return Object.keys(target).map((key) => ({ target, key, before: Reflect.getOwnPropertyDescriptor(target, key) }));
}

/** The view of an object for a component; always the same one. */
export function reactive<T extends object>(core: Core, target: T): T {
	const plain = behind(target);
	const views = (core.more.views ??= new WeakMap<object, object>());
	let view = views.get(plain);
	if (!view) views.set(plain, (view = new Proxy(plain, (core.reactive ??= new Reactive(core)))));
	return view as T;
}

/** Takes changes back, the last one first. */
export function undo(changes: readonly Change[]): void {
	for (let i = changes.length - 1; i >= 0; i--) {
		const { target, key, before } = changes[i]!;
		if (before) Reflect.defineProperty(target, key, before);
		else Reflect.deleteProperty(target, key);
		if (target instanceof Core) target.stateView = null;
	}
}

/** `this.state` as it is read: what is behind it while the component renders. */
function readState(core: Core): object | undefined {
	const { state } = core;
	if (state === undefined || core.flags & Flag.Rendering) return state;
	return (core.stateView ??= new Proxy(state, (core.reactive ??= new Reactive(core))));
}

/** `this.state = …`. */
function writeState(core: Core, value: unknown): void {
	if (core.flags & Flag.Rendering) throw new LiveError("misuse", `render of ${core.definition.name} sets this.state`, "change state in handlers, mount or handleProps");
	const state = behind(value);
	if (typeof state !== "object" || state === null || !isPlain(state) || Array.isArray(state))
		throw new LiveError("misuse", `this.state of ${core.definition.name} must be a plain object`, "this.state = { count: 0 }");
	noteInitial(core, state as Record<string, unknown>);
	core.session.changes?.push({ target: core, key: "state", before: Reflect.getOwnPropertyDescriptor(core, "state") });
	core.state = state;
	core.stateView = null;
	core.touch();
}

/** `state` of components. It is given to them by the host, so that a class may have it as a field as well. */
export const stateAccessor: PropertyDescriptor & ThisType<LiveView> = {
	configurable: true,
	get(): unknown {
		return readState(LiveView.core(this));
	},
	set(value: unknown) {
		writeState(LiveView.core(this), value);
	},
};

/** A class may write its state as a field, which would hide the reactive one: it becomes that. */
export function adoptState(core: Core): void {
	const { view } = core;
	if (!Object.hasOwn(view, "state")) return;
	const { value } = Object.getOwnPropertyDescriptor(view, "state")!;
	Object.defineProperty(view, "state", stateAccessor);
	if (value !== undefined) view.state = value as object;
}

/**
 * Client commands: what markup does to the page without a round trip, `[["toggle", { "to": "#menu" }], …]`.
 *
 * Without `to` they are about the element that has them; `to` is a selector, or `{ "inner": selector }`, `{ "closest": selector }`.
 * What they change of an element stays when a patch changes the same element.
 */

import type { Feature } from "./features.ts";
import { push } from "./session.ts";

/** What commands are told; `packages/host/src/live/js.ts` says which of it each takes. */
export interface Options {
	readonly to?: string | { readonly inner: string } | { readonly closest: string };
	/** Classes. */
	readonly names?: readonly string[];
	/** An attribute, or an event. */
	readonly name?: string;
	readonly value?: unknown;
	readonly other?: string;
	/** Classes for all of the time, those at first, those at last. */
	readonly transition?: readonly (readonly string[])[];
	/** Milliseconds. */
	readonly time?: number;
	readonly display?: string;
	/** A handler. */
	readonly event?: string;
	readonly data?: unknown;
	readonly detail?: unknown;
	readonly bubbles?: boolean;
	readonly attribute?: string;
	readonly url?: string;
	readonly replace?: boolean;
	/** Of client state. */
	readonly path?: string;
}

export type Command = readonly [name: string, options?: Options];

// Loaded beside this part, not with it, so that it is not loaded before it.
const navigation = import("./navigation.ts");

const isShown = (element: Element): boolean => getComputedStyle(element).display !== "none";
const focusStack: Element[] = [];
const focusable = "a[href],button,input,select,textarea,summary,iframe,[tabindex],[contenteditable]";

const focus = (element?: Element | null): unknown => (element as HTMLElement | undefined)?.focus();

const changes = new WeakMap<Element, Map<string, (element: Element) => void>>();

/** Changes an element, and again when a patch has changed it; a later change with the same key takes its place. */
function stick(element: Element, key: string, change: (element: Element) => void): void {
	const kept = changes.get(element) ?? new Map<string, (element: Element) => void>();
	changes.set(element, kept.set(key, change));
	change(element);
}

export const feature: Feature = {
	changed: (elements) => elements.forEach((element) => changes.get(element)?.forEach((change) => change(element))),
};

/** Animates by classes, and calls back when the time is over. */
function animate(element: Element, { transition, time = 200 }: Options, then?: () => void): void {
	if (!transition) return then?.();
	const [during = [], first = [], last = []] = transition;
	const stage = (on: readonly string[], off: readonly string[]): void =>
		stick(element, "transition", ({ classList }) => {
			classList.remove(...off);
			classList.add(...on);
		});
	stage([...during, ...first], last);
	requestAnimationFrame(() => requestAnimationFrame(() => stage([...during, ...last], first)));
	// From the second frame on.
	setTimeout(() => {
		then?.();
		stage([], transition.flat());
	}, time + 34);
}

function display(element: Element, on: boolean, options: Options): void {
	const set = (): void =>
		stick(element, "display", (element) => {
			const { style } = element as HTMLElement;
			style.display = on ? "" : "none";
			if (on && (options.display || !isShown(element))) style.display = options.display ?? "block";
		});
	if (on) set();
	animate(element, options, on ? undefined : set);
}

const attribute = (element: Element, name: string, value?: unknown): void =>
	stick(element, name, (element) => (value === undefined ? element.removeAttribute(name) : element.setAttribute(name, value as string)));

function classes(element: Element, options: Options, on?: boolean): void {
	for (const name of options.names!) {
		const wanted = on ?? !element.classList.contains(name);
		stick(element, `.${name}`, ({ classList }) => classList.toggle(name, wanted));
	}
	animate(element, options);
}

const commands: Record<string, (element: Element, options: Options, cause?: Event) => unknown> = {
	show: (element, options) => isShown(element) || display(element, true, options),
	hide: (element, options) => isShown(element) && display(element, false, options),
	toggle: (element, options) => display(element, !isShown(element), options),
	addClass: (element, options) => classes(element, options, true),
	removeClass: (element, options) => classes(element, options, false),
	toggleClass: (element, options) => classes(element, options),
	transition: (element, options) => animate(element, options),
	setAttribute: (element, { name, value }) => attribute(element, name!, value),
	removeAttribute: (element, { name }) => attribute(element, name!),
	toggleAttribute: (element, { name, value = "", other }) => attribute(element, name!, element.getAttribute(name!) === value ? other : value),
	focus,
	focusFirst: (element) => focus([...element.querySelectorAll(focusable)].find((inner) => inner.checkVisibility() && !inner.matches(":disabled,[tabindex='-1']"))),
	pushFocus: (element) => focusStack.push(element),
	popFocus: () => focus(focusStack.pop()),
	push: (element, { event, data }, cause) => push(element, event!, data === undefined ? data : { data }, cause),
	dispatch: (element, { name, detail, bubbles = true }) => element.dispatchEvent(new CustomEvent(name!, { detail, bubbles, cancelable: true })),
	exec: (element, { attribute }, cause) => run(element, JSON.parse(element.getAttribute(attribute!) ?? "[]") as Command[], cause),
	navigate: async (_element, { url, replace }) => (await navigation).go("navigate", url!, replace),
	patch: async (_element, { url, replace }) => (await navigation).go("patch", url!, replace),
	set: (element, { path, value }) => import("./state.ts").then(({ write }) => write(element, path!, value)),
};

/** Does commands, one after the other. */
export function run(source: Element, list: readonly Command[], cause?: Event): void {
	for (const [name, options = {}] of list) {
		const command = commands[name];
		if (!command) throw new Error(`there is no client command "${name}"`);
		const { to } = options;
		const { inner, closest } = { ...(to as { inner?: string; closest?: string }) };
		const targets = !to ? [source] : closest ? [source.closest(closest)] : inner ? source.querySelectorAll(inner) : document.querySelectorAll(to as string);
		for (const target of [...targets]) if (target) command(target, options, cause);
	}
}

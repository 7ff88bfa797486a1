/** `@viewport-top` and `@viewport-bottom` of a list: its first or last element has come into view. */

import type { Feature } from "./features.ts";

const lists = new Map<Element, Map<string, Element>>();
const watched = new WeakMap<Element, [list: Element, type: string]>();
let observer: IntersectionObserver | undefined;

const seen = (entries: IntersectionObserverEntry[]): void => {
	for (const { isIntersecting, target } of entries) {
		const [list, type] = watched.get(target) ?? [];
		if (isIntersecting && list) list.dispatchEvent(new CustomEvent(type!, { detail: target.id ? { id: target.id } : null }));
	}
};

/** Looks at which elements are the first and the last of a list now. */
function watch(list: Element, type: string): void {
	observer ??= new IntersectionObserver(seen);
	const ends = lists.get(list) ?? new Map<string, Element>();
	lists.set(list, ends);
	const end = type === "viewport-top" ? list.firstElementChild : list.lastElementChild;
	const before = ends.get(type);
	if (before === end) return;
	if (before) observer.unobserve(before);
	if (!end) return void ends.delete(type);
	ends.set(type, end);
	watched.set(end, [list, type]);
	observer.observe(end);
}

const look = (elements: Element[]): void => {
	for (const element of elements) {
		for (const { name } of element.attributes) {
			const [, type] = /^(?:@|ts-on:)(viewport-(?:top|bottom))(?:\.|$)/.exec(name) ?? [];
			if (type) watch(element, type);
		}
	}
};

export const feature: Feature = {
	came: look,
	changed: look,
	went(elements) {
		for (const list of elements) {
			for (const end of lists.get(list)?.values() ?? []) observer!.unobserve(end);
			lists.delete(list);
		}
	},
};

/**
 * Moves for browsers without `moveBefore`, which can only take nodes out and insert them: the nodes around them are moved instead if
 * that is better, and the focus and scroll positions put back.
 */

import { focusedElement, holdScroll, isElement } from "./changes.ts";
import type { Feature } from "./features.ts";

/** What loses its state where it is taken out, even for a moment. */
const delicate = "iframe,object,embed,dialog[open],[popover],:focus-within";
const isDelicate = (node: Node): boolean => isElement(node) && (node.matches(delicate) || !!node.querySelector(delicate));

export const feature: Feature = {
	moving(nodes, parent, before) {
		const focused = focusedElement() as HTMLElement | null;
		let place = before;
		let moved = nodes;
		if (nodes.some(isDelicate)) {
			// What they pass moves the other way.
			const siblings: Node[] = [...parent.childNodes];
			const first = siblings.indexOf(nodes[0]!);
			const after = siblings.indexOf(nodes.at(-1)!) + 1;
			const to = before ? siblings.indexOf(before) : siblings.length;
			const passed = to < first ? siblings.slice(to, first) : siblings.slice(after, to);
			if (first >= 0 && !passed.some(isDelicate)) {
				moved = passed;
				place = (to < first ? siblings[after] : nodes[0]) ?? null;
			}
		}
		const scroll = holdScroll(moved.flatMap((node) => (isElement(node) ? [node, ...node.querySelectorAll("*")] : [])));
		return [
			moved,
			place,
			() => {
				scroll();
				if (focused !== focusedElement()) focused?.focus({ preventScroll: true });
			},
		];
	},
};

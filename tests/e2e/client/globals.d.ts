// What inside.mjs leaves in the page, for the functions that tests send there.
import type { NodeOperation as Operation, Nodes } from '../../../packages/client/src/live/nodes.ts';
import type { Case } from './inside.mjs';

declare global {
	/** Those of the component in `#live`. */
	const nodes: Nodes;
	/** How many nodes of the component have numbers. */
	const size: () => number;
	/** Shows a component with this content in `#live`, and numbers it. */
	const show: (html: string) => number;
	const fresh: (html: string) => HTMLElement;
	const told: Record<'came' | 'changed' | 'went', string[]>;
	const difference: (one: Node, other: Node) => string | undefined;
	/** The element that a selector finds, of any kind. */
	const $: <E extends Element = HTMLInputElement>(selector: string) => E;
	/** The number of an element, or of a child of it. */
	const at: (selector: string, child?: number) => number;
	const patch: (...operations: Operation[]) => Promise<void> | undefined;
	const morph: (html: string) => Promise<void> | undefined;
	const run: (drawn: Case) => string | null;
}

declare global {
	/** What tests count. */
	var blurs: number;
	var events: string[];
	interface Element {
		moveBefore(node: Node, before: Node | null): void;
	}
}

declare global {
	var order: (string | number)[];
	var patched: (...operations: Operation[]) => boolean;
	var gone: number;
	var registry: FinalizationRegistry<undefined>;
}

/**
 * The numbered nodes of live components, and what patches do to them.
 *
 * Nodes get numbers as `Operation` of the crate `wellhead-html` says: the container first, then what is in it in document order, the
 * contents of `<template>` included, and not what is in an element with `ts-ignore`; then, whenever nodes come, those. Nodes that nobody
 * counted, such as those of a browser's extension, are left alone.
 *
 * A patch is done operation by operation. One that does not fit throws a `Misfit`, and what follows it is not done: the caller asks for
 * the component anew and gives the answer to `morph`. While the user composes a text with an input method, patches wait as soon as they
 * would touch it. What else survives a patch is told in `fields.ts` and `changes.ts`.
 */

import { contentOf, isElement, move, parentOf, parse, remember, setAttribute, setOnlyText, setText, walk } from "./changes.ts";
import { holdFields, setProperty, settleFields } from "./fields.ts";
import { morphChildren } from "./morph.ts";

/** A change of the DOM. `count` is how many siblings there are, `node` the first of them. */
export type Operation =
	| { op: "setText"; node: number; text: string }
	| { op: "spliceText"; node: number; at: number; remove: number; text: string }
	| { op: "setAttribute"; node: number; name: string; value: string }
	| { op: "removeAttribute"; node: number; name: string }
	/** The value is JSON. */
	| { op: "setProperty"; node: number; name: string; value: unknown }
	| { op: "insertBefore"; node: number; html: string }
	| { op: "insertEnd"; node: number; html: string }
	| { op: "remove"; node: number; count: number }
	| { op: "moveBefore"; node: number; count: number; before: number }
	| { op: "moveEnd"; node: number; count: number; parent: number }
	| { op: "replace"; node: number; count: number; html: string }
	| { op: "renumber"; node: number; count: number };

/** An operation that does not fit the page. */
export class Misfit extends Error {
	override name = "Misfit";
}

/** What patches do to an element: `changed` are its attributes, its text or its children. */
export type Change = "came" | "changed" | "went";

/**
 * Is told of elements when all of a patch is done, so it may change the page. Each element is there once; one that came and went is not.
 * Contents of templates do not count.
 */
export type Watcher = (changes: Map<Element, Change>) => void;

export interface Nodes {
	/** Gives numbers to a container and what is in it, from `first` on, or on from the last. Returns how many. */
	number(container: Element, first?: number): number;
	/**
	 * Does what the server says. Throws a `Misfit`; where it has to wait for the user, it returns a promise that may be rejected with
	 * one. Calls that come meanwhile wait as well.
	 */
	apply(operations: readonly Operation[]): Promise<void> | undefined;
	/** Makes the content of a container what the server rendered anew, and numbers it, from `first` on, or on from the last. Waits as `apply` does. */
	morph(container: Element, html: string, first?: number): Promise<void> | undefined;
	/** Forgets a container and what is in it. */
	forget(container: Element): void;
	/** The node with this number. */
	get(number: number): Node | undefined;
	/** How many nodes have numbers. */
	readonly size: number;
	/** The number that the next new node gets. */
	readonly next: number;
}

/** The field or editor in which the user composes a text. */
let composing: Element | null = null;
const compositionStarts = ({ target }: Event): unknown => (composing = target as Element);
const compositionEnds = (): unknown => (composing = null);

/** The nodes of one or more components that share their numbers. */
export function createNodes(watcher?: Watcher): Nodes {
	const nodes = new Map<number, Node>();
	const numbers = new WeakMap<Node, number>();
	const containers = new WeakSet<Node>();
	let next = 1;
	const changes = new Map<Element, Change>();
	/** Patches that wait, and the last of them. */
	let waiting = 0;
	let last = Promise.resolve();

	// The same functions, however many components have nodes of their own.
	document.addEventListener("compositionstart", compositionStarts, true);
	document.addEventListener("compositionend", compositionEnds, true);

	const forgetNode = (node: Node): void => {
		const number = numbers.get(node)!;
		// Where numbers have started over, it may be another's by now.
		if (nodes.get(number) === node) nodes.delete(number);
		numbers.delete(node);
	};
	const assign = (node: Node, number: number): void => {
		nodes.set(number, node);
		numbers.set(node, number);
	};
	const numberNode = (node: Node): void => {
		forgetNode(node);
		remember(node);
		assign(node, next++);
	};
	// One that a script has taken out; templates' contents are in a document of their own.
	const isGone = (node: Node): boolean => node.ownerDocument === document && !node.isConnected;
	const start = (container: Element, first: number | undefined): number => {
		next = first ?? next;
		containers.add(container);
		return next;
	};

	const note = (node: Node | null, change: Change): void => {
		if (!watcher || !node || !isElement(node) || node.ownerDocument !== document) return;
		const before = changes.get(node);
		if (before === "came" && change === "went") changes.delete(node);
		else if (!before || change === "went") changes.set(node, change);
	};
	const noteAll = (root: Node, change: Change): unknown => watcher && walk(root, (node) => note(node, change));
	const tell = (): void => {
		if (!changes.size) return;
		const all = new Map(changes);
		changes.clear();
		watcher!(all);
	};

	const misfit = (number: number, problem: string): never => {
		throw new Misfit(`node ${number} ${problem}`);
	};
	const find = (number: number): Node => {
		const node = nodes.get(number);
		return node && !isGone(node) ? node : misfit(number, "is not there");
	};
	const element = (number: number): Element => {
		const node = find(number);
		return isElement(node) ? node : misfit(number, "is no element");
	};
	const parent = (number: number): Element => {
		const node = find(number);
		return (!containers.has(node) && parentOf(node)) || misfit(number, "is a container");
	};
	const run = (number: number, count: number): Node[] => {
		const found: Node[] = [];
		parent(number);
		for (let node: Node | null = find(number); node && found.length < count; node = node.nextSibling) if (numbers.has(node)) found.push(node);
		return found.length < count ? misfit(number, "has fewer siblings") : found;
	};
	const insert = (html: string, into: Element, before: Node | null): void => {
		const markup = parse(html, into);
		const children = [...markup.childNodes];
		// Before custom elements can change themselves.
		for (const node of children) walk(node, numberNode);
		contentOf(into).insertBefore(markup, before);
		for (const node of children) noteAll(node, "came");
		note(into, "changed");
	};
	const remove = (gone: Node[]): void => {
		for (const node of gone) {
			note(parentOf(node), "changed");
			noteAll(node, "went");
			walk(node, forgetNode);
			node.parentNode!.removeChild(node);
		}
	};
	const moveTo = (moved: Node[], into: Element, before: Node | null): void => {
		move(moved, contentOf(into), before);
		note(into, "changed");
	};

	const perform = (operation: Operation): void => {
		switch (operation.op) {
			case "setText":
			case "spliceText": {
				const node = find(operation.node);
				note(isElement(node) ? node : parentOf(node), "changed");
				if (operation.op === "spliceText") {
					const { at, remove } = operation;
					if (!(node instanceof CharacterData) || at + remove > node.length) return misfit(operation.node, "is no text, or a shorter one");
					node.replaceData(at, remove, operation.text);
				} else if (node instanceof CharacterData) setText(node, operation.text);
				else if ((node as Element).firstElementChild) misfit(operation.node, "has more than text");
				else {
					node.childNodes.forEach(forgetNode);
					setOnlyText(node as Element, operation.text);
				}
				break;
			}
			case "setAttribute":
			case "removeAttribute": {
				const target = element(operation.node);
				setAttribute(target, operation.name, operation.op === "setAttribute" ? operation.value : null);
				note(target, "changed");
				break;
			}
			case "setProperty":
				setProperty(element(operation.node), operation.name, operation.value);
				break;
			case "insertBefore":
				insert(operation.html, parent(operation.node), find(operation.node));
				break;
			case "insertEnd":
				insert(operation.html, element(operation.node), null);
				break;
			case "remove":
				remove(run(operation.node, operation.count));
				break;
			case "moveBefore": {
				const moved = run(operation.node, operation.count);
				const before = find(operation.before);
				if (moved.includes(before)) misfit(operation.before, "cannot move before itself");
				moveTo(moved, parent(operation.before), before);
				break;
			}
			case "moveEnd":
				moveTo(run(operation.node, operation.count), element(operation.parent), null);
				break;
			case "replace": {
				const old = run(operation.node, operation.count);
				const into = parent(operation.node);
				const after = old.at(-1)!.nextSibling;
				remove(old);
				insert(operation.html, into, after);
				break;
			}
			case "renumber":
				for (const node of run(operation.node, operation.count)) walk(node, numberNode);
		}
	};

	/** Whether an operation would change what the user composes. */
	const disturbs = (operation: Operation): boolean => {
		if (!composing || /Attribute|renumber/.test(operation.op)) return false;
		if (operation.op === "insertEnd") return composing.contains(element(operation.node));
		const node = find((operation as { node: number }).node);
		if ("count" in operation && run(operation.node, operation.count).some((moved) => moved.contains(composing))) return true;
		return composing.contains(node) && !(node === composing && operation.op === "insertBefore");
	};

	/** Does one thing after the other. */
	const patch = (change: () => boolean): Promise<void> | undefined => {
		const attempt = (): boolean => {
			holdFields();
			try {
				return change();
			} catch (error) {
				throw error instanceof Misfit ? error : new Misfit(String(error));
			} finally {
				settleFields();
				tell();
			}
		};
		if (!waiting && attempt()) return;
		waiting++;
		return (last = last
			.catch(() => {})
			.then(async () => {
				// Looked at again and again: an input method ends in many ways, not all with an event.
				while (!attempt()) await new Promise((resolve) => setTimeout(resolve, 20));
			})
			.finally(() => waiting--));
	};

	return {
		number(container, first) {
			const before = start(container, first);
			walk(container, numberNode);
			return next - before;
		},
		apply(operations) {
			let at = 0;
			return patch(() => {
				while (at < operations.length && !disturbs(operations[at]!)) perform(operations[at++]!);
				return at === operations.length;
			});
		},
		morph: (container, html, first) =>
			patch(() => {
				if (container.contains(composing)) return false;
				walk(container, forgetNode);
				for (const [number, node] of nodes) if (isGone(node)) nodes.delete(number);
				start(container, first);
				numberNode(container);
				const markup = parse(html, container);
				for (const node of markup.childNodes) walk(node, numberNode);
				morphChildren(container, markup, {
					kept: (node, parsed) => numbers.has(parsed) && assign(node, numbers.get(parsed)!),
					came: (node) => noteAll(node, "came"),
					changed: (node) => note(node, "changed"),
					went: (node) => noteAll(node, "went"),
				});
				return true;
			}),
		forget: (container) => walk(container, forgetNode),
		get: (number) => nodes.get(number),
		get size() {
			return nodes.size;
		},
		get next() {
			return next;
		},
	};
}

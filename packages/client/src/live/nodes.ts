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
	| { op: "setProperty"; node: number; name: string; value: string }
	| { op: "insertBefore"; node: number; html: string }
	| { op: "insertEnd"; parent: number; html: string }
	| { op: "remove"; node: number; count: number }
	| { op: "moveBefore"; node: number; count: number; before: number }
	| { op: "moveEnd"; node: number; count: number; parent: number }
	| { op: "replace"; node: number; count: number; html: string }
	| { op: "renumber"; node: number; count: number };

/** An operation that does not fit the page. */
export class Misfit extends Error {
	override name = "Misfit";
}

/** Who is told of what patches did to elements, when all of a patch is done, so it may change the page. Contents of templates do not count. */
export interface Watcher {
	/** Elements that were removed. */
	went?(elements: Element[]): void;
	/** Elements that were inserted. */
	came?(elements: Element[]): void;
	/** Elements of which attributes, a text or children changed, each once. */
	changed?(elements: Element[]): void;
}

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

/** The nodes of one or more components that share their numbers. */
export function createNodes(watcher: Watcher = {}): Nodes {
	const nodes = new Map<number, Node>();
	const numbers = new WeakMap<Node, number>();
	const containers = new WeakSet<Node>();
	let next = 1;
	const came = new Set<Element>();
	const went = new Set<Element>();
	const changed = new Set<Element>();
	let composing: Element | null = null;
	let waiting: Promise<void> | undefined;

	document.addEventListener("compositionstart", ({ target }) => (composing = target as Element), true);
	document.addEventListener("compositionend", () => (composing = null), true);

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
	const start = (container: Element, first: number | undefined): number => {
		next = first ?? next;
		containers.add(container);
		return next;
	};

	const note = (set: Set<Element>, node: Node | null): unknown => node && isElement(node) && set.add(node);
	const tellCame = (node: Node): unknown => watcher.came && walk(node, (inner) => note(came, inner));
	const tellWent = (node: Node): unknown => watcher.went && walk(node, (inner) => note(went, inner));
	const tellChanged = (node: Node | null): unknown => watcher.changed && note(changed, node);
	const tell = (): void => {
		const flush = (set: Set<Element>, told: ((elements: Element[]) => void) | undefined, wanted: (element: Element) => boolean): void => {
			const elements = [...set].filter(wanted);
			set.clear();
			if (elements.length > 0) told?.(elements);
		};
		const isThere = (element: Element): boolean => element.isConnected;
		flush(changed, watcher.changed?.bind(watcher), (element) => isThere(element) && !came.has(element));
		flush(went, watcher.went?.bind(watcher), (element) => !came.has(element) && element.ownerDocument === document);
		flush(came, watcher.came?.bind(watcher), isThere);
	};

	const find = (number: number): Node => {
		const node = nodes.get(number);
		// One that a script has taken out; templates' contents are in a document of their own.
		if (!node || (node.ownerDocument === document && !node.isConnected)) throw new Misfit(`there is no node ${number}`);
		return node;
	};
	const element = (number: number): Element => {
		const node = find(number);
		if (isElement(node)) return node;
		throw new Misfit(`node ${number} is no element`);
	};
	const parent = (node: Node): Element => {
		const found = parentOf(node);
		if (found && !containers.has(node)) return found;
		throw new Misfit("a container has no siblings");
	};
	const run = (number: number, count: number): Node[] => {
		const found: Node[] = [];
		const first = find(number);
		parent(first);
		for (let node: Node | null = first; found.length < count; node = node.nextSibling) {
			if (!node) throw new Misfit(`node ${number} has fewer siblings`);
			if (numbers.has(node)) found.push(node);
		}
		return found;
	};
	const insert = (html: string, into: Element, before: Node | null): void => {
		const markup = parse(html, into);
		const children = [...markup.childNodes];
		// Before custom elements can change themselves.
		for (const node of children) walk(node, numberNode);
		contentOf(into).insertBefore(markup, before);
		children.forEach(tellCame);
		tellChanged(into);
	};
	const remove = (gone: Node[]): void => {
		for (const node of gone) {
			tellChanged(parentOf(node));
			tellWent(node);
			walk(node, forgetNode);
			node.parentNode!.removeChild(node);
		}
	};
	const moveTo = (moved: Node[], into: Element, before: Node | null): void => {
		if (before && moved.includes(before)) throw new Misfit("nodes cannot move before themselves");
		move(moved, contentOf(into), before);
		tellChanged(into);
	};

	const perform = (operation: Operation): void => {
		switch (operation.op) {
			case "setText":
			case "spliceText": {
				const node = find(operation.node);
				tellChanged(isElement(node) ? node : parentOf(node));
				if (operation.op === "spliceText") {
					const { at, remove } = operation;
					if (!(node instanceof CharacterData) || at + remove > node.length) throw new Misfit(`node ${operation.node} is no text, or a shorter one`);
					node.replaceData(at, remove, operation.text);
				} else if (node instanceof CharacterData) setText(node, operation.text);
				else if ((node as Element).firstElementChild) throw new Misfit(`node ${operation.node} has more than text`);
				else {
					node.childNodes.forEach(forgetNode);
					setOnlyText(node as Element, operation.text);
				}
				break;
			}
			case "setAttribute":
				setAttribute(element(operation.node), operation.name, operation.value);
				tellChanged(find(operation.node));
				break;
			case "removeAttribute":
				setAttribute(element(operation.node), operation.name, null);
				tellChanged(find(operation.node));
				break;
			case "setProperty":
				setProperty(element(operation.node), operation.name, JSON.parse(operation.value));
				break;
			case "insertBefore": {
				const node = find(operation.node);
				insert(operation.html, parent(node), node);
				break;
			}
			case "insertEnd":
				insert(operation.html, element(operation.parent), null);
				break;
			case "remove":
				remove(run(operation.node, operation.count));
				break;
			case "moveBefore": {
				const before = find(operation.before);
				moveTo(run(operation.node, operation.count), parent(before), before);
				break;
			}
			case "moveEnd":
				moveTo(run(operation.node, operation.count), element(operation.parent), null);
				break;
			case "replace": {
				const old = run(operation.node, operation.count);
				const into = parent(old[0]!);
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
		if (!composing?.isConnected || /Attribute|renumber/.test(operation.op)) return false;
		if (operation.op === "insertEnd") return composing.contains(element(operation.parent));
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
		// Looked at again and again: an input method ends in many ways, not all with an event.
		const later = async (): Promise<void> => {
			while (!attempt()) await new Promise((resolve) => setTimeout(resolve, 20));
		};
		if (!waiting && attempt()) return;
		const all: Promise<void> = (waiting ?? Promise.resolve()).catch(() => {}).then(later);
		const done = () => {
			if (waiting === all) waiting = undefined;
		};
		all.then(done, done);
		return (waiting = all);
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
				if (composing?.isConnected && container.contains(composing)) return false;
				walk(container, forgetNode);
				for (const [number, node] of nodes) if (node.ownerDocument === document && !node.isConnected) nodes.delete(number);
				start(container, first);
				numberNode(container);
				const markup = parse(html, container);
				for (const node of markup.childNodes) walk(node, numberNode);
				morphChildren(container, markup, {
					kept: (node, parsed) => numbers.has(parsed) && assign(node, numbers.get(parsed)!),
					came: tellCame,
					changed: tellChanged,
					went: tellWent,
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

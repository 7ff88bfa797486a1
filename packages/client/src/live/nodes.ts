/**
 * The numbered nodes of a live component, and what patches do to them.
 *
 * Nodes get numbers as `Operation` of the crate `wellhead-html` says: the container first, then what is in it in document order, the
 * contents of `<template>` included, and not what is in an element with `ts-ignore`; then, whenever nodes come, those. Nodes that nobody
 * counted, such as those of a browser's extension, are left alone.
 *
 * A patch is done operation by operation. One that does not fit throws, and what follows it is not done: the caller asks for the
 * component anew and gives the answer to `morph`. While the user composes a text with an input method, patches wait as soon as they
 * would touch it. What else survives a patch is told in `fields.ts` and `changes.ts`.
 */

import { contentOf, isElement, move, parentOf, parse, remember, setAttribute, setOnlyText, setProperty, setText, walk } from "./changes.ts";
import { each } from "./features.ts";
import type { morphChildren } from "./morph.ts";
import type { Operation } from "./protocol.ts";

/** What patches do to an element: `changed` are its attributes, its text or its children. */
export type Change = "came" | "changed" | "went";

/**
 * Is told of elements when all of a patch is done, so it may change the page. Each element is there once; one that came and went is not.
 * Contents of templates do not count.
 */
export type Watcher = (changes: Map<Element, Change>) => void;

/** What is done to nodes; the rest is about components. */
export type NodeOperation = Exclude<Operation, { op: "component" | "mark" }>;

export interface Nodes {
	/**
	 * Does what the server says. Throws if that does not fit; where it has to wait for the user, it returns a promise that may be
	 * rejected. Calls that come meanwhile wait as well.
	 */
	apply(operations: readonly NodeOperation[]): Promise<void> | undefined;
	/** Makes the content of the container what the server rendered anew, and numbers it from 1 on. Waits as `apply` does. */
	morph(html: string, how: typeof morphChildren): Promise<void> | undefined;
	/** The node with this number. */
	get(number: number): Node | undefined;
	/** How many numbers were given. */
	count(): number;
}

/** The field or editor in which the user composes a text. */
let composing: Element | null = null;
const compositionStarts = ({ target }: Event): unknown => (composing = target as Element);
const compositionEnds = (): unknown => (composing = null);

/** Numbers a container and what is in it. */
export function createNodes(container: Element, watcher: Watcher): Nodes {
	const nodes = new Map<number, Node>();
	let numbers = new WeakMap<Node, number>();
	let count = 0;
	const changes = new Map<Element, Change>();
	/** Patches that wait, and the last of them. */
	let waiting = 0;
	let last = Promise.resolve();

	// The same functions, however many components have nodes of their own.
	document.addEventListener("compositionstart", compositionStarts, true);
	document.addEventListener("compositionend", compositionEnds, true);

	const forget = (node: Node): void => {
		nodes.delete(numbers.get(node)!);
		numbers.delete(node);
	};
	const assign = (node: Node, number: number): void => {
		nodes.set(number, node);
		numbers.set(node, number);
	};
	const number = (node: Node): void => {
		forget(node);
		remember(node);
		assign(node, ++count);
	};

	const note = (node: Node | null, change: Change): void => {
		if (!node || !isElement(node) || node.ownerDocument !== document) return;
		const before = changes.get(node);
		if (before === "came" && change === "went") changes.delete(node);
		else if (!before || change === "went") changes.set(node, change);
	};
	const noteAll = (root: Node, change: Change): void => walk(root, (node) => note(node, change));
	const tell = (): void => {
		if (!changes.size) return;
		const all = new Map(changes);
		changes.clear();
		watcher(all);
	};

	const misfit = (number: number, problem: string): never => {
		throw new Error(`node ${number} ${problem}`);
	};
	const find = (number: number): Node => {
		const node = nodes.get(number);
		// A script may have taken it out; templates' contents are in a document of their own.
		return node && (node.isConnected || node.ownerDocument !== document) ? node : misfit(number, "is not there");
	};
	const element = (number: number): Element => {
		const node = find(number);
		return isElement(node) ? node : misfit(number, "is no element");
	};
	const parent = (number: number): Element => {
		const node = find(number);
		return (node !== container && parentOf(node)) || misfit(number, "is a container");
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
		for (const node of children) walk(node, number);
		contentOf(into).insertBefore(markup, before);
		for (const node of children) noteAll(node, "came");
		note(into, "changed");
	};
	const remove = (gone: Node[]): void => {
		for (const node of gone) {
			note(parentOf(node), "changed");
			noteAll(node, "went");
			walk(node, forget);
			node.parentNode!.removeChild(node);
		}
	};
	const moveTo = (moved: Node[], into: Element, before: Node | null): void => {
		move(moved, contentOf(into), before);
		note(into, "changed");
	};
	const setAttributeOf = (number: number, name: string, value: string | null): void => {
		const target = element(number);
		setAttribute(target, name, value);
		note(target, "changed");
	};

	const perform: { [O in NodeOperation as O["op"]]: (operation: O) => unknown } = {
		setText({ node: number, text }) {
			const node = find(number);
			if (isElement(node)) {
				if (node.firstElementChild) misfit(number, "has more than text");
				node.childNodes.forEach(forget);
				setOnlyText(node, text);
				note(node, "changed");
			} else {
				setText(node as CharacterData, text);
				note(parentOf(node), "changed");
			}
		},
		spliceText({ node: number, at, remove, text }) {
			const node = find(number);
			if (!(node instanceof CharacterData) || at + remove > node.length) return misfit(number, "is no text, or a shorter one");
			node.replaceData(at, remove, text);
			note(parentOf(node), "changed");
		},
		setAttribute: ({ node, name, value }) => setAttributeOf(node, name, value),
		removeAttribute: ({ node, name }) => setAttributeOf(node, name, null),
		setProperty({ node, name, value }) {
			const target = element(node);
			const done = each("insist", target);
			setProperty(target, name, value);
			done?.();
		},
		insertBefore: ({ node, html }) => insert(html, parent(node), find(node)),
		insertEnd: ({ node, html }) => insert(html, element(node), null),
		remove: ({ node, count }) => remove(run(node, count)),
		moveBefore({ node, count, before: number }) {
			const moved = run(node, count);
			const before = find(number);
			if (moved.includes(before)) misfit(number, "cannot move before itself");
			moveTo(moved, parent(number), before);
		},
		moveEnd: ({ node, count, parent }) => moveTo(run(node, count), element(parent), null),
		replace({ node, count, html }) {
			const old = run(node, count);
			const into = parent(node);
			const after = old.at(-1)!.nextSibling;
			remove(old);
			insert(html, into, after);
		},
		renumber: ({ node, count }) => run(node, count).forEach((root) => walk(root, number)),
	};

	/** Whether an operation would change what the user composes. */
	const disturbs = (operation: NodeOperation): boolean => {
		if (!composing || /Attribute|renumber/.test(operation.op)) return false;
		if (operation.op === "insertEnd") return composing.contains(element(operation.node));
		const node = find(operation.node);
		if ("count" in operation && run(operation.node, operation.count).some((moved) => moved.contains(composing))) return true;
		return composing.contains(node) && !(node === composing && operation.op === "insertBefore");
	};

	/** Does one thing after the other. */
	const patch = (change: () => boolean): Promise<void> | undefined => {
		const attempt = (): boolean => {
			each("changing");
			try {
				return change();
			} finally {
				each("settle");
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

	walk(container, number);

	return {
		apply(operations) {
			let at = 0;
			return patch(() => {
				while (at < operations.length && !disturbs(operations[at]!)) {
					const operation = operations[at++]!;
					(perform[operation.op] as (operation: NodeOperation) => unknown)(operation);
				}
				return at === operations.length;
			});
		},
		morph: (html, how) =>
			patch(() => {
				if (container.contains(composing)) return false;
				nodes.clear();
				numbers = new WeakMap();
				count = 0;
				number(container);
				const markup = parse(html, container);
				for (const node of markup.childNodes) walk(node, number);
				how(container, markup, {
					kept: (node, parsed) => numbers.has(parsed) && assign(node, numbers.get(parsed)!),
					came: (node) => noteAll(node, "came"),
					changed: (node) => note(node, "changed"),
					went: (node) => noteAll(node, "went"),
				});
				return true;
			}),
		get: (number) => nodes.get(number),
		count: () => count,
	};
}

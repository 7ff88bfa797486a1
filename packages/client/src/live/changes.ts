/**
 * Single changes of the DOM, each done so that what the user or a script did to a page survives it.
 *
 * - Texts change only where they differ, so a selection in them stays.
 * - Nodes are moved by `moveBefore`, which keeps focus, frames, media, dialogs and popovers as they are. For browsers without it there is
 *   `moving.ts`.
 * - `open` of `<details>` and `<dialog>` belongs to the user and to scripts until the server changes what it rendered.
 * - An attribute that has the value already is not set again, so no frame loads again.
 */

import { each } from "./features.ts";

/** A node that can have children; in TypeScript's library `moveBefore` is not known everywhere. */
type Parent = Node & { moveBefore?: (node: Node, before: Node | null) => void };

/** The element of a template's content. */
const hosts = new WeakMap<Node, Element>();
/** The attribute `open` of a `<details>` or `<dialog>`, as the server rendered it. */
export const rendered = new WeakMap<Element, string | null>();

export const isElement = (node: Node): node is Element => node.nodeType === 1;

/** Where the children of a node are. */
export function contentOf(node: Node): Node {
	if (!(node instanceof HTMLTemplateElement)) return node;
	hosts.set(node.content, node);
	return node.content;
}

/** The element that a node is a child of. */
export const parentOf = (node: Node): Element | null => hosts.get(node.parentNode!) ?? node.parentElement;

/** The property of elements that are the client's own: they have no numbers, and nothing that the server says is about them. */
export const OWN = "wellheadOwn";

/** Calls `visit` with a node and those in it that the server counts, in document order. */
export function walk(node: Node, visit: (node: Node) => unknown): void {
	if (OWN in node) return;
	visit(node);
	if (isElement(node) && node.hasAttribute("ts-ignore")) return;
	for (let child = contentOf(node).firstChild; child; child = child.nextSibling) walk(child, visit);
}

/** Parses HTML as the content of an element. */
export function parse(html: string, parent: Element): DocumentFragment {
	// Another custom element would be constructed, and a select would choose one of the options; to the parser both are like a div.
	const name = parent instanceof HTMLElement && /-|^select$/.test(parent.localName) ? "div" : parent.localName;
	const context = document.createElementNS(parent.namespaceURI, name);
	context.innerHTML = html;
	const range = new Range();
	range.selectNodeContents(contentOf(context));
	return range.extractContents();
}

/** Another text of a text or comment. */
export function setText(node: CharacterData, text: string): void {
	const { data } = node;
	const shorter = Math.min(data.length, text.length);
	let start = 0;
	let end = 0;
	while (start < shorter && data[start] === text[start]) start++;
	while (end < shorter - start && data.at(-1 - end) === text.at(-1 - end)) end++;
	if (data !== text) node.replaceData(start, data.length - start - end, text.slice(start, text.length - end));
}

/** The only text in an element. */
export function setOnlyText(element: Element, text: string): void {
	const only = element.firstChild;
	if (only instanceof Text && !only.nextSibling && text) setText(only, text);
	else element.textContent = text;
	each("touched", element, "value");
}

const hasOpen = (element: Element): boolean => /^(details|dialog)$/.test(element.localName);

/** Remembers what the server rendered of a new element. */
export function remember(node: Node): void {
	if (isElement(node) && hasOpen(node) && !rendered.has(node)) rendered.set(node, node.getAttribute("open"));
}

/** Gives a property another value, unless it has that: setting may be more than that. */
export function setProperty(element: Element, name: string, value: unknown): void {
	const target = element as unknown as Record<string, unknown>;
	if (target[name] !== value) target[name] = value;
}

/** Sets an attribute; without a value it goes. A new one that a parser made may have a name that scripts cannot write. */
export function setAttribute(element: Element, name: string, value: string | null, parsed?: Attr): void {
	const existing = element.getAttributeNode(name);
	if (name === "open" && hasOpen(element)) {
		rendered.set(element, value);
		// One that is modal would stay in front of the page.
		if (value === null && element instanceof HTMLDialogElement) element.close();
	}
	if (value === null) element.removeAttribute(name);
	else if (existing) existing.value !== value && (existing.value = value);
	else if (!parsed && element instanceof HTMLElement) element.setAttribute(name, value);
	else {
		// Which names of attributes have a namespace, outside of HTML, the parser knows.
		parsed ??= (parse(`<svg><g ${name}>`, document.body).firstChild!.firstChild as Element).attributes[0]!;
		const attribute = parsed.cloneNode() as Attr;
		attribute.value = value;
		element.setAttributeNode(attribute);
	}
	each("touched", element, name);
}

/** The element that has the focus, in whatever shadow. */
export function focusedElement(): Element | null {
	let element = document.activeElement;
	while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
	return element;
}

/** Notes how far elements are scrolled; gives what scrolls them there again. */
export function holdScroll(elements: Element[]): () => void {
	const held = elements.map((element) => [element, element.scrollLeft, element.scrollTop] as const);
	return () => {
		for (const [element, left, top] of held) if (element.scrollLeft !== left || element.scrollTop !== top) element.scrollTo({ left, top, behavior: "instant" });
	};
}

/** Moves siblings, which are in their order. */
export function move(nodes: Node[], parent: Parent, before: Node | null): void {
	const selection = getSelection();
	const { anchorNode, anchorOffset, focusNode, focusOffset } = selection ?? {};
	// Chromium scrolls to a field that has the focus when it moves.
	const around: Element[] = [];
	let element = document.activeElement;
	if (nodes.some((node) => node.contains(element))) for (; element; element = element.parentElement) around.push(element);
	const scroll = holdScroll(around);
	if (parent.moveBefore) for (const node of nodes) parent.moveBefore(node, before);
	else {
		const [moved, place, done] = each("moving", nodes, parent, before) ?? [nodes, before];
		for (const node of moved) parent.insertBefore(node, place);
		done?.();
	}
	// A selection does not follow nodes that move; that of a field does.
	if (selection && anchorNode?.isConnected && focusNode?.isConnected && (selection.anchorNode !== anchorNode || selection.focusNode !== focusNode)) selection.setBaseAndExtent(anchorNode, anchorOffset!, focusNode, focusOffset!);
	scroll();
}

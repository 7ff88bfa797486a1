/** A whole component anew: its DOM becomes what HTML says, with as many of its nodes as can be kept. */

import { contentOf, isElement, move, OWN, rendered, setAttribute, setOnlyText, setText, walk } from "./changes.ts";
import { each } from "./features.ts";

/** Who is told of what happens to nodes. */
export interface Steps {
	/** A node stays, in the place of a parsed one. */
	kept(node: Node, parsed: Node): void;
	/** A parsed node came. */
	came(node: Node): void;
	/** Attributes, a text or children changed. */
	changed(node: Node): void;
	/** A node went. */
	went(node: Node): void;
}

/** Nodes of one kind can become each other: same name, and the same key if they have one. */
function kind(node: Node): string {
	if (!isElement(node)) return node.nodeName;
	const key = node.getAttribute("ts-key") ?? node.getAttribute("key") ?? node.id;
	return [node.localName, node.hasAttribute("ts-ignore"), key].join();
}

/** Makes the attributes of an element those of another; says whether any changed. */
function copyAttributes(from: Element, to: Element): boolean {
	let changed = false;
	const set = (name: string, value: string | null, attribute?: Attr) => {
		const before = name === "open" && rendered.has(to) ? rendered.get(to) : to.getAttribute(name);
		if (before === value) return;
		setAttribute(to, name, value, attribute);
		changed = true;
	};
	for (const { name } of [...to.attributes, { name: "open" }]) if (!from.getAttributeNode(name)) set(name, null);
	for (const attribute of from.attributes) set(attribute.name, attribute.value, attribute);
	return changed;
}

/** The first of some siblings that is not the client's own. */
function notOwn(node: ChildNode | null | undefined): ChildNode | null {
	let at = node ?? null;
	while (at && OWN in at) at = at.nextSibling;
	return at;
}

/** Makes the children of a node those of another, whose nodes are used up. */
export function morphChildren(old: Node, next: Node, steps: Steps): void {
	const ours: (Node | undefined)[] = [...old.childNodes].filter((node) => !(OWN in node));
	const theirs = [...next.childNodes];
	const found = new Map<Node, Node>();
	const match = (our: number, their: number) => {
		found.set(theirs[their]!, ours[our]!);
		ours[our] = undefined;
	};

	// What is equal at the end first, so that one row more or less does not change all the rows after it.
	for (let our = ours.length, their = theirs.length; --our >= 0 && --their >= 0 && ours[our]!.isEqualNode(theirs[their]!); ) match(our, their);
	const kinds = new Map<string, number[]>();
	ours.forEach((node, at) => {
		if (!node) return;
		const name = kind(node);
		if (!kinds.get(name)?.push(at)) kinds.set(name, [at]);
	});
	theirs.forEach((node, at) => {
		if (found.has(node)) return;
		const our = kinds.get(kind(node))?.shift();
		if (our !== undefined) match(our, at);
	});

	for (const node of ours) {
		if (!node) continue;
		steps.changed(old);
		steps.went(node);
		old.removeChild(node);
	}
	let at = notOwn(old.firstChild);
	for (const node of theirs) {
		const kept = found.get(node);
		if (!kept) {
			old.insertBefore(node, at);
			walk(node, (inner) => inner instanceof HTMLOptionElement && inner.defaultSelected && each("touched", inner, "selected"));
			steps.came(node);
			steps.changed(old);
		} else {
			// One that is next but one stays, and the one before it moves when its turn comes.
			if (kept === at || kept === notOwn(at?.nextSibling)) at = notOwn(kept.nextSibling);
			else move([kept], old, at);
			morphNode(kept, node, steps);
		}
	}
}

function morphNode(node: Node, next: Node, steps: Steps): void {
	steps.kept(node, next);
	if (!isElement(node)) {
		if (node.nodeValue !== next.nodeValue) {
			setText(node as CharacterData, (next as CharacterData).data);
			steps.changed(node);
		}
		return;
	}
	if (copyAttributes(next as Element, node)) steps.changed(node);
	if (node.hasAttribute("ts-ignore")) return;
	// The text is a field's default, so it is touched only where the server's changed.
	if (node.localName === "textarea" && node.textContent !== next.textContent) {
		setOnlyText(node, next.textContent!);
		steps.changed(node);
	}
	const chosen = node instanceof HTMLSelectElement && each("choose", node);
	morphChildren(contentOf(node), contentOf(next), steps);
	// One that came may have been chosen where it was parsed.
	if (chosen) chosen();
}

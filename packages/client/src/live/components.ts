/**
 * The live components that the page itself contains: their nodes, and what patches and renders do to them.
 *
 * Each counts its nodes by itself. Components within them are some of their nodes, which the server marks.
 */

import { reload } from "./connection.ts";
import { each } from "./features.ts";
import type { morphChildren } from "./morph.ts";
import { createNodes, type NodeOperation, type Nodes, type Watcher } from "./nodes.ts";
import type { Joined, Operation, Stream, Up } from "./protocol.ts";
import { send } from "./session.ts";

/** What the page says of its live components: the JSON of `<script id="wellhead-live">`. */
export interface PageBlock {
	/** What the server signed into the page. */
	readonly token: string;
	/** Where the socket is; `/-/live`, if left out. */
	readonly socket?: string;
	/** The components that the page itself contains. `id` is that of the container. */
	readonly components: readonly {
		readonly id: string;
		readonly token: string;
		readonly digest: string;
		/** Components within it, those around others first: the first node, how many siblings, the number. */
		readonly marks?: readonly (readonly [node: number, count: number, component: number])[];
	}[];
}

/** A component that the page itself contains. */
interface Part {
	readonly token: string;
	/** Neither is there if the page has no container. */
	readonly container: Element | null;
	readonly nodes: Nodes | null;
	digest: string;
	/** Given by `joined`; before, it is negative. */
	number: number;
	/** Whether a render has to come before anything is done. */
	isStale: boolean;
}

let token: string;
let parts: Part[] = [];
/** The components that nodes are all of: the page's by their containers, others by marks. */
const owners = new WeakMap<Node, { readonly number: number }>();

const partOf = (component: number): Part | undefined => parts.find(({ number }) => number === component);

/** The components that an element is in, the innermost first. */
export function componentsOf(element: Element): number[] {
	const found: number[] = [];
	for (let node: Node | null | undefined = element; node; node = node.parentNode ?? (node as ShadowRoot).host) {
		const owner = owners.get(node);
		if (owner) found.push(owner.number);
	}
	return found;
}

/** The number of a component that had none when an event happened, before the page had joined. */
export const numberOf = (component: number): number => parts[-1 - component]?.number ?? component;

/** The page's part of `join`. */
export const join = (): Up & { type: "join" } => ({
	type: "join",
	token,
	url: location.href,
	components: parts.map(({ token, nodes, digest }) => ({ token, nodes: nodes?.count() ?? 0, digest })),
});

/** Takes what `joined` says of the components. */
export function joinedParts(stream: Stream, components: readonly Joined[]): void {
	components.forEach(({ component, state }, index) => {
		const part = parts[index]!;
		part.number = component;
		if (state === "refused") end(component);
		if (stream === "new") part.isStale = state === "stale";
		else if (part.isStale) resync(part, "again");
	});
}

/** A component that the server has nothing more to say of. */
export const end = (component: number): unknown => partOf(component)?.container?.setAttribute("data-live", "gone");

function mark({ nodes }: Part, first: number, count: number, number: number): void {
	for (let node: Node | null | undefined = nodes?.get(first); node && count-- > 0; node = node.nextSibling) owners.set(node, { number });
}

function resync(part: Part, reason: string): void {
	part.isStale = true;
	send({ type: "resync", component: part.number, reason });
}

/** After the first change a component is no longer what was painted first. */
const touch = (part: Part): unknown => (part.digest = "0".repeat(16));

/** The node that an operation changes; what comes, goes or moves beside a node changes the one around it. */
function changedBy(operation: Operation, nodes: Nodes): Node | null | undefined {
	const node = nodes.get((operation as { node: number }).node);
	return /Text|Att|Prop|tEnd/.test(operation.op) ? node : node?.parentNode;
}

/** Does operations on one component. */
async function apply(part: Part | undefined, operations: readonly Operation[]): Promise<void> {
	const nodes = part?.nodes;
	if (!nodes || part.isStale) return;
	const doable = each("hold", operations, nodes) ?? operations;
	if (!doable[0]) return;
	touch(part);
	each("before", doable.map((operation) => changedBy(operation, nodes)));
	try {
		await nodes.apply(doable as NodeOperation[]);
	} catch (error) {
		resync(part, String(error));
	}
}

/** Does the operations of a patch. */
export async function patch(operations: readonly Operation[]): Promise<void> {
	let part = partOf(0);
	let start = 0;
	for (let at = 0; at <= operations.length; at++) {
		const operation = operations[at];
		if (operation && !/^(component|mark)$/.test(operation.op)) continue;
		await apply(part, operations.slice(start, at));
		start = at + 1;
		if (operation?.op === "component") part = partOf(operation.component);
		else if (operation?.op === "mark" && part) mark(part, operation.node, operation.count, operation.component);
	}
	// What waited for an event may have been waiting for this one.
	for (const part of parts) await apply(part, []);
}

/** Gives a component other content, unless what does it could not be loaded. */
export async function render(component: number, html: string, how?: typeof morphChildren): Promise<void> {
	const part = partOf(component);
	if (!part?.container || !part.nodes) return;
	if (!how) {
		part.isStale = true;
		return void reload();
	}
	touch(part);
	const restore = each("render", part.container, part.nodes);
	each("before", [part.container]);
	try {
		await part.nodes.morph(html, how);
	} catch {
		reload();
	}
	restore?.();
	part.isStale = false;
	refreshed();
}

/** Tells when all components show what the server has. */
export const refreshed = (): unknown => parts.some(({ isStale }) => isStale) || each("fresh");

/** Numbers the page's components, before anything else touches the page. */
export function begin(block: PageBlock, watcher: Watcher): void {
	token = block.token;
	parts = block.components.map(({ id, token, digest, marks = [] }, index) => {
		const container = document.getElementById(id);
		const part: Part = { token, container, nodes: container && createNodes(container, watcher), digest, number: -1 - index, isStale: false };
		if (container) owners.set(container, part);
		for (const numbers of marks) mark(part, ...numbers);
		return part;
	});
}

/** The containers of the page's components. */
export const roots = (): Element[] => parts.flatMap(({ container }) => container ?? []);

/**
 * What the page and its session say to each other: events until they are settled, and messages in their order.
 *
 * An event is kept until the server settles it. After a reconnect those that the session has not handled are sent again; if the
 * session is another, all are given up, and forms tell what the user had entered. Each message waits until the one before is done, since
 * a patch waits while the user composes a text.
 */

import { type Connection, reload } from "./connection.ts";
import { each } from "./features.ts";
import { createNodes, type Nodes, type Operation as NodeOperation, type Watcher } from "./nodes.ts";
import { coverClass, layer, lift, put, repaint } from "./overlay.ts";
import type { Field } from "./payload.ts";
import type { Down, Operation, Resume, Up } from "./protocol.ts";

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
	readonly container: Element | null;
	readonly nodes: Nodes;
	readonly count: number;
	digest: string;
	/** Given by `joined`; before, it is negative. */
	number: number;
	/** Whether a render has to come before anything is done. */
	isStale: boolean;
}

/** An event that is not settled. */
export interface Pending {
	readonly number: number;
	readonly message: Up & { type: "event" };
	/** The element that has the handler, and its form. */
	readonly element: Element;
	readonly form: HTMLFormElement | null;
	/** The DOM event: its type, and the element that it was dispatched to. */
	readonly type: string | undefined;
	readonly target: EventTarget | null | undefined;
	/** What the server has replied; told when the event is settled. */
	reply?: unknown;
	resolve(value?: unknown): void;
	reject(error: unknown): void;
}

/** What the server, or the connection, says about an event that failed. */
export interface LiveError extends Error {
	readonly code: string;
	/** By which the log has the whole story. */
	readonly trace: string;
}

const failure = (message: string, code: string, trace = ""): LiveError => Object.assign(new Error(message), { code, trace });

let connection: Connection | undefined;
let token: string;
let parts: Part[] = [];
/** The components that nodes are all of: the page's by their containers, others by marks. */
const owners = new WeakMap<Node, { readonly number: number }>();
let isJoined = false;
/** What the server takes at most: bytes in a message, events in a second. */
let limits = { message: Infinity, events: Infinity, chunk: 0 };
let recently = 0;

export let pending: Pending[] = [];
/** How many events there were, and how many of them were sent. */
let made = 0;
let sent = 0;
let inbox: (() => unknown)[] = [];
let isBusy = false;

/** How many bytes of a file a message may have. */
export const chunk = (): number => limits.chunk;

/** Dispatches `wellhead:live:NAME`, at an element or the document. */
export const tell = (name: string, detail?: unknown, target: EventTarget = document): boolean =>
	target.dispatchEvent(new CustomEvent(`wellhead:live:${name}`, { detail, bubbles: true }));

const tellError = (error: LiveError, element?: Element): boolean => tell("error", error, element?.isConnected ? element : document);

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

/**
 * Sends an event to the component that an element is in, or, for each `^` before the handler, to one further out. The promise has the
 * server's reply, when the page shows what came of the event.
 */
export function push(element: Element, handler: string, payload?: unknown, { type, target }: Partial<Event> = {}): Promise<unknown> {
	const name = handler.replace(/^\^+/, "");
	const component = componentsOf(element)[handler.length - name.length];
	if (component === undefined) throw new Error(`"${handler}" is in no live component`);
	const message: Pending["message"] = { type: "event", component, handler: name, ...(payload !== undefined && { payload }) };
	const promise = new Promise((resolve, reject) => {
		if (new Blob([JSON.stringify(message)]).size < limits.message) pending.push({ number: ++made, message, element, form: (element as Field).form ?? element.closest("form"), type, target, resolve, reject });
		else {
			const error = failure(`"${name}" is too long to send`, "too_long");
			tellError(error, element);
			reject(error);
		}
	});
	// Only who asks for the reply has to know.
	promise.catch(() => {});
	flush();
	repaint();
	return promise;
}

/** Sends what the session does not know yet, no faster than it may. */
function flush(): void {
	for (const { number, message } of pending) {
		if (number <= sent) continue;
		// What happened before the page had joined is for a component that has its number only now.
		message.component = parts[-1 - message.component]?.number ?? message.component;
		if (recently >= limits.events || !send(message)) return;
		sent = number;
		if (!recently++) {
			setTimeout(() => {
				recently = 0;
				flush();
			}, 1000);
		}
	}
}

/** Sends a message, if there is a connection. Returns whether there is. */
export const send = (message: Up): boolean => !!connection?.send(message);

// Classes for what is under way.
layer(() => {
	for (const { element, form, type } of pending) {
		if (type) for (const shown of [element, form]) for (const name of ["ts-loading", `ts-${type}-loading`]) if (shown) coverClass(shown, name);
	}
});

/** Takes events out of those that are not settled. */
function take(wanted: (event: Pending, index: number) => boolean): Pending[] {
	const taken = pending.filter(wanted);
	pending = pending.filter((event) => !taken.includes(event));
	return taken;
}

export const hello = (resume?: Omit<Resume, "events">): Up => ({
	type: "join",
	token,
	url: location.href,
	components: parts.map(({ token, count, digest }) => ({ token, nodes: count, digest })),
	...(resume && { resume: { ...resume, events: sent } }),
});

function mark({ nodes }: Part, first: number, count: number, number: number): void {
	for (let node: Node | null | undefined = nodes.get(first); node && count-- > 0; node = node.nextSibling) owners.set(node, { number });
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
	if (!part || part.isStale) return;
	const { nodes } = part;
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

async function patch(operations: readonly Operation[]): Promise<void> {
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

async function render(part: Part | undefined, html: string): Promise<void> {
	if (!part?.container) return;
	touch(part);
	const restore = each("render", part.container, part.nodes);
	each("before", [part.container]);
	try {
		await part.nodes.morph(part.container, html, 1);
	} catch {
		reload();
	}
	restore?.();
	part.isStale = false;
	refreshed();
}

const refreshed = (): unknown => parts.some(({ isStale }) => isStale) || each("fresh");

/** Does what a message says. */
async function act(message: Down, same: boolean): Promise<void> {
	switch (message.type) {
		case "joined":
			joined(message, same);
			break;
		case "patch":
		case "render": {
			const { settled } = message;
			const done = take(({ number }, index) => (typeof settled === "number" ? index < settled : settled.includes(number)));
			lift();
			await (message.type === "patch" ? patch(message.operations) : render(partOf(message.component), message.html));
			put();
			for (const { resolve, reply } of done) resolve(reply);
			each("patched");
			break;
		}
		case "reply":
			for (const event of pending) if (event.number === message.event) event.reply = message.value;
			break;
		case "push":
			each("pushed", message.component, message.name, message.value);
			dispatchEvent(new CustomEvent(`live:${message.name}`, { detail: message.value }));
			break;
		case "title":
			document.title = message.text;
			break;
		case "navigate":
			(await import("./navigation.ts")).follow(message);
			break;
		case "error": {
			const failed = pending.find(({ number }) => number === message.event);
			const error = failure(message.message, message.code, message.trace);
			failed?.reject(error);
			tellError(error, failed?.element);
			break;
		}
		case "reload":
			reload();
			break;
		case "gone":
			end(partOf(message.component));
			break;
		case "uploadCredit":
		case "uploadDone":
		case "uploadRefused":
			(await import("./uploads.ts")).answer(message);
	}
}

/** A component that the server has nothing more to say of. */
const end = (part: Part | undefined): unknown => part?.container?.setAttribute("data-live", "gone");

function joined({ stream, events, limits: allowed, components }: Down & { type: "joined" }, same: boolean): void {
	const isNew = stream === "new";
	limits = allowed;
	components.forEach(({ component, state }, index) => {
		const part = parts[index]!;
		part.number = component;
		if (state === "refused") end(part);
		if (isNew) part.isStale = state === "stale";
		else if (part.isStale) resync(part, "again");
	});
	sent = events;
	if (isNew && same) for (const { resolve } of take(({ number }) => number <= events)) resolve();
	if (isNew && !same && isJoined) {
		made = 0;
		each("lost");
		const error = failure("the session is over", "lost");
		for (const { reject, element } of take(() => true)) {
			reject(error);
			tellError(error, element);
		}
		refreshed();
	}
	isJoined = true;
	flush();
	repaint();
}

/** Called with each message of the server. */
export async function heard(message: Down, same: boolean): Promise<void> {
	// What an old stream had to say is of no more use.
	if (message.type === "joined" && message.stream === "new") inbox = [];
	inbox.push(() => act(message, same));
	if (isBusy) return;
	isBusy = true;
	for (let next; (next = inbox.shift()); ) {
		try {
			await next();
		} catch (error) {
			reportError(error);
		}
	}
	isBusy = false;
}

/** Numbers the page's components, before anything else touches the page. */
export function begin(block: PageBlock, watcher: Watcher): void {
	token = block.token;
	parts = block.components.map(({ id, token, digest, marks = [] }, index) => {
		const container = document.getElementById(id);
		const nodes = createNodes(watcher);
		const part: Part = { token, container, nodes, count: container ? nodes.number(container, 1) : 0, digest, number: -1 - index, isStale: false };
		if (container) owners.set(container, part);
		for (const numbers of marks) mark(part, ...numbers);
		return part;
	});
}

export const useConnection = (to: Connection): unknown => (connection = to);

/** The containers of the page's components. */
export const roots = (): Element[] => parts.flatMap(({ container }) => container ?? []);

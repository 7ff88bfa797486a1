/**
 * What the page and its session say to each other: events until they are settled, and messages in their order.
 *
 * An event is kept until the server settles it. After a reconnect those that the session has not handled are sent again; if the
 * session is another, all are given up, and forms tell what the user had entered. Each message waits until the one before is done, since
 * a patch waits while the user composes a text, and until what the user presses is released.
 */

import { componentsOf, end, join, joinedParts, numberOf, patch, refreshed, render } from "./components.ts";
import { type Connection, reload } from "./connection.ts";
import { each, loading } from "./features.ts";
import { coverClass, layer, lift, put, repaint } from "./overlay.ts";
import type { Field } from "./payload.ts";
import { released } from "./presses.ts";
import type { Down, Resume, Up } from "./protocol.ts";

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
let isJoined = false;
/** What the server takes at most: bytes in a message, events in a second. */
let limits = { message: Infinity, events: Infinity, chunk: 0 };
let recently = 0;

export let pending: Pending[] = [];
/** How many events there were, and how many of them were sent. */
let made = 0;
let sent = 0;
let inbox: Down[] = [];
let isBusy = false;

/** How many bytes of a file a message may have. */
export const chunk = (): number => limits.chunk;

/** Dispatches `wellhead:live:NAME`, at an element or the document. */
export const tell = (name: string, detail?: unknown, target: EventTarget = document): boolean =>
	target.dispatchEvent(new CustomEvent(`wellhead:live:${name}`, { detail, bubbles: true }));

const tellError = (error: LiveError, element?: Element): boolean => tell("error", error, element?.isConnected ? element : document);

/** Sends an event to the component that an element is in. The promise has the server's reply, when the page shows what came of the event. */
export function push(element: Element, handler: string, payload?: unknown, { type, target }: Partial<Event> = {}): Promise<unknown> {
	const [component] = componentsOf(element);
	if (component === undefined) throw new Error(`"${handler}" is in no live component`);
	const message: Pending["message"] = { type: "event", component, handler, ...(payload !== undefined && { payload }) };
	const promise = new Promise((resolve, reject) => {
		if (new Blob([JSON.stringify(message)]).size < limits.message) pending.push({ number: ++made, message, element, form: (element as Field).form ?? element.closest("form"), type, target, resolve, reject });
		else {
			const error = failure(`"${handler}" is too long`, "too_long");
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
		message.component = numberOf(message.component);
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

export const hello = (resume?: Omit<Resume, "events">): Up => ({ ...join(), ...(resume && { resume: { ...resume, events: sent } }) });

/** Does what changes the page, and settles the events that it answers. */
async function show(settled: number | number[], change: () => Promise<void>): Promise<void> {
	const done = take(({ number }, index) => (typeof settled === "number" ? index < settled : settled.includes(number)));
	lift();
	await change();
	each("patched");
	put();
	for (const { resolve, reply } of done) resolve(reply);
}

/** What renders need. Loaded when there is time, so that none has to wait. */
let morph: typeof import("./morph.ts") | undefined;
const loadMorph = async (): Promise<void> => {
	morph ??= await import("./morph.ts").catch(() => undefined);
};

const upload = async (message: Down & { upload: number }): Promise<void> => (await import("./uploads.ts")).answer(message);

/** Does what a message says. */
const acts: { [D in Down as D["type"]]?: (message: D) => unknown } = {
	patch: ({ settled, operations }) => show(settled, () => patch(operations)),
	render: ({ settled, component, html }) => show(settled, () => render(component, html, morph?.morphChildren)),
	reply({ event, value }) {
		for (const other of pending) if (other.number === event) other.reply = value;
	},
	push({ component, name, value }) {
		each("pushed", component, name, value);
		dispatchEvent(new CustomEvent(`live:${name}`, { detail: value }));
	},
	title: ({ text }) => (document.title = text),
	navigate: async (message) => (await import("./navigation.ts")).follow(message),
	error({ event, message, code, trace }) {
		const failed = pending.find(({ number }) => number === event);
		const error = failure(message, code, trace);
		failed?.reject(error);
		tellError(error, failed?.element);
	},
	reload,
	gone: ({ component }) => end(component),
	uploadCredit: upload,
	uploadDone: upload,
	uploadRefused: upload,
};

function joined({ stream, events, limits: allowed, components }: Down & { type: "joined" }, same: boolean): void {
	limits = allowed;
	joinedParts(stream, components);
	sent = events;
	if (stream === "new") {
		if (same) for (const { resolve } of take(({ number }) => number <= events)) resolve();
		else if (isJoined) {
			made = 0;
			each("lost");
			const error = failure("the session is over", "lost");
			for (const { reject, element } of take(() => true)) {
				reject(error);
				tellError(error, element);
			}
			refreshed();
		}
	}
	// Browsers do not try again to load a module that could not be had, so it waits for a render if the server is away by then.
	if (!isJoined) setTimeout(() => document.documentElement.dataset["live"] === "connected" && loadMorph(), 1000);
	isJoined = true;
	flush();
	repaint();
}

/** Called with each message of the server. */
export async function heard(message: Down, same: boolean): Promise<void> {
	if (message.type === "joined") {
		// What an old stream had to say is of no more use.
		if (message.stream === "new") inbox = [];
		// At once: what happens from now on comes after what is sent again.
		return joined(message, same);
	}
	inbox.push(message);
	if (isBusy) return;
	isBusy = true;
	for (let next; (next = inbox[0]); ) {
		await loading;
		await released;

		if (next.type === "render") await loadMorph();
		// The stream may have begun anew.
		if (next !== inbox[0]) continue;
		inbox.shift();
		try {
			await (acts[next.type] as ((message: Down) => unknown) | undefined)?.(next);
		} catch (error) {
			reportError(error);
		}
	}
	isBusy = false;
}

export const useConnection = (to: Connection): unknown => (connection = to);

/**
 * The browser runtime of live components: `live({ hooks })`, called by the app's client entry once the document is there.
 *
 * The page has a block `<script type="application/json" id="wellhead-live">` (`PageBlock`). `<html data-live>` says how it is:
 * `connecting`, `connected`, `disconnected` (and trying again) or `gone`.
 */

import { command, learn } from "./bindings.ts";
import { begin, type PageBlock, roots } from "./components.ts";
import { type ConnectionState, connect, type Wire } from "./connection.ts";
import { app, each, need, use } from "./features.ts";
import type { Hooks } from "./hooks.ts";
import { watchPresses } from "./presses.ts";
import { createDecoder, createEncoder, subprotocol } from "./protocol.ts";
import { heard, hello, tell, useConnection } from "./session.ts";

export type { Hook, HookContext, Hooks } from "./hooks.ts";
export type { PageBlock } from "./components.ts";
export type { Upload } from "./uploads.ts";

export interface LiveOptions {
	/** Code for elements with `ts-hook`, by name. */
	readonly hooks?: Hooks;
	/** How messages are written; `dev.ts` has another. */
	readonly wire?: Wire;
	/** What connects; `dev.ts` has one that is slow when asked. */
	readonly Socket?: typeof WebSocket;
}

const all = (): Element[] => roots().flatMap((root) => [root, ...root.querySelectorAll("*")]);
const known = new Set<string>();

/** Looks at what elements and their attributes ask for. */
function look(elements: Element[]): void {
	const ask = (name: string): void => {
		if (!known.has(name)) need(name, all);
		known.add(name);
	};
	for (const element of elements) {
		ask(element.localName);
		for (const { name, value } of element.attributes) {
			ask(name);
			// What handles events may have commands, whose code is there then.
			if (learn(name) && value[0] === "[") void command(element, "[]");
		}
	}
}

/** Makes the live components of the page live. Does nothing on a page without. */
export function live({ hooks = {}, wire = { subprotocol, createEncoder, createDecoder }, Socket = WebSocket }: LiveOptions = {}): void {
	const script = document.getElementById("wellhead-live");
	if (!script) return;
	const block = JSON.parse(script.textContent!) as PageBlock;
	begin(block, (changes) => {
		for (const change of ["changed", "went", "came"] as const) {
			const elements = [...changes.keys()].filter((element) => changes.get(element) === change);
			if (!elements[0]) continue;
			if (change !== "went") look(elements);
			each(change, elements);
		}
	});
	app.hooks = hooks;
	if (!("moveBefore" in script)) use(import("./moving.ts"), all);
	look(all());
	watchPresses();

	let before: ConnectionState | undefined;
	const became = (state: ConnectionState): void => {
		if (state === before) return;
		before = state;
		document.documentElement.dataset["live"] = state;
		each("became", state);
		tell(state);
	};
	const address = new URL(block.socket ?? "/-/live", location.href);
	address.protocol = address.protocol.replace("http", "ws");
	useConnection(connect({ address, wire, Socket, hello, heard, became }));
}

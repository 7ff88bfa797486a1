/** The words for what cannot cross to the browser: which value of which load it is, and what to do. */

import { DevalueError } from "devalue";
import { encoder } from "../../client/src/serial.ts";
import type { Event } from "./event.ts";

/** What a path in encoded data means: the node whose load returned it, and how its developer would write it. */
export interface Found {
	readonly node: number;
	readonly name: string;
}

export type Place = (path: string) => Found | null;

/** Runs `encode`; an error of it says which value of which load cannot cross, and what to do. */
export function explained(event: Event, encode: () => string, place: Place): string {
	try {
		return encode();
	} catch (error) {
		if (!(error instanceof DevalueError)) throw error;
		const found = place(error.path);
		if (!found) throw error;
		const { id } = event.route;
		const { app, plans } = event.host;
		const file = app.serverFiles[(plans[event.number]?.ids ?? [0])[found.node]!] ?? "a server module";
		const where = id === null ? file : `${file} (route "${id}")`;
		const hint = "return plain data from load, or add its type to `transport` in src/hooks.ts";
		throw new Error(`${found.name} from load in ${where} cannot cross to the browser: ${error.message}; ${hint}`, { cause: error });
	}
}

/** The path of a promise in a value that has been encoded; `null` where it is no longer there. */
export function pathOf(event: Event, promise: PromiseLike<unknown>, value: unknown): string | null {
	// The encoder knows every way into a value, but tells the path only of what it refuses: so it gets something to refuse.
	const encode = encoder(event.host.transport, (other) => (other === promise ? () => {} : 1));
	try {
		encode(value);
	} catch (error) {
		if (error instanceof DevalueError) return error.path;
	}
	return null;
}

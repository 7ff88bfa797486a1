/** Values that come later: promises in load data, sent in the order in which they settle. */

import { isPromise, type Encode, encoder } from "../../client/src/serial.ts";
import type { Data } from "../../client/src/types.ts";
import { Part, type Reply } from "./abi.ts";
import { explained, pathOf, type Place } from "./crossing.ts";
import { explain } from "./errors.ts";
import type { Event } from "./event.ts";

const ignore = () => {};
/** At how many values `guard` looks: at all that an app may reasonably have, or at a few, where that has to be cheap. */
export const enum Guard {
	All = 10_000,
	Few = 10,
}

/**
 * Marks the promises in data as seen, so that one that rejects before the data is sent does not count as unhandled. Its
 * rejection is dealt with when it is sent.
 */
export function guard(data: Data | null, values: Guard): void {
	if (data) look(data, 5, values);
}

/** Looks at what is in a plain object or an array; gives back how many values more may be looked at. */
function look(data: object, depth: number, left: number): number {
	const values: readonly unknown[] = Array.isArray(data) ? data : Object.values(data);
	for (let i = 0; i < values.length && left > 0; i++, left--) {
		const value = values[i];
		if (typeof value !== "object" || value === null) continue;
		if (isPromise(value)) value.then(ignore, ignore);
		else if (depth > 1 && (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)) left = look(value, depth - 1, left);
	}
	return left;
}

/** Makes the chunk of a settled promise. `encode` is told where in what it encodes the promise's own value is. */
export type Write = (encode: (value: unknown, at: string) => string, id: number, key: "value" | "error", value: unknown) => string;

const NOWHERE: Place = () => null;

/** Writes the data of one reply, and then the promises that were in it. */
export class Outbox {
	readonly #event: Event;
	readonly #write: Write;
	readonly #encode: Encode;
	readonly #ready: string[] = [];
	/** What is being encoded, and the places in it. */
	#within: { value: unknown; place: Place } = { value: null, place: NOWHERE };
	#last = 0;
	#open = 0;
	#closed = false;
	#wake: (() => void) | null = null;

	constructor(event: Event, write: Write) {
		this.#event = event;
		this.#write = write;
		this.#encode = encoder(event.host.transport, (promise) => this.#add(promise));
	}

	/** Writes data; by `place` an error says which value of it cannot cross. */
	encode(value: unknown, place: Place): string {
		this.#within = { value, place };
		return explained(this.#event, () => this.#encode(value), place);
	}

	/** The chunks to come, `null` where there is no promise. */
	rest(part: Part): Reply["rest"] {
		if (this.#last === 0) return null;
		return {
			next: async () => {
				while (this.#ready.length === 0 && this.#open > 0) await new Promise<void>((wake) => (this.#wake = wake));
				const chunk = this.#ready.shift();
				return chunk === undefined ? { done: true, value: undefined } : { done: false, value: [part, chunk] as const };
			},
			return: async () => {
				this.#closed = true;
				this.#ready.length = 0;
				return { done: true, value: undefined };
			},
		};
	}

	#add(promise: PromiseLike<unknown>): number {
		const id = ++this.#last;
		this.#open++;
		const { value: around, place } = this.#within;
		// Only an error asks for it: what is found in the promise's value is below where the promise was.
		const below: Place = (path) => {
			const at = pathOf(this.#event, promise, around);
			const found = at === null ? null : place(at);
			return found && { node: found.node, name: found.name + path };
		};
		promise.then(
			(value) => this.#settle(id, "value", value, below),
			(error: unknown) => this.#reject(id, error),
		);
		return id;
	}

	#settle(id: number, key: "value" | "error", value: unknown, place: Place): void {
		if (this.#closed) return;
		const write = (value: unknown) =>
			this.#write((whole, at) => this.encode(whole, (path) => (path.startsWith(at) ? place(path.slice(at.length)) : null)), id, key, value);
		let chunk: string;
		try {
			chunk = write(value);
		} catch (error) {
			if (key === "value") return void this.#reject(id, error);
			// What `handleError` made of it cannot cross.
			this.#event.call.report(error);
			chunk = write({ message: "Internal Error" });
		}
		this.#ready.push(chunk);
		this.#open--;
		this.#wake?.();
	}

	async #reject(id: number, error: unknown): Promise<void> {
		if (!this.#closed) this.#settle(id, "error", await explain(error, this.#event), NOWHERE);
	}
}

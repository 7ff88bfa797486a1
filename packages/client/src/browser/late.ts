/** Promises of the server whose values come later. */

import type { Decoder } from "../serial.ts";

interface Open {
	resolve(value: unknown): void;
	reject(error: unknown): void;
}

/** The promises of one reply, by number. */
export class Inbox {
	readonly #open = new Map<number, Open>();
	#over = false;

	/** The promise for a placeholder. */
	readonly promise = (id: number): Promise<unknown> => {
		const promise = new Promise((resolve, reject) => {
			if (this.#over) reject(lost());
			else this.#open.set(id, { resolve, reject });
		});
		// It may be looked at late, or never.
		promise.catch(() => {});
		return promise;
	};

	get waiting(): boolean {
		return this.#open.size > 0;
	}

	settle(late: { id: number; value?: unknown; error?: unknown }): void {
		const open = this.#open.get(late.id);
		this.#open.delete(late.id);
		if ("error" in late) open?.reject(late.error);
		else open?.resolve(late.value);
	}

	/** Nothing comes any more: what is still open fails. */
	end(): void {
		this.#over = true;
		for (const { reject } of this.#open.values()) reject(lost());
		this.#open.clear();
	}
}

function lost(): Error {
	return new Error("the connection ended before the data came");
}

/** Reads the late data that the document brings, what is there and what is still to come. */
export function readDocument(inbox: Inbox, target: Element, decoder: () => Decoder): void {
	const seen = new WeakSet<Element>();
	const read = () => {
		for (const script of target.querySelectorAll(":scope > script[data-wellhead-late]")) {
			if (seen.has(script)) continue;
			const text = script.textContent ?? "";
			// The parser may have half of it; an array is valid JSON only when it is whole.
			if (!text.trimEnd().endsWith("]")) continue;
			try {
				JSON.parse(text);
			} catch {
				continue;
			}
			seen.add(script);
			inbox.settle(decoder().text(text) as { id: number });
		}
		return inbox.waiting;
	};
	if (!read()) return;
	const observer = new MutationObserver(() => {
		if (!read()) observer.disconnect();
	});
	observer.observe(target, { childList: true, subtree: true, characterData: true });
	const finish = () => {
		observer.disconnect();
		read();
		inbox.end();
	};
	if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", finish, { once: true });
	else finish();
}

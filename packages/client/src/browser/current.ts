/** The one client of a document, for `$app/navigation`. */

import type { Client } from "./client.ts";

let current: Client | null = null;

export function setClient(client: Client): void {
	current = client;
}

/** The client; `name` is the function that needs it. */
export function client(name: string): Client {
	if (!current) throw new Error(`${name} can be called in the browser only, after the app has started`);
	return current;
}

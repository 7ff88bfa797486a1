/** What app modules know of the app: set once, by the server host or by the browser runtime, before any of them loads. */

import type { AppOptions } from "./app.ts";

export let dev = false;
export let base = "";
export let version = "";

export function configure(options: AppOptions): void {
	({ dev, base, version } = options);
}

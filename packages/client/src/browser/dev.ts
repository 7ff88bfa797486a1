/** What development tells its overlay: errors that the app's own error pages hide from the console. */

import type { ClientApp } from "../app.ts";

/** Something that was thrown in the browser, or the trace id of a request in which the server threw. */
export type Trouble = { readonly error: unknown } | { readonly trace: string };

/** Tells the overlay, which the server adds to pages in development (`crates/wellhead-server/src/dev/client.js`). */
export function tellOverlay(app: ClientApp, trouble: Trouble): void {
	if (app.options.dev) dispatchEvent(new CustomEvent("wellhead:error", { detail: trouble }));
}

/** The live component of a page as HTML: what it shows, and what the browser needs to join it. */

import { HttpError, Redirect } from "../../../client/src/control.ts";
import type { LiveMount, LiveMounted } from "../abi.ts";
import { Reported } from "../errors.ts";
import type { Event } from "../event.ts";

/** The container of the page's component. */
const ID = "wellhead-live-0";

/** What a live component puts into the head and the body of its page. */
export interface Shown {
	readonly head: string;
	readonly body: string;
}

/** Mounts a module's component for a request. Throws what `mount` threw, and redirects as it did. */
export async function mounted(event: Event, module: string): Promise<Shown> {
	const session = (await event.host.liveSession?.(event)) ?? undefined;
	const what: LiveMount = { module, params: event.params, url: event.url.href, ...(session && { session }) };
	const answer = JSON.parse(await event.call.mount(JSON.stringify(what))) as LiveMounted;
	if ("redirect" in answer) throw new Redirect(303, answer.redirect);
	if ("error" in answer) {
		const { message, status } = answer.error;
		throw status === undefined ? new Reported(message) : new HttpError(status, message);
	}
	const { html, title, token, digest, marks, page, socket } = answer;
	const block = JSON.stringify({ token: page, socket, components: [{ id: ID, token, digest, marks }] });
	// Text that could end the element, or begin a comment in it, is written so that it is JSON still.
	const head = typeof title !== "string" ? "" : `<title>${title.replace(/[&<]/g, (c) => (c === "&" ? "&amp;" : "&lt;"))}</title>`;
	const body = `<div id="${ID}" style="display:contents">${html}</div><script type="application/json" id="wellhead-live">${block.replaceAll("<", "\\u003c")}</script>`;
	return { head, body };
}

/** `fetch` for universal loads: notes dependencies, and while the page hydrates takes what the server fetched already. */

import { fetchKey, type SentFetch } from "../serial.ts";

/** The responses that came with the page; used once each, until the page has hydrated. */
export class Fetched {
	#responses: Map<string, SentFetch>;

	constructor(sent: readonly SentFetch[]) {
		this.#responses = new Map(sent.map((response) => [response.key, response]));
	}

	clear(): void {
		this.#responses.clear();
	}

	/** `fetch`, with relative URLs resolved against `page`; `depends` is told of each URL. */
	fetch(page: URL, depends: (href: string) => void): typeof fetch {
		return async (input, init) => {
			const own = input instanceof Request ? input : null;
			const url = new URL(own ? own.url : String(input), page);
			depends(url.href);
			const method = (init?.method ?? own?.method ?? "GET").toUpperCase();
			const key = own?.body ? null : fetchKey(method, url.href, page.origin, init?.body);
			const sent = key === null ? undefined : this.#responses.get(key);
			if (!sent) return fetch(own ?? url, init);
			this.#responses.delete(key!);
			const body = sent.binary ? Uint8Array.from(atob(sent.body), (char) => char.charCodeAt(0)) : sent.body;
			const { status, statusText, headers } = sent;
			return new Response(status === 204 || status === 304 ? null : body, { status, statusText, headers });
		};
	}
}

/** Pages that are loaded ahead: one at a time, for the navigation that follows. */

import type { Client } from "./client.ts";
import { isPage } from "./going.ts";
import type { Intent, Loaded } from "./loader.ts";
import type { Preloaded } from "../types.ts";

interface Ahead {
	readonly href: string;
	readonly control: AbortController;
	readonly result: Promise<Loaded>;
}

export class Preloader {
	readonly #client: Client;
	#ahead: Ahead | null = null;

	constructor(client: Client) {
		this.#client = client;
	}

	/** Loads a page ahead; `null` where a URL is no page of the app. */
	async load(url: URL): Promise<Loaded | null> {
		const intent = await this.#client.intent(url);
		if (!intent || !isPage(this.#client.app, intent)) return null;
		const href = keyOf(intent.url);
		if (this.#ahead?.href !== href) {
			this.forget();
			const control = new AbortController();
			const result = this.#client.loader.load(intent, this.#client.shown, control.signal);
			const mine = (this.#ahead = { href, control, result });
			// What went wrong is tried again by the navigation itself.
			const drop = () => void (this.#ahead === mine && (this.#ahead = null));
			result.then((loaded) => loaded.type === "document" && drop(), drop);
		}
		return this.#ahead!.result;
	}

	/** What is loaded for an intent, or is about to be; otherwise begins to load it. Ends when `control` is aborted. */
	take(intent: Intent, control: AbortController): Promise<Loaded> {
		const ahead = this.#ahead;
		this.#ahead = null;
		if (ahead?.href === keyOf(intent.url)) {
			control.signal.addEventListener("abort", () => ahead.control.abort(control.signal.reason));
			return ahead.result;
		}
		ahead?.control.abort();
		return this.#client.loader.load(intent, this.#client.shown, control.signal);
	}

	forget(): void {
		this.#ahead?.control.abort();
		this.#ahead = null;
	}

	async data(href: string): Promise<Preloaded> {
		const url = new URL(href, document.baseURI);
		const loaded = await this.load(url);
		if (!loaded || loaded.type === "document") throw new Error(`preloadData: ${url.href} is not a page of this app, or cannot be had`);
		if (loaded.type === "redirect") return loaded;
		return { type: "loaded", status: loaded.view.page.status, data: loaded.view.page.data };
	}

	async code(pathname: string): Promise<void> {
		const intent = await this.#client.intent(new URL(pathname, document.baseURI));
		const page = intent && this.#client.app.routes[intent.route]?.page;
		if (!page) throw new Error(`preloadCode: ${pathname} is not a page of this app`);
		await Promise.all([...page.layouts, page.leaf].map((id) => this.#client.loader.module(id)));
	}
}

/** What identifies a page: its URL without the hash. */
function keyOf(url: URL): string {
	return url.href.slice(0, url.href.length - url.hash.length);
}

/**
 * What a framework adapter is: the only part that knows the framework. The server half renders a view to HTML, the
 * browser half mounts a view and keeps it up to date.
 */

import type { AppOptions } from "./app.ts";
import type { Markup } from "./native.ts";
import type { Navigation, Page } from "./types.ts";

/** What is on the screen: the layouts, outermost first, then the page or the error page. */
export interface View {
	readonly components: readonly unknown[];
	/** For each component the data of its own load and of all the loads above it. */
	readonly data: readonly Record<string, unknown>[];
	readonly page: Page;
}

export interface Rendered {
	/** HTML for the end of `<head>`. */
	readonly head: string;
	/** Text, or its bytes in UTF-8. */
	readonly body: string | Uint8Array | Markup;
}

/** What an adapter is told beside the view. */
export interface RenderOptions {
	readonly options: AppOptions;
	/** The nonce for inline scripts and styles, empty where there is none. */
	readonly nonce: string;
}

/** The module `wellhead:adapter/server`. */
export interface ServerAdapter {
	/** A component that shows this HTML as it is, for the server only. */
	raw(html: string): unknown;
	render(view: View, options: RenderOptions): Rendered | Promise<Rendered>;
}

/** What the browser runtime tells the adapter, and what it is told of. */
export interface Screen {
	/** Shows another view. Resolves when the DOM is up to date. */
	show(view: View): Promise<void>;
	/** Changes `page` and nothing else, for shallow routing. */
	page(page: Page): void;
	navigating(navigation: Navigation | null): void;
	updated(value: boolean): void;
}

export interface MountOptions {
	readonly target: Element;
	/** Whether the target holds HTML of the server for this view. */
	readonly hydrate: boolean;
	/** Called for an error that a component throws while it renders; `retry` renders again, after `show`. */
	readonly failed: (error: unknown, retry: () => void) => void;
	/** Asks the server for its version, for `updated.check()`. */
	readonly checkUpdated: () => Promise<boolean>;
}

/** The module `wellhead:adapter/client`. */
export interface ClientAdapter {
	mount(view: View, options: MountOptions): Promise<Screen>;
	/** Calls `run` when the component that is being made is on the page, and what it returns when it goes away. */
	onMount(run: () => () => void): void;
}

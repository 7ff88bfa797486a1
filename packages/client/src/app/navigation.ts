/** `$app/navigation`: moving about in the app, and taking part in it. */

import { client } from "../browser/current.ts";
import type { AfterNavigate, BeforeNavigate, GotoOptions, MaybePromise, OnNavigate, Preloaded } from "../types.ts";

/** Goes to a page of the app. Resolves when it is shown. */
export function goto(url: string | URL, options: GotoOptions = {}): Promise<void> {
	return client("goto").goto(url, options);
}

/** Runs again every load that depends on a URL, or on a name given to `depends`. */
export function invalidate(resource: string | URL | ((url: URL) => boolean)): Promise<void> {
	return client("invalidate").invalidate(resource);
}

/** Runs every load of the page again. */
export function invalidateAll(): Promise<void> {
	return client("invalidateAll").invalidateAll();
}

/** Loads code and data of a page, so that going there takes no time. */
export function preloadData(href: string): Promise<Preloaded> {
	return client("preloadData").preloader.data(href);
}

/** Loads the code of the page at a path. */
export function preloadCode(pathname: string): Promise<void> {
	return client("preloadCode").preloader.code(pathname);
}

/** Makes a history entry with `page.state` set, and no navigation. */
export function pushState(url: string | URL, state: App.PageState): void {
	client("pushState").shallow(url, state, false);
}

/** Sets `page.state` of the current history entry, and no navigation. */
export function replaceState(url: string | URL, state: App.PageState): void {
	client("replaceState").shallow(url, state, true);
}

/** Leaves the scroll position alone for the navigation under way. */
export function disableScrollHandling(): void {
	client("disableScrollHandling").disableScrollHandling();
}

/** Runs before each navigation as long as the component is there; `cancel()` stops it. */
export function beforeNavigate(callback: (navigation: BeforeNavigate) => void): void {
	if (!import.meta.env.SSR) client("beforeNavigate").listen("before", callback);
}

/** Runs when a navigation is about to change the page; may return a promise to wait for, or a function to run after it. */
export function onNavigate(callback: (navigation: OnNavigate) => MaybePromise<void | (() => void)>): void {
	if (!import.meta.env.SSR) client("onNavigate").listen("on", callback);
}

/** Runs when the component is mounted, and after each navigation. */
export function afterNavigate(callback: (navigation: AfterNavigate) => void): void {
	if (!import.meta.env.SSR) client("afterNavigate").listen("after", callback);
}

/**
 * The page's address: links with `ts-patch` and `ts-navigate`, the browser's history, and what the server says.
 *
 * A patch stays on the page: the address changes at once, the server is told and sends what is different. The scroll position stays; on
 * the way back through the history the one of then is put back when the patch has come.
 */

import { add, type Feature } from "./features.ts";
import type { Down } from "./protocol.ts";
import { send } from "./session.ts";

const places = new Map<number, [x: number, y: number]>();
/** The number of the entry in the history that is shown. */
let entry = (history.state as { live?: number } | null)?.live ?? 0;
let path = location.pathname + location.search;
/** What is scrolled to when the page shows what the address says. */
let scroll: (() => void) | undefined;

const plain = (): string => location.pathname + location.search;

/** Another page of the app. One place for all of it: some day this may need no load. */
function visit(url: URL, replace = false): void {
	if (replace) location.replace(url);
	else location.assign(url);
}

const write = (url: URL, replace?: boolean): void => {
	add(feature, []);
	places.set(entry, [scrollX, scrollY]);
	if (!replace) entry = Date.now();
	history[replace ? "replaceState" : "pushState"]({ ...(replace && history.state), live: entry }, "", url);
	path = plain();
	scroll = url.hash ? () => document.getElementById(decodeURIComponent(url.hash.slice(1)))?.scrollIntoView() : undefined;
};

/** Goes where a link or a command says. */
export function go(kind: "patch" | "navigate", href: string, replace?: boolean): void {
	const url = new URL(href, document.baseURI);
	// Without a connection the server renders what the address says as a page.
	if (kind === "navigate" || url.origin !== location.origin || !send({ type: "navigate", kind, url: url.href })) return visit(url, replace);
	write(url, replace);
}

/** Goes where the server says. */
export function follow({ kind, history, url: href }: Down & { type: "navigate" }): void {
	const url = new URL(href, document.baseURI);
	// A script is no address.
	if (!/^https?:$/.test(url.protocol)) return console.error(`the server names an address that is no page: ${url.protocol}`);
	const replace = history === "replace";
	if (kind === "patch" && url.origin === location.origin) write(url, replace);
	else visit(url, replace);
}

export const feature: Feature = {
	patched() {
		// When all is shown.
		if (scroll) queueMicrotask(scroll);
		scroll = undefined;
	},
};

document.addEventListener("click", (event) => {
	const link = event.target instanceof Element && event.target.closest<HTMLAnchorElement>("a[href]:is([ts-patch],[ts-navigate])");
	if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || (link.target && link.target !== "_self") || link.hasAttribute("download")) return;
	event.preventDefault();
	go(link.hasAttribute("ts-patch") ? "patch" : "navigate", link.href, link.hasAttribute("ts-replace"));
});

addEventListener("popstate", ({ state }) => {
	places.set(entry, [scrollX, scrollY]);
	entry = (state as { live?: number } | null)?.live ?? 0;
	// Another place of the same page is the browser's.
	if (path === plain()) return;
	path = plain();
	const place = places.get(entry);
	scroll = place && (() => scrollTo(...place));
	if (!send({ type: "navigate", kind: "pop", url: location.href })) location.reload();
});

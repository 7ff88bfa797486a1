/** Takes over what a browser would do with links, forms and the history. */

import type { Client } from "./client.ts";
import { targetOf } from "./focus.ts";
import type { Going } from "./going.ts";
import { entryOf, forgetAfter, keep, persist, placeOf, writeEntry } from "./places.ts";

/** What the attributes of a link and of the elements around it say. */
interface LinkOptions {
	readonly reload: boolean;
	readonly noScroll: boolean;
	readonly keepFocus: boolean;
	readonly replace: boolean;
	readonly preloadData: string | null;
	readonly preloadCode: string | null;
}

/** The nearest value of `data-sveltekit-NAME` or `data-wellhead-NAME`; `off` and `false` are `null`. */
function option(element: Element, name: string): string | null {
	for (let at: Element | null = element; at; at = parentOf(at)) {
		const value = at.getAttribute(`data-sveltekit-${name}`) ?? at.getAttribute(`data-wellhead-${name}`);
		if (value !== null) return value === "off" || value === "false" ? null : value;
	}
	return null;
}

function parentOf(element: Element): Element | null {
	const parent = element.assignedSlot ?? element.parentNode;
	if (parent instanceof ShadowRoot) return parent.host;
	return parent instanceof Element ? parent : null;
}

function optionsOf(element: Element): LinkOptions {
	return {
		reload: option(element, "reload") !== null,
		noScroll: option(element, "noscroll") !== null,
		keepFocus: option(element, "keepfocus") !== null,
		replace: option(element, "replacestate") !== null,
		preloadData: option(element, "preload-data"),
		preloadCode: option(element, "preload-code"),
	};
}

type Anchor = HTMLAnchorElement | SVGAElement;

function anchorOf(event: globalThis.Event): Anchor | null {
	for (const at of event.composedPath())
		if (at instanceof Element && at.localName === "a" && (at.hasAttribute("href") || at.hasAttribute("xlink:href"))) return at as Anchor;
	return null;
}

/** Where a link leads, if it leads there in this tab. */
function leadsTo(anchor: Anchor): URL | null {
	const svg = anchor instanceof SVGAElement;
	const target = svg ? anchor.target.baseVal : anchor.target;
	if ((target && target !== "_self") || anchor.hasAttribute("download")) return null;
	try {
		const url = new URL(svg ? anchor.href.baseVal : anchor.href, document.baseURI);
		return url.protocol === "http:" || url.protocol === "https:" ? url : null;
	} catch {
		return null;
	}
}

/** Where a link leads, if it is one that the app may follow itself. */
function urlOf(anchor: Anchor, base: string): URL | null {
	const url = leadsTo(anchor);
	if (!url || (anchor.getAttribute("rel") ?? "").split(/\s+/).includes("external")) return null;
	const inside = url.pathname === base || url.pathname.startsWith(`${base}/`);
	return url.origin === location.origin && inside ? url : null;
}

const plain = (url: URL) => url.href.split("#")[0];

/** Starts following links, forms and the history. */
export function follow(client: Client): void {
	const { base } = client.app.options;
	history.scrollRestoration = "manual";

	document.documentElement.addEventListener("click", (event) => {
		if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.defaultPrevented) return;
		const anchor = anchorOf(event);
		const to = anchor && leadsTo(anchor);
		if (!anchor || !to) return;
		const options = optionsOf(anchor);
		const url = urlOf(anchor, base);
		if (options.reload || !url) {
			if (to.origin === location.origin && to.hash && plain(to) === plain(new URL(location.href))) return;
			if (!client.allows(client.describe({ type: "link", url: to, event }, null))) event.preventDefault();
			else client.leaving = true;
			return;
		}
		if (plain(url) === plain(new URL(location.href)) && url.href.includes("#")) return hashClicked(client, url, event, options);
		event.preventDefault();
		void client.navigate({ type: "link", url, event, ...goingOf(options, url) });
	});

	document.documentElement.addEventListener("submit", (event) => {
		if (event.defaultPrevented) return;
		const form = HTMLFormElement.prototype.cloneNode.call(event.target, false) as HTMLFormElement;
		const submitter = event.submitter as HTMLButtonElement | HTMLInputElement | null;
		if ((submitter?.formTarget || form.target || "_self") !== "_self") return;
		if ((submitter?.formMethod || form.method).toLowerCase() !== "get") return;
		const url = new URL((submitter?.hasAttribute("formaction") && submitter.formAction) || form.action, document.baseURI);
		const inside = url.pathname === base || url.pathname.startsWith(`${base}/`);
		if (url.origin !== location.origin || !inside) return;
		const element = event.target as HTMLFormElement;
		const options = optionsOf(element);
		if (options.reload) return;
		event.preventDefault();
		event.stopPropagation();
		const fields = [...new FormData(element, submitter)].map(([name, value]) => [name, String(value)] as [string, string]);
		url.search = new URLSearchParams(fields).toString();
		void client.navigate({ type: "form", url, event, ...goingOf(options, url) });
	});

	addEventListener("beforeunload", (event) => {
		if (!client.leaving) {
			const navigation = client.describe({ type: "leave", url: client.shown.url }, null);
			if (!client.allows(navigation)) event.preventDefault();
		}
		client.leaving = false;
		keep(client.entry);
		persist();
	});
	document.addEventListener("visibilitychange", () => {
		if (document.visibilityState !== "hidden") return;
		keep(client.entry);
		persist();
	});
	// The browser scrolls by itself where the next document is not ours, and where this one comes back as it was.
	addEventListener("pagehide", () => (history.scrollRestoration = "auto"));
	addEventListener("pageshow", (event) => {
		history.scrollRestoration = "manual";
		if (event.persisted) client.screen.navigating(null);
	});

	addEventListener("popstate", (event) => popped(client, event));
	addEventListener("hashchange", () => {
		// Without an entry of ours, the user or the browser has made this one.
		if (entryOf(history.state)) return;
		client.entry++;
		forgetAfter(client.entry - 1);
		writeEntry(location.href, { id: client.entry, page: client.pageEntry, state: {} }, true);
		client.setPage({ url: new URL(location.href), state: {} });
	});
}

function goingOf(options: LinkOptions, url: URL): Pick<Going, "noScroll" | "keepFocus" | "replace"> {
	const { noScroll, keepFocus, replace } = options;
	return { noScroll, keepFocus, replace: replace || url.href === location.href };
}

/** A link to another place of the same page: the browser scrolls, the entry is ours. */
function hashClicked(client: Client, url: URL, event: MouseEvent, options: LinkOptions): void {
	keep(client.entry);
	if (url.href === location.href) {
		// Scrolls again, without another entry.
		event.preventDefault();
		const target = targetOf(url);
		if (target) target.scrollIntoView();
		else scrollTo({ top: 0 });
		return;
	}
	if (!options.replace) return;
	event.preventDefault();
	writeEntry(url, { id: client.entry, page: client.pageEntry, state: {} }, true);
	client.setPage({ url, state: {} });
	targetOf(url)?.scrollIntoView();
}

function popped(client: Client, event: PopStateEvent): void {
	const entry = entryOf(event.state);
	// A new entry without ours is a hash typed by the user, which `hashchange` sees to.
	if (!entry) return;
	const scroll = placeOf(entry.id) ?? { x: 0, y: 0 };
	const delta = entry.id - client.entry;
	const url = new URL(location.href);
	// Back where we are, after a navigation through the history was stopped.
	if (delta === 0) return;
	if (entry.page === client.pageEntry) return moveWithin();
	const before = { entry: client.entry, page: client.pageEntry };
	const accept = () => {
		keep(before.entry);
		client.entry = entry.id;
		client.pageEntry = entry.page;
	};
	void client.navigate({ type: "popstate", url, event, popped: { delta, scroll }, accept });

	function moveWithin(): void {
		keep(client.entry);
		client.entry = entry!.id;
		// The entries of one page differ in hash and state; a path given to `pushState` is no navigation.
		client.setPage({ url: plain(url) === plain(client.shown.url) ? url : client.shown.url, state: entry!.state });
		scrollTo(scroll.x, scroll.y);
	}
}

/** Preloads what the user is about to ask for. */
export function preloadLinks(client: Client): { scan: () => void } {
	const { base } = client.app.options;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let last: Element | null = null;
	const seen = new Set<string>();
	const saves = (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;

	const about = (anchor: Anchor | null, tap: boolean) => {
		const url = anchor && urlOf(anchor, base);
		if (!anchor || !url || plain(url) === plain(new URL(location.href))) return;
		const options = optionsOf(anchor);
		if (options.reload || saves) return;
		const wants = (value: string | null) => value !== null && (tap ? true : value !== "tap");
		if (wants(options.preloadData)) void client.preloader.load(url).catch(() => {});
		else if (wants(options.preloadCode)) code(url);
	};
	const code = (url: URL) => {
		if (seen.has(url.pathname)) return;
		seen.add(url.pathname);
		client.preloader.code(url.pathname).catch(() => {});
	};

	document.documentElement.addEventListener("mousemove", (event) => {
		clearTimeout(timer);
		const anchor = anchorOf(event);
		// A pointer that only passes over a link does not mean it.
		timer = setTimeout(() => {
			if (anchor !== last) about(anchor, false);
			last = anchor;
		}, 20);
	});
	const tap = (event: globalThis.Event) => about(anchorOf(event), true);
	document.documentElement.addEventListener("mousedown", tap);
	document.documentElement.addEventListener("touchstart", tap, { passive: true });

	const observer = new IntersectionObserver((entries) => {
		for (const { isIntersecting, target } of entries) {
			if (!isIntersecting) continue;
			observer.unobserve(target);
			const url = urlOf(target as Anchor, base);
			if (url) code(url);
		}
	});
	return {
		/** Looks at the links of a new page, for those whose code is wanted without being touched. */
		scan() {
			observer.disconnect();
			if (saves) return;
			for (const anchor of document.querySelectorAll<HTMLAnchorElement>("a[href]")) {
				const options = optionsOf(anchor);
				if (options.reload) continue;
				const url = options.preloadCode === "eager" ? urlOf(anchor, base) : null;
				if (url) code(url);
				else if (options.preloadCode === "viewport") observer.observe(anchor);
			}
		},
	};
}

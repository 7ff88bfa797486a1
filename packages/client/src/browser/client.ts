/** The browser runtime: what is on the screen, and how it changes. */

import type { ClientAdapter, Screen } from "../adapter.ts";
import type { ClientApp, MatcherModule } from "../app.ts";
import { matchPath } from "../router.ts";
import type { AfterNavigate, GotoOptions, Navigation, Reroute } from "../types.ts";
import { announce, resetFocus, targetOf } from "./focus.ts";
import { dataUrl } from "./data.ts";
import { Loader, type Intent, type Loaded, type Ready } from "./loader.ts";
import type { Fetched } from "./fetched.ts";
import { describe, isPage, settlement, type Going, type Listeners } from "./going.ts";
import { entryOf, forgetAfter, here, keep, writeEntry } from "./places.ts";
import { Preloader } from "./preload.ts";

const MAX_REDIRECTS = 20;

export class Client {
	readonly app: ClientApp;
	readonly adapter: ClientAdapter;
	readonly fetched: Fetched;
	readonly loader: Loader;
	readonly preloader = new Preloader(this);
	readonly listeners: { [K in keyof Listeners]: Set<Listeners[K]> } = { before: new Set(), on: new Set(), after: new Set() };
	matchers: Record<string, MatcherModule> = {};
	reroute: Reroute | null = null;
	/** What is on the screen. */
	shown!: Ready;
	screen!: Screen;
	/** Number of the current history entry, and of the page that it shows. */
	entry = 0;
	pageEntry = 0;
	/** Whether the document is about to go, and `beforeNavigate` has been asked. */
	leaving = false;
	/** Whether there is a newer version on the server. */
	outdated = false;
	#going: AbortController | null = null;
	#invalidating: Promise<void> | null = null;
	#scrolls = true;

	constructor(app: ClientApp, adapter: ClientAdapter, fetched: Fetched) {
		this.app = app;
		this.adapter = adapter;
		this.fetched = fetched;
		this.loader = new Loader(app, fetched, (version) => this.sawVersion(version));
	}

	sawVersion(version: string): void {
		if (this.outdated || version === this.app.options.version) return;
		this.outdated = true;
		this.screen?.updated(true);
	}

	async checkUpdated(): Promise<boolean> {
		const none = this.shown.branch.map(() => false);
		const response = await fetch(dataUrl(this.shown.url, none), { cache: "no-store" });
		const version = response.headers.get("x-wellhead-version");
		if (version !== null) this.sawVersion(version);
		return this.outdated;
	}

	/** The page that a URL leads to; `null` outside of the app. */
	async intent(url: URL): Promise<Intent | null> {
		const { base } = this.app.options;
		if (url.origin !== location.origin) return null;
		const path = this.reroute ? ((await this.reroute({ url: new URL(url), fetch })) ?? url.pathname) : url.pathname;
		if (path !== base && !path.startsWith(`${base}/`)) return null;
		const check = (name: string, value: string) => this.matchers[name]!.match(value);
		const found = matchPath(this.app.routes, path.slice(base.length) || "/", check);
		// The entry stays as it was asked for, but for the slash at its end.
		const slash = found && this.app.routes[found.route]!.page?.trailingSlash;
		const clean = new URL(url);
		if (clean.pathname === base) clean.pathname += "/";
		if (slash === "always" && !clean.pathname.endsWith("/")) clean.pathname += "/";
		if (slash === "never" && clean.pathname !== `${base}/`) clean.pathname = clean.pathname.replace(/\/+$/, "") || "/";
		return { url: clean, route: found?.route ?? -1, params: found?.params ?? {} };
	}

	/** Goes somewhere. Resolves when the page is shown, or when another navigation took over. */
	async navigate(going: Going): Promise<void> {
		const { type, popped } = going;
		const intent = await this.intent(going.url);
		const navigation = this.describe(going, intent);
		const { complete, finish, fail } = settlement();
		navigation.complete = complete;
		if (!going.redirects && !this.allows(navigation)) {
			if (popped && popped.delta !== 0) history.go(-popped.delta);
			fail(new Error("navigation cancelled"));
			return;
		}
		going.accept?.();
		// On the way through the history `accept` has kept the position, and the entry is another already.
		if (!popped) keep(this.entry);
		this.#going?.abort(new Error("navigation superseded"));
		// Nothing is under way then: what is no page may be a download, after which this document stays.
		if (!intent || !isPage(this.app, intent) || this.outdated) {
			this.#going = null;
			this.screen.navigating(null);
			return this.leave(going);
		}
		const control = (this.#going = new AbortController());
		this.screen.navigating(navigation);
		const superseded = () => {
			fail(new Error("navigation superseded"));
		};
		let loaded: Loaded;
		try {
			loaded = await this.preloader.take(intent, control);
		} catch {
			return superseded();
		}
		if (this.#going !== control) return superseded();
		if (loaded.type === "redirect") {
			const redirects = (going.redirects ?? 0) + 1;
			if (redirects > MAX_REDIRECTS) {
				console.error(`more than ${MAX_REDIRECTS} redirects from ${going.url.href}`);
				return this.leave(going);
			}
			finish();
			return this.navigate({ ...going, type: "goto", popped: undefined, replace: going.replace ?? popped !== undefined, url: new URL(loaded.location, intent.url), redirects });
		}
		// A version that was seen while loading counts already.
		if (loaded.type === "document" || this.outdated) return this.leave(going);

		const after = await this.#beforeShow(navigation);
		if (this.#going !== control) return superseded();
		this.#write(going, intent.url);
		const state = going.state ?? (popped ? (entryOf(history.state)?.state ?? {}) : {});
		const ready: Ready = { ...loaded, view: { ...loaded.view, page: { ...loaded.view.page, url: intent.url, state } } };
		this.#scrolls = true;
		this.fetched.clear();
		this.shown = ready;
		const active = document.activeElement;
		await this.screen.show(ready.view);
		if (this.#going !== control) return superseded();
		this.#scroll(going, intent.url);
		// Where the page moved the focus itself, it stays.
		const moved = document.activeElement !== active && document.activeElement !== document.body;
		if (!going.keepFocus && !moved) resetFocus(intent.url);
		this.#going = null;
		announce();
		this.screen.navigating(null);
		for (const run of after) run();
		const done = { ...navigation, type, willUnload: false } as AfterNavigate;
		if (done.to) done.to.scroll = here();
		for (const listener of this.listeners.after) listener(done);
		finish();
	}

	/** Lets the browser load the page. */
	leave({ url, replace, popped }: Pick<Going, "url" | "replace" | "popped">): Promise<void> {
		this.leaving = true;
		if (popped || url.href === location.href) location.reload();
		else if (replace) location.replace(url);
		else location.href = url.href;
		// The document goes away; nothing may come after.
		return new Promise(() => {});
	}

	describe(going: Parameters<typeof describe>[2], intent: Intent | null): Navigation {
		return describe(this.app, this.shown, going, intent);
	}

	/** Asks the callbacks of `beforeNavigate`. */
	allows(navigation: Navigation): boolean {
		let allowed = true;
		for (const listener of this.listeners.before) listener({ ...navigation, cancel: () => void (allowed = false) });
		return allowed;
	}

	async #beforeShow(navigation: Navigation): Promise<(() => void)[]> {
		const results = await Promise.all([...this.listeners.on].map((listener) => listener(navigation)));
		return results.filter((result) => typeof result === "function");
	}

	/** Puts the navigation into the history. */
	#write(going: Going, url: URL): void {
		if (going.popped) return;
		if (!going.replace) {
			this.entry++;
			forgetAfter(this.entry - 1);
		}
		this.pageEntry = this.entry;
		writeEntry(url, { id: this.entry, page: this.entry, state: going.state ?? {} }, going.replace ?? false);
	}

	#scroll({ noScroll, popped }: Going, url: URL): void {
		if (!this.#scrolls) return;
		if (popped?.scroll) scrollTo(popped.scroll.x, popped.scroll.y);
		else if (!noScroll && !popped) {
			const target = targetOf(url);
			if (target) target.scrollIntoView();
			else scrollTo(0, 0);
		}
	}

	async goto(url: string | URL, options: GotoOptions): Promise<void> {
		const to = new URL(url, document.baseURI);
		if (to.origin !== location.origin) throw new Error(`goto: ${to.href} is outside of the app; set location.href instead`);
		const accept = () => {
			if (options.invalidateAll) this.loader.invalidAll = true;
			for (const resource of options.invalidate ?? []) this.#mark(resource);
			if (options.invalidateAll || options.invalidate) this.preloader.forget();
		};
		const { replaceState: replace, noScroll, keepFocus, state } = options;
		await this.navigate({ type: "goto", url: to, replace, noScroll, keepFocus, state, accept });
		this.#clean();
	}

	invalidate(resource: string | URL | ((url: URL) => boolean)): Promise<void> {
		this.#mark(resource);
		return this.#refresh();
	}

	invalidateAll(): Promise<void> {
		this.loader.invalidAll = true;
		return this.#refresh();
	}

	#mark(resource: string | URL | ((url: URL) => boolean)): void {
		const href = typeof resource === "function" ? "" : new URL(resource, location.href).href;
		this.loader.invalid.push(typeof resource === "function" ? resource : (url) => url.href === href);
	}

	#clean(): void {
		this.loader.invalid.length = 0;
		this.loader.invalidAll = false;
	}

	/** Loads what is invalid; what is named in the same turn is loaded together. */
	#refresh(): Promise<void> {
		return (this.#invalidating ??= Promise.resolve().then(() => {
			this.#invalidating = null;
			return this.#reload();
		}));
	}

	async #reload(): Promise<void> {
		this.preloader.forget();
		const { shown } = this;
		const going = this.#going;
		const loaded = await this.loader.load(shown, shown, new AbortController().signal);
		// A navigation that began meanwhile loads by itself.
		if (this.shown !== shown || this.#going !== going) return;
		this.#clean();
		if (loaded.type === "redirect") return this.navigate({ type: "goto", url: new URL(loaded.location, shown.url), replace: true, redirects: 1 });
		if (loaded.type === "document") return this.leave({ url: shown.url, replace: true });
		this.shown = { ...loaded, view: { ...loaded.view, page: { ...loaded.view.page, state: shown.view.page.state } } };
		await this.screen.show(this.shown.view);
	}

	shallow(url: string | URL, state: App.PageState, replace: boolean): void {
		keep(this.entry);
		if (!replace) {
			this.entry++;
			forgetAfter(this.entry - 1);
		}
		writeEntry(new URL(url, document.baseURI), { id: this.entry, page: this.pageEntry, state }, replace);
		this.setPage({ state });
	}

	/** Changes `page` without a navigation. */
	setPage(change: { state?: App.PageState; url?: URL }): void {
		const page = { ...this.shown.view.page, ...change };
		this.shown = { ...this.shown, url: page.url, view: { ...this.shown.view, page } };
		this.screen.page(page);
	}

	disableScrollHandling(): void {
		this.#scrolls = false;
	}

	/** Adds a callback as long as the component that is being made is on the page. */
	listen<K extends keyof Listeners>(kind: K, callback: Listeners[K]): void {
		this.adapter.onMount(() => {
			const set = this.listeners[kind] as Set<Listeners[K]>;
			set.add(callback);
			return () => void set.delete(callback);
		});
	}

}

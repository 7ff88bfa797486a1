/** `$app/state`: `page`, `navigating` and `updated`, in the browser as runes, on the server from the render's context. */

import { getContext } from "svelte";
import type { Navigation, Page } from "../types.ts";

/** The key of the context in which the server's render has its page. @internal */
export const CONTEXT: symbol = Symbol.for("wellhead.page");

type Blank = { [K in keyof Navigation]: null };
const STILL = { from: null, to: null, type: null, willUnload: null, delta: null, event: null, complete: null } as Blank;

/** What the browser shows; one for the whole document. */
class Live {
	url: URL = $state.raw(undefined as unknown as URL);
	params: Page["params"] = $state.raw({});
	route: Page["route"] = $state.raw({ id: null });
	status: number = $state.raw(200);
	error: Page["error"] = $state.raw(null);
	data: Page["data"] = $state.raw({});
	form: unknown = $state.raw(null);
	state: App.PageState = $state.raw({});
	navigation: Navigation | null = $state.raw(null);
	outdated: boolean = $state.raw(false);
	check: () => Promise<boolean> = async () => false;

	/** Takes over what changed, so that what did not change makes nothing run again. */
	show(page: Page): void {
		if (this.url?.href !== page.url.href) this.url = page.url;
		if (!same(this.params, page.params)) this.params = page.params;
		if (this.route.id !== page.route.id) this.route = page.route;
		this.status = page.status;
		this.error = page.error;
		this.data = page.data;
		this.form = page.form;
		this.state = page.state;
	}
}

function same(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
	const keys = Object.keys(a);
	return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

/** @internal */
export const live: Live = new Live();

function current(): Page {
	if (!import.meta.env.SSR) return live as unknown as Page;
	const page = getContext<Page | undefined>(CONTEXT);
	if (!page) throw new Error("page of $app/state can be read on the server only while a component renders");
	return page;
}

/** The page on the screen: its URL, parameters, data, status. */
export const page: Page = {
	get url() {
		return current().url;
	},
	get params() {
		return current().params;
	},
	get route() {
		return current().route;
	},
	get status() {
		return current().status;
	},
	get error() {
		return current().error;
	},
	get data() {
		return current().data;
	},
	get form() {
		return current().form;
	},
	get state() {
		return current().state;
	},
};

/** The navigation under way; every property is `null` where there is none. */
export const navigating: Navigation | Blank = {
	get from() {
		return (live.navigation ?? STILL).from;
	},
	get to() {
		return (live.navigation ?? STILL).to;
	},
	get type() {
		return (live.navigation ?? STILL).type;
	},
	get willUnload() {
		return (live.navigation ?? STILL).willUnload;
	},
	get delta() {
		return (live.navigation ?? STILL).delta;
	},
	get event() {
		return (live.navigation ?? STILL).event;
	},
	get complete() {
		return (live.navigation ?? STILL).complete;
	},
} as Navigation | Blank;

/** Whether the server has a newer version of the app than this page. */
export const updated: { readonly current: boolean; check: () => Promise<boolean> } = {
	get current(): boolean {
		return live.outdated;
	},
	/** Asks the server. */
	check: (): Promise<boolean> => live.check(),
};

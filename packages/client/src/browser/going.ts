/** A navigation under way, and what the callbacks get to see of it. */

import type { ClientApp } from "../app.ts";
import type { AfterNavigate, BeforeNavigate, MaybePromise, Navigation, NavigationTarget, NavigationType, OnNavigate } from "../types.ts";
import type { Intent } from "./loader.ts";
import { here, type Place } from "./places.ts";

export interface Listeners {
	before: (navigation: BeforeNavigate) => void;
	on: (navigation: OnNavigate) => MaybePromise<void | (() => void)>;
	after: (navigation: AfterNavigate) => void;
}

export interface Going {
	readonly type: NavigationType;
	readonly url: URL;
	readonly replace?: boolean | undefined;
	readonly noScroll?: boolean | undefined;
	readonly keepFocus?: boolean | undefined;
	readonly state?: App.PageState | undefined;
	readonly event?: globalThis.Event | undefined;
	/** For `popstate`: the entry that the browser has gone to. */
	readonly popped?: { delta: number; scroll: Place | undefined } | undefined;
	readonly redirects?: number;
	/** Called once nothing can cancel any more. */
	readonly accept?: () => void;
}

/** Describes a navigation from what is shown to `intent`, which is `null` outside of the app. */
export function describe(app: ClientApp, shown: Intent, going: Pick<Going, "type" | "url" | "event" | "popped">, intent: Intent | null): Navigation {
	const target = (url: URL, at: Intent | null, scroll: Place | null): NavigationTarget => ({
		url,
		params: at?.params ?? null,
		route: { id: (at && app.routes[at.route]?.id) ?? null },
		scroll,
	});
	const navigation: Navigation = {
		from: target(shown.url, shown, here()),
		to: going.type === "leave" ? null : target(going.url, intent, going.popped?.scroll ?? null),
		type: going.type,
		willUnload: intent === null || !isPage(app, intent),
		complete: Promise.resolve(),
	};
	if (going.event) navigation.event = going.event;
	if (going.popped) navigation.delta = going.popped.delta;
	return navigation;
}

/** Whether a route was found, and it is a page: endpoints are the server's. */
export function isPage(app: ClientApp, intent: Intent): boolean {
	return app.routes[intent.route]?.page != null;
}

/** The promise `complete` of a navigation, from the inside. */
export function settlement(): { complete: Promise<void>; finish: () => void; fail: (error: Error) => void } {
	let finish!: () => void;
	let fail!: (error: Error) => void;
	const complete = new Promise<void>((resolve, reject) => {
		finish = resolve;
		fail = reject;
	});
	complete.catch(() => {});
	return { complete, finish, fail };
}

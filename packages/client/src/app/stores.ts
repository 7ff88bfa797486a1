/** `$app/stores`: what `$app/state` has, as stores, for code that was written for them. */

import { toStore, type Readable } from "svelte/store";
import type { Navigation, Page } from "../types.ts";
import { live, page as state } from "./state.svelte.ts";

const snapshot = (): Page => ({
	url: state.url,
	params: state.params,
	route: state.route,
	status: state.status,
	error: state.error,
	data: state.data,
	form: state.form,
	state: state.state,
});

/** A store that reads nothing before someone subscribes: on the server there is a page only while a component renders. */
function store<T>(get: () => T): Readable<T> {
	return { subscribe: (...args) => toStore(get).subscribe(...args) };
}

export const page: Readable<Page> = store(snapshot);
export const navigating: Readable<Navigation | null> = store(() => live.navigation);
export const updated: Readable<boolean> & { check: () => Promise<boolean> } = {
	...store(() => live.outdated),
	check: () => live.check(),
};

/** The stores, as an object. */
export function getStores(): { page: typeof page; navigating: typeof navigating; updated: typeof updated } {
	return { page, navigating, updated };
}

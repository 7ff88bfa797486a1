/** Where the page was scrolled to in each entry of the history; kept in `sessionStorage` across documents. */

export interface Place {
	x: number;
	y: number;
}

/** What Wellhead writes into `history.state`, under `wellhead`. */
export interface Entry {
	/** Grows along the history. */
	readonly id: number;
	/** The same for entries that differ in `page.state` or hash only. */
	readonly page: number;
	readonly state: App.PageState;
}

const KEY = "wellhead:scroll";
/** How many entries are kept; older ones start at the top. */
const MOST = 200;

const places = new Map<number, Place>(read());

function read(): [number, Place][] {
	try {
		return JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as [number, Place][];
	} catch {
		return [];
	}
}

export function here(): Place {
	return { x: scrollX, y: scrollY };
}

export function keep(id: number): void {
	places.delete(id);
	places.set(id, here());
	for (const old of places.keys()) {
		if (places.size <= MOST) break;
		places.delete(old);
	}
}

export function placeOf(id: number): Place | undefined {
	return places.get(id);
}

/** Forgets the entries that a new one replaced. */
export function forgetAfter(id: number): void {
	for (const other of places.keys()) if (other > id) places.delete(other);
}

export function persist(): void {
	try {
		sessionStorage.setItem(KEY, JSON.stringify([...places]));
	} catch {
		// Storage may be full or forbidden; then scroll positions do not outlive the document.
	}
}

export function entryOf(state: unknown): Entry | null {
	return (state as { wellhead?: Entry } | null)?.wellhead ?? null;
}

/** Adds or replaces the current entry. */
export function writeEntry(url: URL | string, entry: Entry, replace: boolean): void {
	const state = replace ? { ...(history.state as object | null), wellhead: entry } : { wellhead: entry };
	history[replace ? "replaceState" : "pushState"](state, "", url);
}

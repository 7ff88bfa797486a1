/** Runs the loads of a page's layouts and leaf, all at once; `parent()` waits where a load asks for it. */

import type { NodeModules } from "../../client/src/app.ts";
import type { SentFetch, SentNode } from "../../client/src/serial.ts";
import type { Cookies, Data, LoadEvent, Params, ServerLoadEvent } from "../../client/src/types.ts";
import { Tracker } from "../../client/src/uses.ts";
import type { Event } from "./event.ts";
import { recordingFetch } from "./fetch.ts";
import { attempt, Failed, then, type Maybe } from "./maybe.ts";
import { Guard, guard } from "./late.ts";

/** What the loads of one node gave. */
export interface Loaded {
	/** What the browser gets of the server load; `null` where there is none. */
	readonly sent: SentNode | null;
	/** The node's own data: of the universal load, or of the server load where there is no universal one. */
	readonly data: Data | null;
}

export const NOTHING: Loaded = { sent: null, data: null };

type Output = Data | null;

/** The loads of one request. Each runs at most once, when it is first asked for. */
export class Loads {
	readonly fetched: SentFetch[] = [];
	readonly #event: Event;
	readonly #nodes: readonly NodeModules[];
	readonly #server: Maybe<SentNode | null | Failed>[] = [];
	readonly #universal: Maybe<Output | Failed>[] = [];
	/** How many loads run. */
	#open = 0;

	constructor(event: Event, nodes: readonly NodeModules[]) {
		this.#event = event;
		this.#nodes = nodes;
	}

	/** The server load of a node. */
	server(i: number): Maybe<SentNode | null | Failed> {
		return (this.#server[i] ??= this.#runServer(i));
	}

	/** Both loads of every node, in order, up to the first that fails. */
	all(universal: boolean): Maybe<{ loaded: Loaded[]; failed: Failed | null }> {
		const count = this.#nodes.length;
		for (let i = 0; i < count; i++) this.server(i);
		const ends = this.#nodes.map((_, i) => (universal ? this.#both(i) : this.#serverOnly(i)));
		// What is there waits for what is not, and something may reject in the meantime.
		if (ends.some((end) => end instanceof Promise)) for (const end of ends) if ("data" in end) guard(end.data, Guard.All);
		const loaded: Loaded[] = [];
		const collect = (i: number): Maybe<{ loaded: Loaded[]; failed: Failed | null }> => {
			for (; i < count; i++) {
				const end = ends[i]!;
				if (end instanceof Promise)
					return end.then((value) => {
						ends[i] = value;
						return collect(i);
					});
				if (end instanceof Failed) return { loaded, failed: end };
				loaded.push(end);
			}
			return { loaded, failed: null };
		};
		return collect(0);
	}

	#both(i: number): Maybe<Loaded | Failed> {
		return then(this.#universalOf(i), (data) =>
			data instanceof Failed
				? data
				: then(this.server(i), (sent) => (sent instanceof Failed ? sent : { sent, data: data ?? sent?.data ?? null })),
		);
	}

	#serverOnly(i: number): Maybe<Loaded | Failed> {
		return then(this.server(i), (sent) => (sent instanceof Failed ? sent : { sent, data: sent?.data ?? null }));
	}

	#runServer(i: number): Maybe<SentNode | null | Failed> {
		const load = this.#nodes[i]!.server?.["load"];
		if (load === undefined) return null;
		const tracker = new Tracker();
		const event = new ServerEvent(this.#event, tracker, () => this.#parents(i, (j) => this.#serverData(j)));
		this.#open++;
		return then(
			attempt(() => call(load, event, "server")),
			(data) => {
				this.#settled(data);
				if (data instanceof Failed) return data;
				return { data: data ?? null, uses: sent(tracker) };
			},
		);
	}

	/**
	 * A load is over. While others run, its promises may reject before anybody looks at them. Where none does, what comes
	 * next is rendering and sending, which see to the promises that they meet.
	 */
	#settled(data: Output | Failed): void {
		this.#open--;
		if (!(data instanceof Failed)) guard(data, this.#open > 0 ? Guard.All : Guard.Few);
	}

	#universalOf(i: number): Maybe<Output | Failed> {
		return (this.#universal[i] ??= then(this.server(i), (server) =>
			server instanceof Failed ? server : this.#runUniversal(i, server?.data ?? null),
		));
	}

	#runUniversal(i: number, data: Output): Maybe<Output | Failed> {
		const load = this.#nodes[i]!.universal?.["load"];
		if (load === undefined) return null;
		const { params, route, setHeaders } = this.#event;
		// The browser does the noting; here it sees to that the same is allowed as there.
		const { url } = this.#event;
		const event: LoadEvent = {
			get url() {
				return new Tracker().trackUrl(url);
			},
			params,
			route,
			data,
			fetch: recordingFetch(this.#event, this.fetched),
			setHeaders,
			parent: () => this.#parents(i, (j) => this.#universalData(j)),
			depends: () => {},
			untrack: (fn) => fn(),
		};
		this.#open++;
		return then(
			attempt(() => call(load, event, "universal")),
			(data) => {
				this.#settled(data);
				return data;
			},
		);
	}

	#serverData(i: number): Maybe<Output | Failed> {
		return then(this.server(i), (node) => (node instanceof Failed ? node : (node?.data ?? null)));
	}

	#universalData(i: number): Maybe<Output | Failed> {
		return then(this.#both(i), (node) => (node instanceof Failed ? node : node.data));
	}

	async #parents(i: number, dataOf: (j: number) => Maybe<Output | Failed>): Promise<Data> {
		const merged: Data = {};
		for (let j = 0; j < i; j++) {
			const data = await dataOf(j);
			if (data instanceof Failed) throw data.error;
			Object.assign(merged, data);
		}
		return merged;
	}
}

function call(load: unknown, event: unknown, kind: string): Maybe<Output> {
	if (typeof load !== "function") throw new TypeError(`load of the ${kind} module must be a function`);
	return then(load(event) as Maybe<unknown>, (data) => {
		if (data === undefined || data === null) return null;
		const proto: unknown = typeof data === "object" ? Object.getPrototypeOf(data) : undefined;
		if (proto === Object.prototype || proto === null) return data as Data;
		throw new TypeError(`the ${kind} load must return a plain object, not ${describe(data)}: return { name: value }`);
	});
}

function describe(value: {}): string {
	if (Array.isArray(value)) return "an array";
	return typeof value === "object" ? `an instance of ${value.constructor?.name || "a class"}` : `a ${typeof value}`;
}

function sent({ params, url, search, route, parent, dependencies }: Tracker): SentNode["uses"] {
	return { params: [...params], url, search: [...search], route, parent, dependencies: [...dependencies] };
}

/** `event` of a server load: the request's, with notes taken of what is read. */
class ServerEvent implements ServerLoadEvent {
	readonly #event: Event;
	readonly #tracker: Tracker;
	readonly #parent: () => Promise<Data>;
	#url: URL | null = null;

	constructor(event: Event, tracker: Tracker, parent: () => Promise<Data>) {
		this.#event = event;
		this.#tracker = tracker;
		this.#parent = parent;
	}
	get request(): Request {
		return this.#event.request;
	}
	get url(): URL {
		return (this.#url ??= this.#tracker.trackUrl(this.#event.url));
	}
	get params(): Params {
		return this.#tracker.trackParams(this.#event.params);
	}
	get route(): { readonly id: string | null } {
		return this.#tracker.trackRoute(this.#event.route);
	}
	get cookies(): Cookies {
		return this.#event.cookies;
	}
	get locals(): App.Locals {
		return this.#event.locals;
	}
	get platform(): undefined {
		return undefined;
	}
	get fetch(): typeof fetch {
		return this.#event.fetch;
	}
	get setHeaders(): Event["setHeaders"] {
		return this.#event.setHeaders;
	}
	get getClientAddress(): () => string {
		return this.#event.getClientAddress;
	}
	get isDataRequest(): boolean {
		return this.#event.isDataRequest;
	}
	get isSubRequest(): boolean {
		return this.#event.isSubRequest;
	}
	get untrack(): <T>(fn: () => T) => T {
		return this.#tracker.untrack;
	}
	get depends(): (...names: string[]) => void {
		return (...names) => {
			for (const name of names) this.#tracker.dependencies.add(new URL(name, this.#event.url).href);
		};
	}
	get parent(): () => Promise<Data> {
		return () => {
			if (this.#tracker.on) this.#tracker.parent = true;
			return this.#parent();
		};
	}
}

/** Makes a page out of a route: its modules, the loads that must run again, and the error page where one fails. */

import type { View } from "../adapter.ts";
import type { ClientApp, NodeModules, PageRoute } from "../app.ts";
import { HttpError, Redirect } from "../control.ts";
import type { Fetched } from "./fetched.ts";
import type { Data, ErrorBody, HandleClientError, LoadEvent, NavigationEvent, Page, Transport } from "../types.ts";
import { Tracker } from "../uses.ts";
import { tellOverlay } from "./dev.ts";
import { requestData, Unreachable, type ServerNode } from "./data.ts";
import { documentTrace } from "./trace.ts";

/** Where a navigation leads. */
export interface Intent {
	readonly url: URL;
	/** The route's number, -1 where there is none. */
	readonly route: number;
	readonly params: Record<string, string>;
}

/** A layout or page with its data. */
export interface Branch {
	readonly id: number;
	readonly module: NodeModules;
	readonly server: { data: Data | null; uses: SeenUses } | null;
	readonly universal: { data: Data | null; uses: Tracker } | null;
}

interface SeenUses {
	params: Iterable<string>;
	search: Iterable<string>;
	dependencies: Iterable<string>;
	url: boolean;
	route: boolean;
	parent: boolean;
}

/** A page that is ready to be shown. */
export interface Ready extends Intent {
	readonly type: "ready";
	readonly branch: readonly Branch[];
	readonly view: View;
}

export type Loaded = Ready | { type: "redirect"; location: string } | { type: "document" };

/** A module that failed, with its error. */
class Broken {
	readonly error: unknown;
	constructor(error: unknown) {
		this.error = error;
	}
}

/** A module of the app could not be had: another version is deployed, or there is no network. */
class NoModule extends Error {}

/** What loads are run for. */
export class Loader {
	readonly app: ClientApp;
	transport: Transport = {};
	handleError: HandleClientError | null = null;
	/** What `invalidate` named since the last load. */
	readonly invalid: ((url: URL) => boolean)[] = [];
	invalidAll = false;
	readonly #fetched: Fetched;
	readonly #seen: (version: string) => void;

	constructor(app: ClientApp, fetched: Fetched, seen: (version: string) => void) {
		this.app = app;
		this.#fetched = fetched;
		this.#seen = seen;
	}

	/** Loads the page of an intent; `from` is what is on the screen. Rejects only when `signal` is aborted. */
	async load(intent: Intent, from: Ready | null, signal: AbortSignal): Promise<Loaded> {
		const page = this.app.routes[intent.route]?.page;
		try {
			// The server knows what to do with a path that is no page.
			if (!page) return { type: "document" };
			return await this.#page(intent, page, from, signal);
		} catch (error) {
			signal.throwIfAborted();
			if (error instanceof Redirect) return { type: "redirect", location: error.location };
			// No network, another version, or an error above every error page: the server answers with a document.
			if (!(error instanceof Unreachable || error instanceof NoModule || error instanceof HttpError)) console.error(error);
			return { type: "document" };
		}
	}

	async #page(intent: Intent, page: PageRoute, from: Ready | null, signal: AbortSignal): Promise<Loaded> {
		const ids = [...page.layouts, page.leaf];
		const modules = ids.map((id) => this.module(id));
		for (const module of modules) module.catch(() => {});
		const changed = changesOf(intent, from);
		const before = (i: number) => (from?.branch[i]?.id === ids[i] ? from?.branch[i] : undefined);
		let parent = false;
		const mask = ids.map((_, i) => {
			const old = before(i);
			const asked = page.serverLoad[i]! && (!old || this.#stale(old.server?.uses, parent, changed));
			parent ||= asked;
			return asked;
		});
		let nodes: ServerNode[] = [];
		if (mask.includes(true)) {
			const failed = (trace: string) => tellOverlay(this.app, { trace });
			const sent = await requestData({ url: intent.url, mask, signal, transport: this.transport, version: this.#seen, failed });
			if ("redirect" in sent) return { type: "redirect", location: sent.redirect };
			nodes = sent.nodes;
		}
		const server = ids.map((_, i) => serverOf(nodes, mask, i, before(i)));
		return this.finish(intent, ids, modules, server, { from, changed, signal, status: 200 });
	}

	/** Runs the universal loads and puts the page together. */
	async finish(
		intent: Intent,
		ids: readonly number[],
		modules: readonly Promise<NodeModules>[],
		server: readonly (Branch["server"] | Failure)[],
		context: { from: Ready | null; changed: Changes | null; signal: AbortSignal; status: number },
	): Promise<Loaded> {
		// All are there before the first load decides: whether one runs again depends on those above it.
		const ready = await Promise.all(modules.map((module) => module.catch((error: unknown) => new Broken(error))));
		let parentRan = false;
		const ends: Promise<Branch>[] = [];
		for (const [i, id] of ids.entries()) {
			const end = (async (): Promise<Branch> => {
				const module = ready[i]!;
				if (module instanceof Broken) throw module.error;
				const sent = server[i] ?? null;
				if (sent instanceof Failure) throw sent;
				const load = module.universal?.["load"] as ((event: LoadEvent) => Promise<Data | void>) | undefined;
				const old = context.from?.branch[i];
				if (!load) {
					if (old?.id === id && old.server === sent) return old;
					parentRan = true;
					return { id, module, server: sent, universal: null };
				}
				const reusable = old?.id === id && old.server === sent && context.changed;
				if (reusable && !this.#stale(old.universal?.uses, parentRan, context.changed!)) return old;
				parentRan = true;
				const uses = new Tracker();
				const parents = async () => {
					const merged: Data = {};
					for (const end of ends.slice(0, i)) Object.assign(merged, dataOf(await end));
					return merged;
				};
				const data = (await load(this.#event(intent, uses, sent?.data ?? null, parents))) ?? null;
				return { id, module, server: sent, universal: { data, uses } };
			})();
			end.catch(() => {});
			ends.push(end);
		}
		const branch: Branch[] = [];
		for (const end of ends) {
			try {
				branch.push(await end);
			} catch (error) {
				if (error instanceof Redirect || error instanceof NoModule) throw error;
				context.signal.throwIfAborted();
				const boundary = await this.#boundary(intent, branch, error);
				if (boundary) return boundary;
				throw error;
			}
		}
		return this.ready(intent, branch, context.status, null, context.from);
	}

	/** The error page nearest above what failed: the nodes of `branch` are well. */
	async #boundary(intent: Intent, branch: readonly Branch[], error: unknown): Promise<Ready | null> {
		const page = this.app.routes[intent.route]?.page;
		for (let level = Math.min(branch.length, page?.layouts.length ?? 0) - 1; level >= 0; level--) {
			const id = page!.errors[level]!;
			if (id < 0) continue;
			const module = await this.module(id);
			const { status, body } = await this.explain(error, intent);
			const whole = [...branch.slice(0, level + 1), { id, module, server: null, universal: null }];
			return this.ready(intent, whole, status, body, null);
		}
		return null;
	}

	/** An error page for what is on the screen: an error of a component, with `depth` layouts that may stay. */
	async componentFailed(shown: Ready, error: unknown, depth: number): Promise<Ready | null> {
		return this.#boundary(shown, shown.branch.slice(0, depth), error);
	}

	/** A branch as a view. Data that did not change keeps its identity. */
	ready(intent: Intent, branch: readonly Branch[], status: number, error: ErrorBody | null, from: Ready | null): Ready {
		let data: Data = {};
		let changed = false;
		const all = branch.map((node, i) => {
			changed ||= from?.branch[i] !== node;
			return (data = changed ? { ...data, ...dataOf(node) } : from!.view.data[i]!);
		});
		const route = { id: this.app.routes[intent.route]?.id ?? null };
		const { url, params } = intent;
		const page: Page = { url, params, route, status, error, data, form: null, state: {} };
		const components = branch.map(({ module }) => module.component?.default);
		return { ...intent, type: "ready", branch, view: { components, data: all, page } };
	}

	/** What may be shown of an error. */
	async explain(error: unknown, intent: Intent): Promise<{ status: number; body: ErrorBody }> {
		if (error instanceof Failure || error instanceof HttpError) return { status: error.status, body: error.body };
		const status = 500;
		const message = "Internal Error";
		const trace = documentTrace();
		tellOverlay(this.app, { error });
		if (!this.handleError) console.error(error);
		const event: NavigationEvent = { url: intent.url, params: intent.params, route: { id: this.app.routes[intent.route]?.id ?? null } };
		let body: ErrorBody | void = undefined;
		try {
			body = await this.handleError?.({ error, event, status, message, trace });
		} catch (failed) {
			console.error(failed);
		}
		return { status, body: body ?? (trace ? { message, trace } : { message }) };
	}

	async module(id: number): Promise<NodeModules> {
		try {
			return await this.app.nodes[id]!();
		} catch (error) {
			// What fails while it runs is the app's own error; what cannot be fetched is a matter of version or network.
			if (error instanceof TypeError && /import|module/i.test(error.message)) throw new NoModule("", { cause: error });
			throw error;
		}
	}

	#stale(uses: SeenUses | undefined, parent: boolean, changed: Changes): boolean {
		if (this.invalidAll) return true;
		if (!uses) return false;
		if ((uses.parent && parent) || (uses.route && changed.route) || (uses.url && changed.url)) return true;
		for (const name of uses.search) if (changed.search.has(name)) return true;
		for (const name of uses.params) if (changed.params.has(name)) return true;
		for (const href of uses.dependencies) if (this.invalid.some((test) => test(new URL(href)))) return true;
		return false;
	}

	#event(intent: Intent, uses: Tracker, data: Data | null, parents: () => Promise<Data>): LoadEvent {
		const depends = (href: string) => {
			if (uses.on) uses.dependencies.add(href);
		};
		return {
			url: uses.trackUrl(intent.url),
			params: uses.trackParams(intent.params),
			route: uses.trackRoute({ id: this.app.routes[intent.route]?.id ?? null }),
			data,
			fetch: this.#fetched.fetch(intent.url, depends),
			setHeaders: () => {},
			depends: (...names) => {
				for (const name of names) depends(new URL(name, intent.url).href);
			},
			parent: () => {
				if (uses.on) uses.parent = true;
				return parents();
			},
			untrack: uses.untrack,
		};
	}
}

/** An error of a server load, as the server explained it. */
export class Failure {
	readonly status: number;
	readonly body: ErrorBody;
	constructor(status: number, body: ErrorBody) {
		this.status = status;
		this.body = body;
	}
}

function serverOf(nodes: readonly ServerNode[], mask: readonly boolean[], i: number, old: Branch | undefined): Branch["server"] | Failure {
	if (!mask[i]) return old?.server ?? null;
	const node = nodes[i];
	if (!node || "skip" in node) return null;
	return "error" in node ? new Failure(node.status, node.error) : node;
}

function dataOf(node: Branch): Data | null {
	return node.universal ? node.universal.data : (node.server?.data ?? null);
}

export interface Changes {
	readonly url: boolean;
	readonly route: boolean;
	readonly params: ReadonlySet<string>;
	readonly search: ReadonlySet<string>;
}

function changesOf(to: Intent, from: Ready | null): Changes {
	const params = new Set<string>();
	const search = new Set<string>();
	if (!from) return { url: true, route: true, params, search };
	for (const name of [...Object.keys(to.params), ...Object.keys(from.params)])
		if (to.params[name] !== from.params[name]) params.add(name);
	for (const name of [...to.url.searchParams.keys(), ...from.url.searchParams.keys()])
		if (to.url.searchParams.getAll(name).join("\0") !== from.url.searchParams.getAll(name).join("\0")) search.add(name);
	const url = to.url.pathname !== from.url.pathname || to.url.search !== from.url.search;
	return { url, route: to.route !== from.route, params, search };
}

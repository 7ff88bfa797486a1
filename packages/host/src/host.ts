/** The app as the host holds it: modules that are loaded, hooks, matchers, and what is known of each page. */

import type { ServerAdapter } from "../../client/src/adapter.ts";
import type { NodeModules, PageRoute, ServerApp } from "../../client/src/app.ts";
import { encoder, type Encode } from "../../client/src/serial.ts";
import type { Handle, HandleFetch, HandleServerError, LiveSession, Reroute, Transport } from "../../client/src/types.ts";
import type { Check } from "../../client/src/router.ts";
import { then, type Maybe } from "./maybe.ts";

/** What is known of a page before it is asked for. */
export interface Plan {
	readonly page: PageRoute;
	/** Layouts, outermost first, then the page. */
	readonly ids: readonly number[];
	modules: readonly NodeModules[] | null;
	components: readonly unknown[];
	/** Whether any of the modules has a `load`. */
	loads: boolean;
	/** The state of a page without data and parameters. */
	state: string | null;
}

/** Everything of an app that outlives a request. */
export class Host {
	readonly app: ServerApp;
	readonly adapter: ServerAdapter;
	/** Whether `boot` is over. */
	ready = false;
	handle: Handle | null = null;
	handleError: HandleServerError | null = null;
	handleFetch: HandleFetch | null = null;
	reroute: Reroute | null = null;
	liveSession: LiveSession | null = null;
	transport: Transport = {};
	encode: Encode = encoder({});
	readonly plans: (Plan | null)[];
	/** The variables of the environment that pages take to the browser; `null` where there are none. */
	readonly env: Readonly<Record<string, string>> | null;

	readonly #nodes: Maybe<NodeModules>[] = [];
	readonly #endpoints: Maybe<Record<string, unknown>>[] = [];
	readonly #matchers: Record<string, (value: string) => boolean> = {};
	#booting: Promise<void> | null = null;

	constructor(app: ServerApp, adapter: ServerAdapter) {
		this.app = app;
		this.adapter = adapter;
		this.env = app.publicEnv && Object.keys(app.publicEnv).length > 0 ? app.publicEnv : null;
		this.plans = app.routes.map(({ page }) => page && planOf(page));
	}

	/** Loads hooks and matchers and runs `init`, once. A failure stays: every request tells of it. */
	boot(): Promise<void> {
		return (this.#booting ??= this.#boot());
	}

	async #boot(): Promise<void> {
		const [hooks, shared] = await Promise.all([
			this.app.hooks?.(),
			this.app.sharedHooks?.(),
			...Object.entries(this.app.matchers).map(async ([name, load]) => {
				const { match } = await load();
				if (typeof match !== "function") throw new Error(`src/params/${name}: export a function "match"`);
				this.#matchers[name] = match;
			}),
		]);
		this.handle = hook(hooks, "handle") as Handle | null;
		this.handleError = hook(hooks, "handleError") as HandleServerError | null;
		this.handleFetch = hook(hooks, "handleFetch") as HandleFetch | null;
		this.liveSession = hook(hooks, "liveSession") as LiveSession | null;
		this.reroute = hook(shared, "reroute") as Reroute | null;
		this.transport = ((shared ?? {})["transport"] as Transport | undefined) ?? {};
		this.encode = encoder(this.transport);
		await (hook(hooks, "init") as (() => unknown) | null)?.();
		this.ready = true;
	}

	readonly check: Check = (name, value) => {
		const match = this.#matchers[name];
		if (!match) throw new Error(`no matcher "${name}": add src/params/${name}.ts with an exported function "match"`);
		return match(value);
	};

	/** The module of a node; a promise only the first time. */
	node(id: number): Maybe<NodeModules> {
		return once(this.#nodes, id, this.app.nodes[id]!);
	}

	endpoint(route: number): Maybe<Record<string, unknown>> {
		return once(this.#endpoints, route, this.app.endpoints[route]!);
	}

	nodes(ids: readonly number[]): Maybe<NodeModules[]> {
		const all = ids.map((id) => this.node(id));
		return all.some((one) => one instanceof Promise) ? Promise.all(all) : (all as NodeModules[]);
	}

	/** The modules of a page, kept in its plan. */
	modules(plan: Plan): Maybe<readonly NodeModules[]> {
		if (plan.modules) return plan.modules;
		return then(this.nodes(plan.ids), (modules) => {
			plan.components = modules.map((node) => node.component?.default);
			plan.loads = modules.some((node) => node.server?.["load"] || node.universal?.["load"]);
			return (plan.modules = modules);
		});
	}
}

function planOf(page: PageRoute): Plan {
	return { page, ids: [...page.layouts, page.leaf], modules: null, components: [], loads: true, state: null };
}

/** What `load` gives, asked for once; forgotten where it fails, so that the next request tries again. */
function once<T>(kept: Maybe<T>[], id: number, load: () => Promise<T>): Maybe<T> {
	const found = kept[id];
	if (found !== undefined) return found;
	const loading = load().then(
		(value) => (kept[id] = value),
		(error: unknown) => {
			delete kept[id];
			throw error;
		},
	);
	return (kept[id] = loading);
}

function hook(module: Record<string, unknown> | undefined, name: string): unknown {
	const value = module?.[name];
	if (value === undefined) return null;
	if (typeof value !== "function") throw new Error(`hooks: "${name}" must be a function`);
	return value;
}

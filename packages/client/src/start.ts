/** The module `wellhead:client`: takes over a page that the server has rendered. */

import type { ClientAdapter } from "./adapter.ts";
import type { ClientApp } from "./app.ts";
import { Client } from "./browser/client.ts";
import { setClient } from "./browser/current.ts";
import { Fetched } from "./browser/fetched.ts";
import { Inbox, readDocument } from "./browser/late.ts";
import { follow, preloadLinks } from "./browser/links.ts";
import { Failure, type Branch, type Intent, type Loaded, type Ready } from "./browser/loader.ts";
import { entryOf, here, placeOf, writeEntry } from "./browser/places.ts";
import { configure } from "./runtime.ts";
import { decoder, type Decoder, type SentNode, type State } from "./serial.ts";
import type { AfterNavigate, HandleClientError, Reroute, Transport } from "./types.ts";

const STATE = "wellhead-state";

/** Starts the app on the document that the server sent. */
export async function start(app: ClientApp, adapter: ClientAdapter): Promise<void> {
	configure(app.options);
	const script = document.getElementById(STATE);
	const target = script?.parentElement;
	if (!script || !target) throw new Error(`no element "${STATE}": is %wellhead.body% (or %sveltekit.body%) in src/app.html?`);

	const [hooks, shared, matchers] = await Promise.all([
		app.hooks?.(),
		app.sharedHooks?.(),
		Promise.all(Object.entries(app.matchers).map(async ([name, load]) => [name, await load()] as const)),
	]);
	const transport = (shared?.["transport"] as Transport | undefined) ?? {};
	const inbox = new Inbox();
	let decode: Decoder | null = null;
	const state = (decode = decoder(transport, inbox.promise)).text(script.textContent!) as State;
	readDocument(inbox, target, () => decode!);

	const client = new Client(app, adapter, new Fetched(state.fetched ?? []));
	client.matchers = Object.fromEntries(matchers);
	client.reroute = (shared?.["reroute"] as Reroute | undefined) ?? null;
	client.loader.transport = transport;
	client.loader.handleError = (hooks?.["handleError"] as HandleClientError | undefined) ?? null;
	setClient(client);
	await (hooks?.["init"] as (() => unknown) | undefined)?.();

	const entry = entryOf(history.state);
	client.entry = entry?.id ?? Date.now();
	client.pageEntry = entry?.page ?? client.entry;
	if (!entry) writeEntry(location.href, { id: client.entry, page: client.entry, state: {} }, true);

	const shown = await first(client, state);
	client.shown = shown;
	await show(client, target, !state.blank && shown.view.page.error === null === (state.error === null));
	client.fetched.clear();

	// After a reload, and on the way back from another site.
	const scroll = entry && placeOf(entry.id);
	if (scroll) scrollTo(scroll.x, scroll.y);
	follow(client);
	const links = preloadLinks(client);
	client.listeners.after.add(links.scan);
	const to = { ...client.describe({ type: "enter", url: shown.url }, shown).to!, scroll: here() };
	const done: AfterNavigate = { from: null, to, type: "enter", willUnload: false, complete: Promise.resolve() };
	for (const listener of client.listeners.after) listener(done);
}

/** The page that the document shows, as its loads make it in the browser. */
async function first(client: Client, state: State): Promise<Ready> {
	const { app, loader } = client;
	const intent: Intent = { url: new URL(location.href), route: state.route, params: state.params };
	const page = app.routes[state.route]?.page;
	const whole = page ? [...page.layouts, page.leaf] : [0];
	const ids = whole.slice(0, state.nodes.length);
	const modules = ids.map((id) => loader.module(id));
	const server = state.nodes.map((node) => node && sentOf(node));
	const signal = new AbortController().signal;
	let loaded: Loaded;
	try {
		loaded = await loader.finish(intent, ids, modules, server, { from: null, changed: null, signal, status: state.status });
	} catch (error) {
		throw error instanceof Failure ? new Error(error.body.message) : error;
	}
	if (loaded.type === "redirect") await client.leave({ url: new URL(loaded.location, intent.url), replace: true });
	if (loaded.type !== "ready") throw new Error("the page could not be loaded");
	if (state.boundary === undefined) return loaded;
	const module = await loader.module(state.boundary);
	const branch: Branch[] = [...loaded.branch, { id: state.boundary, module, server: null, universal: null }];
	return loader.ready(intent, branch, state.status, state.error, null);
}

function sentOf({ data, uses }: SentNode): Branch["server"] {
	return { data, uses };
}

/** Puts the page on the screen, and error pages where components fail. */
async function show(client: Client, target: Element, hydrate: boolean): Promise<void> {
	let depth = -1;
	const failed = (error: unknown, retry: () => void) => {
		const { shown } = client;
		// The first failure goes to the error page nearest to the page; one that fails too hands on outwards.
		depth = shown.view.page.error === null ? shown.branch.length - 1 : Math.min(depth, shown.branch.length - 1) - 1;
		void client.loader.componentFailed(shown, error, depth).then(async (ready) => {
			if (!ready) return;
			client.shown = ready;
			await client.screen?.show(ready.view);
			retry();
		});
	};
	const checkUpdated = () => client.checkUpdated();
	client.screen = await client.adapter.mount(client.shown.view, { target, hydrate, failed, checkUpdated });
}

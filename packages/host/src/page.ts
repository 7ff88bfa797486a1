/** Pages: loads, the component tree, and the error page where one of them throws. */

import type { Rendered, View } from "../../client/src/adapter.ts";
import type { NodeModules } from "../../client/src/app.ts";
import { Redirect, StatusError } from "../../client/src/control.ts";
import type { Markup } from "../../client/src/native.ts";
import type { Data, ErrorBody, Page, Params } from "../../client/src/types.ts";
import { Shape } from "./abi.ts";
import { explain, statusOf } from "./errors.ts";
import type { Event } from "./event.ts";
import type { Plan } from "./host.ts";
import { mounted } from "./live/mounted.ts";
import { Loads, NOTHING, type Loaded } from "./load.ts";
import { attempt, Failed, then, type Maybe } from "./maybe.ts";
import { fallback, raw, redirectTo, type Draft } from "./reply.ts";
import { stateOf, type Written } from "./state.ts";

/** What is on one page: its nodes from the outside in, and what they show. */
export interface Branch {
	readonly status: number;
	readonly error: ErrorBody | null;
	/** The node of the error page, -1 on an ordinary page. */
	readonly boundary: number;
	readonly components: readonly unknown[];
	readonly loaded: readonly Loaded[];
	readonly loads: Loads | null;
	/** Whether the browser takes over, and whether there is a body. */
	readonly csr: boolean;
	readonly ssr: boolean;
	readonly plan: Plan | null;
	/** HTML for the head beside that of the components. */
	readonly head?: string;
}

/** Answers a request for a page. */
export function page(event: Event, plan: Plan): Maybe<Draft> {
	const { method } = event.call;
	if (method !== "GET" && method !== "HEAD") return act(event);
	return then(
		attempt(() => event.host.modules(plan)),
		(modules) => {
			if (modules instanceof Failed) return errorPage(event, modules.error);
			if (!plan.loads) return reveal(event, plan, plan.ids.map(() => NOTHING), null);
			const loads = new Loads(event, modules);
			return then(loads.all(plan.page.ssr), ({ loaded, failed }) =>
				failed ? boundary(event, plan, loaded, loads, loaded.length, failed.error) : reveal(event, plan, loaded, loads),
			);
		},
	);
}

/** Shows what was loaded; a live page has its component mounted first. */
function reveal(event: Event, plan: Plan, loaded: readonly Loaded[], loads: Loads | null): Maybe<Draft> {
	const { live } = plan.page;
	if (!live) return show(event, branchOf(plan, loaded, loads));
	return then(
		attempt(() => mounted(event, live)),
		(shown) => {
			if (shown instanceof Failed) return boundary(event, plan, loaded, loads, plan.page.layouts.length, shown.error);
			const components = [...plan.components.slice(0, -1), event.host.adapter.raw(shown.body)];
			// A page has the tokens of one session.
			event.personal();
			return show(event, { ...branchOf(plan, loaded, loads), components, head: shown.head });
		},
	);
}

/** Form actions will be here; until then a page takes no other method than GET. */
function act(event: Event): Draft {
	const { method } = event.call;
	if (method === "OPTIONS") return raw(204, ["allow", "GET, HEAD, OPTIONS"], null, event.number);
	const text = `${method} is not allowed here: the page "${event.route.id}" answers GET only`;
	return raw(405, ["allow", "GET, HEAD, OPTIONS", "content-type", "text/plain; charset=utf-8"], text, event.number);
}

function branchOf(plan: Plan, loaded: readonly Loaded[], loads: Loads | null): Branch {
	const { ssr, csr } = plan.page;
	return { status: 200, error: null, boundary: -1, components: plan.components, loaded, loads, csr, ssr, plan };
}

/**
 * The error page nearest to what failed: `depth` is the number of nodes that are well, so the layouts that an error page
 * needs are among them. Each error page that fails too hands on to the next one outwards.
 */
function boundary(event: Event, plan: Plan, loaded: readonly Loaded[], loads: Loads | null, depth: number, error: unknown): Maybe<Draft> {
	if (error instanceof Redirect) return redirectTo(error.status, error.location, event.flush([]), event.number);
	const { layouts, errors, csr, live } = plan.page;
	let level = Math.min(depth, layouts.length) - 1;
	while (level >= 0 && errors[level]! < 0) level--;
	return then(explain(error, event), (body) => {
		const status = statusOf(error);
		if (level < 0) return fallback(status, body.message, event.flush([]), event.number);
		const node = errors[level]!;
		return then(
			attempt(() => event.host.node(node)),
			(modules) => {
				if (modules instanceof Failed) return boundary(event, plan, loaded, loads, level, modules.error);
				const components = [...plan.components.slice(0, level + 1), modules.component?.default];
				const shown = [...loaded.slice(0, level + 1), NOTHING];
				// The layouts of a page that is not rendered on the server may not be there at all; then the browser renders. Those of a live
				// page are there, or its app has no components, and nothing that would render them in the browser.
				const ssr = live !== undefined || components.every(Boolean);
				return show(event, { status, error: body, boundary: node, components, loaded: shown, loads, csr, ssr, plan });
			},
		);
	});
}

/** The root's error page, for errors outside of any page, such as a path without a route. */
export function errorPage(event: Event, error: unknown): Maybe<Draft> {
	if (error instanceof Redirect) return redirectTo(error.status, error.location, event.flush([]), event.number);
	const status = statusOf(error);
	return then(explain(error, event), (body) =>
		then(
			attempt(() => event.host.nodes([0, 1])),
			(modules) => {
				if (modules instanceof Failed) return lastResort(event, body, status, modules.error);
				const [layout, page] = modules as [NodeModules, NodeModules];
				const components = [layout.component?.default, page.component?.default];
				const loads = new Loads(event, [layout]);
				return then(loads.all(true), ({ loaded, failed }) => {
					if (failed?.error instanceof Redirect) return boundary(event, ROOT, [], null, 0, failed.error);
					if (failed) return lastResort(event, body, status, failed.error);
					const shown = [...loaded, NOTHING];
					return show(event, { status, error: body, boundary: 1, components, loaded: shown, loads, csr: true, ssr: true, plan: null });
				});
			},
		),
	);
}

const ROOT: Plan = {
	page: { layouts: [], errors: [], leaf: 1, serverLoad: [], ssr: true, csr: true, trailingSlash: "never" },
	ids: [],
	modules: null,
	components: [],
	loads: false,
	state: null,
};

/** The error page itself failed: the server's own stands in, with the first error's message. */
function lastResort(event: Event, body: ErrorBody, status: number, why: unknown): Maybe<Draft> {
	return then(why instanceof StatusError ? body : explain(why, event), () =>
		fallback(status, body.message, event.flush([]), event.number),
	);
}

/** Renders a branch; an error of a component gives the error page above it. */
function show(event: Event, branch: Branch): Maybe<Draft> {
	const view = viewOf(event, branch);
	const written = attempt<Written>(() => stateOf(event, branch));
	if (written instanceof Failed) return renderFailed(event, branch, written.error);
	const state = written as Written;
	if (!branch.ssr) return draft(event, branch, state, "", "");
	const { adapter, app } = event.host;
	const rendered = attempt(() => adapter.render(view, { options: app.options, nonce: event.call.nonce }));
	if (rendered instanceof Failed) return renderFailed(event, branch, rendered.error);
	if (!(rendered instanceof Promise)) return draft(event, branch, state, headOf(branch, rendered), rendered.body);
	return renderedLater(
		rendered.then((result) =>
			result instanceof Failed
				? renderFailed(event, branch, result.error)
				: draft(event, branch, state, headOf(branch, result), result.body),
		),
		() => ({ ...draft(event, branch, state, "", ""), state: "", rest: null }),
		event,
	);
}

/** The page's own title comes first, where a browser takes it from. */
function headOf({ head = "" }: Branch, rendered: Rendered): string {
	return head + rendered.head;
}

/**
 * Waits for a component tree that awaits. What is not there when timers run goes out in two pieces: first the head of the
 * response, then the rest. An error after that can no longer change the status: the error page comes in its place.
 */
function renderedLater(whole: Promise<Draft>, head: () => Draft, event: Event): Promise<Draft> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => {
			const early = head();
			event.close();
			// The error page that comes in its place may have to be waited for as well.
			const last = whole.then((draft) => draft.later ?? draft);
			const { traceId } = event.call;
			const later = last.then(
				(draft) => asPage(draft, traceId),
				(error: unknown) => {
					event.call.report(error);
					return asPage(fallback(500, "Internal Error"), traceId);
				},
			);
			resolve({ ...early, later });
		}, 0);
		whole.finally(() => clearTimeout(timer)).then(resolve, reject);
	});
}

/** A reply that must go on as a page, because its head has left as one: it says what the server's own error page says. */
function asPage(draft: Draft, trace: string): Draft {
	if (draft.shape === Shape.Page) return draft;
	const text = draft.shape === Shape.Fallback ? String(draft.body) : "Internal Error";
	const named = trace === "" ? "" : `\n<p><code>trace ${escaped(trace)}</code></p>`;
	const body = `<h1>${draft.status}</h1>\n<p>${escaped(text)}</p>${named}`;
	return { ...draft, shape: Shape.Page, body, state: "", rest: null };
}

function escaped(text: string): string {
	return text.replace(/[&<]/g, (c) => (c === "&" ? "&amp;" : "&lt;"));
}

function renderFailed(event: Event, branch: Branch, error: unknown): Maybe<Draft> {
	const plan = branch.plan;
	// An error page that fails hands on outwards; below it are as many layouts as it has nodes but itself.
	const depth = branch.boundary < 0 ? (plan?.page.layouts.length ?? 0) : branch.components.length - 2;
	if (plan) return boundary(event, plan, branch.loaded, branch.loads, depth, error);
	const status = branch.boundary < 0 ? statusOf(error) : branch.status;
	return lastResort(event, branch.error ?? { message: "Internal Error" }, status, error);
}

function draft(event: Event, branch: Branch, state: Written, head: string, body: string | Uint8Array | Markup): Draft {
	const { status } = branch;
	const headers = event.flush([]);
	return { status, headers, shape: Shape.Page, route: event.number, head, body, state: state.text, rest: state.rest, later: null };
}

function viewOf(event: Event, branch: Branch): View {
	const data: Data[] = [];
	let merged: Data = EMPTY;
	for (const { data: own } of branch.loaded) {
		if (own) merged = { ...merged, ...own };
		data.push(merged);
	}
	return { components: branch.components, data, page: new ServerPage(event, branch, merged) };
}

const EMPTY: Data = Object.freeze({}) as Data;

/** `page` of `$app/state`; the URL is parsed when it is read. */
class ServerPage implements Page {
	readonly params: Params;
	readonly route: { id: string | null };
	readonly status: number;
	readonly error: ErrorBody | null;
	readonly data: Data;
	readonly form = null;
	readonly state = {} as App.PageState;
	readonly #event: Event;

	constructor(event: Event, branch: Branch, data: Data) {
		this.#event = event;
		this.params = event.params;
		this.route = event.route;
		this.status = branch.status;
		this.error = branch.error;
		this.data = data;
	}
	get url(): URL {
		return this.#event.url;
	}
}

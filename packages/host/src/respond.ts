/** `respond`: the way of a request through the host. */

import type { ServerApp } from "../../client/src/app.ts";
import { matchPath, matchRoute } from "../../client/src/router.ts";
import { configure } from "../../client/src/runtime.ts";
import type { Params, RequestEvent, ResolveOptions } from "../../client/src/types.ts";
import { Target, type Call, type Reply, type Respond } from "./abi.ts";
import { data, dataError } from "./data.ts";
import { endpoint, endpointError } from "./endpoint.ts";
import { notFound } from "./errors.ts";
import { Event } from "./event.ts";
import { withoutBase } from "./fetch.ts";
import { Host } from "./host.ts";
import { attempt, Failed, then, type Maybe } from "./maybe.ts";
import { errorPage, page } from "./page.ts";
import { fallback, fromHandle, toResponse, type Draft } from "./reply.ts";

/**
 * Makes the function that a server bundle exports as `respond`.
 *
 * A page whose loads are synchronous, in an app without a `handle` hook, is answered without a promise once its modules are
 * loaded.
 */
export function createRespond(host: Host): Respond {
	configure(host.app.options);
	// Begins before the first request; an error is told to the requests that wait for it.
	host.boot().catch(() => {});
	return (call) => {
		const draft = attempt(() => (host.ready ? answer(host, call, 0) : host.boot().then(() => answer(host, call, 0))));
		return then(draft, (draft): Maybe<Reply> => {
			if (draft instanceof Failed) return lastResort(call, draft.error);
			if (!draft.later) return draft;
			call.early(draft.status, draft.headers, draft.route);
			return draft.later;
		});
	};
}

function lastResort(call: Call, error: unknown): Draft {
	call.report(error);
	return fallback(500, "Internal Error");
}

/** Answers a request; `depth` counts the requests of the app to itself around it. */
export function answer(host: Host, call: Call, depth: number): Maybe<Draft> {
	return then(pick(host, call), ([route, params]) => {
		const event = new Event(host, call, route, params, depth);
		return host.handle ? hooked(event) : dispatch(event);
	});
}

type Picked = readonly [route: number, params: Params];
const NONE: Picked = [-1, {}];

/** The route of a request: the first candidate whose matchers agree, or what `reroute` says. */
function pick(host: Host, call: Call): Maybe<Picked> {
	if (!host.reroute) return candidate(host, call);
	const url = new URL(call.url);
	const suffix = call.target === Target.Data && url.pathname.endsWith("/__data.json");
	if (suffix) url.pathname = url.pathname.slice(0, -"/__data.json".length) || "/";
	const before = url.pathname;
	return then(host.reroute({ url, fetch }), (path) => {
		if (typeof path !== "string" || path === before) return candidate(host, call);
		const inside = withoutBase(path, host.app.options.base);
		const found = inside === null ? null : matchPath(host.app.routes, inside, host.check);
		return found ? [found.route, found.params] : NONE;
	});
}

function candidate(host: Host, call: Call): Picked {
	const { routes } = call;
	for (let i = 0; i < routes.length; ) {
		const number = routes[i] as number;
		const count = routes[i + 1] as number;
		const route = host.app.routes[number]!;
		const params: Params = {};
		for (let j = i + 2; j < i + 2 + 2 * count; j += 2) params[routes[j] as string] = routes[j + 1] as string;
		i += 2 + 2 * count;
		if (!hasMatcher(route)) return [number, params];
		// Which parameter takes which part of the path may depend on the matchers, so the path is matched again.
		const found = matchRoute(route, pathOf(host, call), host.check);
		if (found) return [number, found];
	}
	return NONE;
}

const withMatcher = new WeakMap<object, boolean>();

function hasMatcher(route: ServerApp["routes"][number]): boolean {
	let found = withMatcher.get(route);
	if (found === undefined) {
		found = route.segments.some(({ pieces }) => pieces.some((piece) => typeof piece !== "string" && piece.matcher !== undefined));
		withMatcher.set(route, found);
	}
	return found;
}

function pathOf(host: Host, call: Call): string {
	const { pathname } = new URL(call.url);
	const path = call.target === Target.Data && pathname.endsWith("/__data.json") ? pathname.slice(0, -"/__data.json".length) : pathname;
	return withoutBase(path || "/", host.app.options.base) ?? "";
}

/** Runs `handle` around the rest of the way. */
async function hooked(event: Event): Promise<Draft> {
	const { handle } = event.host;
	const resolve = async (resolved: RequestEvent, options?: ResolveOptions) => {
		if (options?.transformPageChunk)
			throw new Error(
				"resolve: transformPageChunk is not supported, because the shell leaves before the page is rendered; for the language " +
					"set the header content-language and write %wellhead.lang% into src/app.html; for the head use <svelte:head>",
			);
		event.keepHeader = options?.filterSerializedResponseHeaders ?? null;
		const draft = await dispatch(resolved instanceof Event ? resolved : event);
		return toResponse(draft);
	};
	const response = await attempt(async () => handle!({ event, resolve }));
	if (response instanceof Failed) return failed(event, response.error);
	const draft = await attempt(async () => fromHandle(response, event.number));
	return draft instanceof Failed ? failed(event, draft.error) : draft;
}

/** An error outside of page and endpoint. */
function failed(event: Event, error: unknown): Maybe<Draft> {
	// Loads of layouts may count on what a hook that failed would have done, so the error page of the app is left out.
	return event.isDataRequest ? dataError(event, error) : endpointError(event, error);
}

function isEndpoint(event: Event): boolean {
	const route = event.host.app.routes[event.number];
	if (!route) return event.call.target === Target.Endpoint;
	return route.endpoint && (route.page === null || event.call.target === Target.Endpoint);
}

function dispatch(event: Event): Maybe<Draft> {
	const draft = attempt(() => {
		const plan = event.host.plans[event.number] ?? null;
		if (event.isDataRequest) return plan ? data(event, plan) : dataError(event, notFound(event));
		if (isEndpoint(event)) return event.number < 0 ? endpointError(event, notFound(event)) : endpoint(event);
		return plan ? page(event, plan) : errorPage(event, notFound(event));
	});
	return then(draft, (draft) => (draft instanceof Failed ? failed(event, draft.error) : draft));
}

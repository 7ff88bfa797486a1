/**
 * `event.fetch`: relative URLs, the user's cookies, and the app's own endpoints called without HTTP. What the universal
 * loads of a page read from it is kept, so that the browser does not ask for it again.
 */

import { fetchKey, type SentFetch } from "../../client/src/serial.ts";
import { matchPath } from "../../client/src/router.ts";
import { MAX_DEPTH, type Event } from "./event.ts";
import { Target, type Call } from "./abi.ts";
import { toResponse } from "./reply.ts";
import { answer } from "./respond.ts";

const MAX_REDIRECTS = 20;

export function fetchFor(event: Event): typeof fetch {
	return async (input, init) => {
		const own = input instanceof Request ? input : null;
		const request = own && !init ? own : new Request(own ?? new URL(String(input), event.url), init);
		const credentials = init?.credentials ?? own?.credentials ?? "same-origin";
		const send: typeof fetch = async (input, init) => {
			const own = input instanceof Request ? input : null;
			const request = own && !init ? own : new Request(own ?? new URL(String(input), event.url), init);
			return dispatch(event, request, init?.credentials ?? credentials, 0);
		};
		const hook = event.host.handleFetch;
		return hook ? hook({ event, request, fetch: send }) : send(request);
	};
}

async function dispatch(event: Event, request: Request, credentials: string, redirects: number): Promise<Response> {
	const url = new URL(request.url);
	const same = url.origin === event.url.origin;
	const headers = new Headers(request.headers);
	if (credentials !== "omit") {
		const related = same || url.hostname.endsWith(`.${event.url.hostname}`);
		if (related) {
			const cookies = event.jar.headerFor(url, headers.get("cookie"));
			if (cookies) headers.set("cookie", cookies);
		}
		const authorization = same ? event.call.header("authorization") : null;
		if (authorization !== null && !headers.has("authorization")) headers.set("authorization", authorization);
	}
	if (!headers.has("accept")) headers.set("accept", "*/*");
	const languages = event.call.header("accept-language");
	if (languages !== null && !headers.has("accept-language")) headers.set("accept-language", languages);
	if (same && request.method !== "GET" && request.method !== "HEAD" && !headers.has("origin")) headers.set("origin", url.origin);

	const found = same ? endpointOf(event, url) : null;
	if (!found) {
		const init: RequestInit & { duplex?: "half" } = { headers };
		if (request.body) init.duplex = "half";
		return fetch(new Request(request, init));
	}
	if (event.depth >= MAX_DEPTH)
		throw new Error(`event.fetch: ${url.pathname} calls itself: ${MAX_DEPTH} requests of the app to itself are nested`);
	const call = innerCall(event.call, request, headers, found);
	const response = toResponse(await answer(event.host, call, event.depth + 1));
	for (const cookie of response.headers.getSetCookie()) if (credentials !== "omit") event.jar.adopt(cookie);
	const location = response.headers.get("location");
	if (location === null || response.status < 301 || response.status > 308 || request.redirect !== "follow") return response;
	if (redirects >= MAX_REDIRECTS) throw new Error(`event.fetch: more than ${MAX_REDIRECTS} redirects from ${url.pathname}`);
	const keeps = response.status >= 307;
	if (keeps && request.body) throw new Error(`event.fetch: ${url.pathname} redirects a request whose body is used`);
	const init: RequestInit = { headers: request.headers, method: keeps ? request.method : "GET" };
	return dispatch(event, new Request(new URL(location, url), init), credentials, redirects + 1);
}

/** The endpoint of the app at a URL, as the flat list of a `Call`. */
function endpointOf(event: Event, url: URL): (number | string)[] | null {
	const { app, check } = event.host;
	const path = withoutBase(url.pathname, app.options.base);
	const found = path === null ? null : matchPath(app.routes, path, check);
	if (!found || !app.routes[found.route]!.endpoint) return null;
	return flatMatch(found.route, found.params);
}

export function flatMatch(route: number, params: Record<string, string>): (number | string)[] {
	const pairs = Object.entries(params);
	return [route, pairs.length, ...pairs.flat()];
}

/** A path without the app's base; `null` where it is outside. */
export function withoutBase(path: string, base: string): string | null {
	if (base === "") return path;
	if (path === base) return "/";
	return path.startsWith(`${base}/`) ? path.slice(base.length) : null;
}

/** A request of the app to itself as the engine would hand it over. */
function innerCall(outer: Call, request: Request, headers: Headers, routes: (number | string)[]): Call {
	return {
		method: request.method,
		url: request.url,
		target: Target.Endpoint,
		routes,
		traceId: outer.traceId,
		nonce: "",
		client: outer.client,
		header: (name) => headers.get(name),
		headers: () => [...headers].flat(),
		body: () => request.body as ReadableStream<Uint8Array> | null,
		signal: request.signal,
		early: () => {},
		report: (error) => outer.report(error),
		mount: (component) => outer.mount(component),
	};
}

/** `fetch` for a universal load: what is read of a response is added to `kept`. */
export function recordingFetch(event: Event, kept: SentFetch[]): typeof fetch {
	return async (input, init) => {
		const response = await event.fetch(input, init);
		const own = input instanceof Request ? input : null;
		const url = new URL(own ? own.url : String(input), event.url);
		const method = (init?.method ?? own?.method ?? "GET").toUpperCase();
		const key = own?.body ? null : fetchKey(method, url.href, event.url.origin, init?.body);
		if (key === null) return response;
		return new Proxy(response, { get: (target, name) => recorded(target, name, key, event, kept) });
	};
}

function recorded(response: Response, name: string | symbol, key: string, event: Event, kept: SentFetch[]): unknown {
	const keep = (body: string, binary: boolean) => {
		const headers = [...response.headers].filter(([name, value]) => event.keepHeader?.(name, value));
		const { status, statusText } = response;
		if (!kept.some((other) => other.key === key)) kept.push({ key, status, statusText, headers, body, binary });
	};
	const text = async () => {
		const body = await response.text();
		keep(body, false);
		return body;
	};
	if (name === "text") return text;
	if (name === "json") return async () => JSON.parse(await text());
	if (name === "arrayBuffer" || name === "bytes" || name === "blob")
		return async () => {
			const bytes = new Uint8Array(await response.arrayBuffer());
			keep(base64(bytes), true);
			if (name === "bytes") return bytes;
			const type = response.headers.get("content-type") ?? "";
			return name === "blob" ? new Blob([bytes], { type }) : bytes.buffer;
		};
	const value: unknown = Reflect.get(response, name, response);
	return typeof value === "function" ? value.bind(response) : value;
}

function base64(bytes: Uint8Array): string {
	let text = "";
	for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
	return btoa(text);
}

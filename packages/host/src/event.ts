/** `event`: a request and what belongs to it. Everything is made when it is first read. */

import type { Cookies, Params, RequestEvent } from "../../client/src/types.ts";
import { Target, type Call } from "./abi.ts";
import { CookieJar } from "./cookies.ts";
import type { Host } from "./host.ts";
import { fetchFor } from "./fetch.ts";

/** The number of requests that may be nested by `event.fetch` of endpoints that call each other. */
export const MAX_DEPTH = 16;

/** The implementation of `RequestEvent`; also what the host itself reads a request from. */
export class Event implements RequestEvent {
	readonly host: Host;
	readonly call: Call;
	/** The route's number, -1 where none matched. */
	readonly number: number;
	params: Params;
	readonly route: { readonly id: string | null };
	locals = {} as App.Locals;
	/** How many requests of the app to itself are around this one. */
	readonly depth: number;
	/** Which headers of a universal load's fetches go to the browser. */
	keepHeader: ((name: string, value: string) => boolean) | null = null;

	#url: URL | null = null;
	#request: Request | null = null;
	#cookies: CookieJar | null = null;
	#headers: string[] | null = null;
	#fetch: typeof fetch | null = null;
	/** Set when the head of the response has left. */
	#sent = false;

	constructor(host: Host, call: Call, number: number, params: Params, depth: number) {
		this.host = host;
		this.call = call;
		this.number = number;
		this.params = params;
		this.route = { id: number < 0 ? null : host.app.routes[number]!.id };
		this.depth = depth;
	}

	get url(): URL {
		return (this.#url ??= pageUrl(this.call, this.host.app.routes[this.number]?.page?.trailingSlash ?? "never"));
	}

	get request(): Request {
		return (this.#request ??= makeRequest(this.call, this.url));
	}

	get cookies(): Cookies {
		return this.jar;
	}

	get jar(): CookieJar {
		return (this.#cookies ??= new CookieJar(this.call.header("cookie"), this.url));
	}

	get fetch(): typeof fetch {
		return (this.#fetch ??= fetchFor(this));
	}

	get platform(): undefined {
		return undefined;
	}

	get isDataRequest(): boolean {
		return this.call.target === Target.Data;
	}

	get isSubRequest(): boolean {
		return this.depth > 0;
	}

	get getClientAddress(): () => string {
		return () => {
			if (this.call.client === "") throw new Error("getClientAddress: the address of the client is not known");
			return this.call.client;
		};
	}

	get setHeaders(): (headers: Record<string, string>) => void {
		return (headers) => {
			const set = (this.#headers ??= []);
			for (const name in headers) {
				const lower = name.toLowerCase();
				if (lower === "set-cookie") throw new Error("setHeaders: use event.cookies.set for set-cookie");
				if (this.#sent) throw new Error(`setHeaders: "${name}" comes too late, the response has begun`);
				if (set.some((other, i) => i % 2 === 0 && other === lower))
					throw new Error(`setHeaders: "${name}" is set already; only one load or endpoint may set it`);
				set.push(lower, String(headers[name]));
			}
		};
	}

	/** The headers of the response: `first`, then those that `setHeaders` and `cookies` set. */
	flush(first: string[]): string[] {
		for (let i = 0, set = this.#headers; set && i < set.length; i += 2) {
			const at = first.findIndex((name, j) => j % 2 === 0 && name === set[i]);
			first.splice(at < 0 ? first.length : at, at < 0 ? 0 : 2, set[i]!, set[i + 1]!);
		}
		this.#cookies?.flush(first);
		return first;
	}

	/** The response is for one browser only, unless the app has said itself how it may be kept. */
	personal(): void {
		const set = (this.#headers ??= []);
		if (!set.some((name, i) => i % 2 === 0 && name === "cache-control")) set.push("cache-control", "private, no-cache");
	}

	/** From now on headers are refused. */
	close(): void {
		this.#sent = true;
	}
}

const SUFFIX = "/__data.json";

/** The URL of the page that a request is about: of a data request without what makes it one. */
function pageUrl(call: Call, slash: "never" | "always" | "ignore"): URL {
	const url = new URL(call.url);
	if (call.target !== Target.Data) return url;
	const always = slash === "always" || (slash === "ignore" && url.searchParams.get("x-wellhead-slash") === "1");
	let path = url.pathname.endsWith(SUFFIX) ? url.pathname.slice(0, -SUFFIX.length) : url.pathname;
	if (path === "" || (always && !path.endsWith("/"))) path += "/";
	url.pathname = path;
	url.searchParams.delete("x-wellhead-invalidated");
	url.searchParams.delete("x-wellhead-slash");
	return url;
}

function makeRequest(call: Call, url: URL): Request {
	const flat = call.headers();
	const headers = new Headers();
	for (let i = 0; i < flat.length; i += 2) if (!flat[i]!.startsWith(":")) headers.append(flat[i]!, flat[i + 1]!);
	const body = call.method === "GET" || call.method === "HEAD" ? null : call.body();
	const init: RequestInit & { duplex?: "half" } = { method: call.method, headers, body, signal: call.signal };
	if (body) init.duplex = "half";
	return new Request(url, init);
}

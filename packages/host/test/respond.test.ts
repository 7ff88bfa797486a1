/** The host alone, with an adapter that knows no framework. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, unflatten } from "devalue";
import { error, json, redirect, sequence, text } from "../../client/src/index.ts";
import * as withoutComponents from "../../client/src/plain.ts";
import type { Handle, LoadEvent, RequestEvent, ServerLoadEvent } from "../../client/src/types.ts";
import { fake, header, plainAdapter } from "./harness/fake.ts";

test("a page whose loads are synchronous is answered without a promise", async () => {
	const site = fake({ pages: { "/": {}, "/load": { server: { load: () => ({ a: 1 }) }, universal: { load: ({ data }: { data: object }) => ({ ...data, b: 2 }) } } } });
	assert.equal(site.respond(site.call("/")) instanceof Promise, true, "modules are loaded by the first request");
	await site.ask("/");
	await site.ask("/load");
	const reply = site.respond(site.call("/"));
	assert.equal(reply instanceof Promise, false);
	const loaded = site.respond(site.call("/load"));
	assert.equal(loaded instanceof Promise, false);
	assert.match(String((loaded as Awaited<typeof loaded>).body), /{"a":1,"b":2}/);
});

for (const [kind, path] of [["server", "/"], ["server", "/__data.json"], ["universal", "/"]] as const)
	test(`${kind} loads run at once, and parent() waits: ${path}`, async () => {
		const order: string[] = [];
		let release!: () => void;
		const gate = new Promise<void>((resolve) => (release = resolve));
		const root = async () => {
			order.push("root begins");
			await gate;
			order.push("root ends");
			return { root: 1 };
		};
		const page = async ({ parent }: LoadEvent | ServerLoadEvent) => {
			order.push("page begins");
			release();
			const data = await parent();
			order.push("page goes on");
			return { sum: (data["root"] as number) + 1 };
		};
		const site = fake({ root: { [kind]: { load: root } }, pages: { "/": { [kind]: { load: page } } } });
		const reply = await site.ask(path);
		assert.deepEqual(order, ["root begins", "page begins", "root ends", "page goes on"]);
		if (path !== "/") {
			const { nodes } = JSON.parse(reply.text) as { nodes: { data: unknown[]; uses: { parent: boolean } }[] };
			assert.deepEqual(nodes.map(({ data, uses }) => [unflatten(data), uses.parent]), [[{ root: 1 }, false], [{ sum: 2 }, true]]);
			return;
		}
		assert.match(reply.text, /{"root":1,"sum":2}/);
		const { nodes } = parse(reply.state) as { nodes: ({ uses: { parent: boolean } } | null)[] };
		assert.deepEqual(nodes.map((node) => node?.uses.parent), kind === "server" ? [false, true] : [undefined, undefined]);
	});

test("uses name what a load read, and nothing that it read untracked", async () => {
	const load = ({ params, url, route, untrack, depends }: ServerLoadEvent) => {
		depends("app:thing");
		return { a: params["a"], q: url.searchParams.get("q"), id: route.id, b: untrack(() => url.pathname + params["b"]) };
	};
	const site = fake({ pages: { "/[a]/[b]": { server: { load } } } });
	const { state } = await site.ask("/x/y?q=1");
	const [, node] = (parse(state) as { nodes: { uses: object }[] }).nodes;
	assert.deepEqual(node!.uses, { params: ["a"], url: false, search: ["q"], route: true, parent: false, dependencies: ["app:thing"] });
});

test("a value that cannot cross names its path and its load", async () => {
	class User {}
	const site = fake({ pages: { "/u": { server: { load: () => ({ user: { created: () => 1 } }) } }, "/c": { server: { load: () => ({ list: [new User()] }) } } } });
	const one = await site.ask("/u");
	assert.equal(one.status, 500);
	assert.match(String(one.reported[0]), /data\.user\.created from load in node 2 \(route "\/u"\) cannot cross.*function.*src\/hooks\.ts/);
	const two = await site.ask("/c");
	assert.match(String(two.reported[0]), /data\.list\[0\] from load in node 3 \(route "\/c"\) cannot cross/);
	const data = await site.ask("/u/__data.json");
	assert.match(data.text, /"error":{"message":"Internal Error","trace":"t"},"status":500/);
	assert.match(String(data.reported[0]), /data\.user\.created/);
});

test("a promise's value that cannot cross names its path and its load, in the page and in data; the others go on", async () => {
	class User {}
	const later = <T>(value: T) => Promise.resolve(value);
	const load = () => ({
		soon: later({ x: () => 1 }),
		value: later({ value: new User() }),
		list: [new Map([["key", later(Symbol("own"))]])],
		outer: later({ inner: later({ deep: [() => 1] }), fine: true }),
	});
	const site = fake({
		root: { server: { load: () => ({ root: later(() => 1) }) } },
		pages: { "/late": { server: { load } } },
	});
	const expected = [
		/^Error: data\.root from load in node 0 \(route "\/late"\) cannot cross to the browser: .*function.*src\/hooks\.ts/,
		/^Error: data\.soon\.x from load in node 2 \(route "\/late"\) cannot cross to the browser: .*function.*src\/hooks\.ts/,
		/^Error: data\.value\.value from load in node 2/,
		/^Error: data\.list\[0\]\.get\("key"\) from load in node 2 .*Symbol/,
		/^Error: data\.outer\.inner\.deep\[0\] from load in node 2/,
	];
	const page = await site.ask("/late");
	const data = await site.ask("/late/__data.json");
	for (const { reported } of [page, data]) {
		assert.equal(reported.length, expected.length);
		for (const [i, pattern] of expected.entries()) assert.match(String(reported[i]), pattern);
	}
	const inPage = page.late.map((text) => parse(text, { Promise: (id: number) => `promise ${id}` }) as { id: number; error?: object });
	const inData = data.text.trim().split("\n").slice(1).map((line) => JSON.parse(line) as { id: number; error?: unknown[] });
	assert.deepEqual(inPage.find(({ id }) => id === 5), { id: 5, value: { inner: "promise 6", fine: true } });
	for (const id of [1, 2, 3, 4, 6]) {
		assert.deepEqual(inPage.find((late) => late.id === id), { id, error: { message: "Internal Error", trace: "t" } });
		assert.deepEqual(unflatten(inData.find((late) => late.id === id)!.error!), { message: "Internal Error", trace: "t" });
	}
});

test("a promise whose error cannot cross either is told as one, and both are reported", async () => {
	const handleError = () => ({ message: "oh", why: () => 1 });
	const site = fake({ hooks: { handleError }, pages: { "/": { server: { load: () => ({ bad: Promise.reject(new Error("first")) }) } } } });
	const { late, reported } = await site.ask("/");
	assert.deepEqual(late.map((text) => parse(text) as object), [{ id: 1, error: { message: "Internal Error" } }]);
	assert.deepEqual(reported.map(String), ["Error: first", "DevalueError: Cannot stringify a function"]);
});

test("a load must return a plain object", async () => {
	const site = fake({ pages: { "/": { server: { load: () => new Map() } } } });
	const reply = await site.ask("/");
	assert.equal(reply.status, 500);
	assert.match(String(reply.reported[0]), /must return a plain object, not an instance of Map/);
});

test("values keep their type, their identity and their cycles on the way", async () => {
	class Money {
		constructor(readonly cents: number) {}
	}
	const data = (): Record<string, unknown> => {
		const shared = { name: "shared" };
		const cycle: Record<string, unknown> = { shared };
		cycle["self"] = cycle;
		return { date: new Date(5), map: new Map([["k", new Set([1])]]), big: 2n ** 80n, none: undefined, nan: NaN, bytes: new Uint8Array([1, 2]), url: new URL("http://a.test/b"), shared, cycle, money: new Money(7), evil: "</script><!--\u2028" };
	};
	const transport = { Money: { encode: (value: unknown) => value instanceof Money && [value.cents], decode: ([cents]: [number]) => new Money(cents) } };
	const site = fake({ pages: { "/": { server: { load: data } } }, shared: { transport }, adapter: { ...plainAdapter, render: () => ({ head: "", body: "" }) } });
	const { state, reported } = await site.ask("/");
	assert.deepEqual(reported, []);
	assert.doesNotMatch(state, /<|\u2028/);
	const [, node] = (parse(state, { Money: transport.Money.decode }) as { nodes: { data: ReturnType<typeof data> }[] }).nodes;
	const cycle = node!.data["cycle"] as Record<string, unknown>;
	assert.deepEqual({ ...node!.data, cycle: 0 }, { ...data(), cycle: 0 });
	assert.equal(cycle["self"], cycle);
	assert.equal(cycle["shared"], node!.data["shared"]);
});

test("promises follow in the order in which they settle, also those inside others; errors tell nothing", async () => {
	const later = <T>(turns: number, value: T): Promise<T> => (turns === 0 ? Promise.resolve(value) : Promise.resolve().then(() => later(turns - 1, value)));
	const load = () => ({ slow: later(50, { inner: later(100, "inner") }), bad: Promise.reject(new Error("secret")), told: Promise.resolve().then(() => error(418, "teapot")) });
	const site = fake({ pages: { "/": { server: { load } } } });
	const reply = await site.ask("/");
	const late = reply.late.map((text) => parse(text, { Promise: (id: number) => `promise ${id}` }) as object);
	assert.deepEqual(late, [
		{ id: 2, error: { message: "Internal Error", trace: "t" } },
		{ id: 3, error: { message: "teapot" } },
		{ id: 1, value: { inner: "promise 4" } },
		{ id: 4, value: "inner" },
	]);
	assert.equal(reply.reported.length, 1);
});

test("a promise that rejects while another load runs does no harm", async () => {
	const unhandled: unknown[] = [];
	const listen = (reason: unknown) => unhandled.push(reason);
	process.on("unhandledRejection", listen);
	const site = fake({
		root: { server: { load: async () => ({ deep: { list: [Promise.reject(new Error("early"))] } }) } },
		pages: { "/": { server: { load: () => new Promise((resolve) => setTimeout(() => resolve({}), 5)) } } },
	});
	const { late } = await site.ask("/");
	assert.equal(late.length, 1);
	process.off("unhandledRejection", listen);
	assert.deepEqual(unhandled, []);
});

test("handle goes around everything, and sequence puts hooks in order", async () => {
	const order: string[] = [];
	const note = (name: string): Handle => async ({ event, resolve }) => {
		order.push(`${name} in`);
		event.locals = { ...event.locals, [name]: true };
		const response = await resolve(event);
		order.push(`${name} out`);
		response.headers.set(`x-${name}`, "yes");
		return response;
	};
	const site = fake({
		hooks: { handle: sequence(note("a"), note("b")) },
		pages: { "/": { server: { load: ({ locals }: ServerLoadEvent) => ({ locals, late: Promise.resolve(1) }) } } },
		endpoints: { "/e": { GET: () => text("plain") } },
	});
	const reply = await site.ask("/");
	assert.deepEqual(order, ["a in", "b in", "b out", "a out"]);
	assert.equal(reply.shape, 1);
	assert.deepEqual([header(reply, "x-a"), header(reply, "x-b"), header(reply, "content-type")], ["yes", "yes", undefined]);
	assert.match(reply.text, /"locals":{"a":true,"b":true}/);
	assert.equal(reply.late.length, 1);
	const endpoint = await site.ask("/e");
	assert.equal(endpoint.text, "plain");
	assert.equal(header(endpoint, "x-a"), "yes");
});

test("handle may answer itself, wrap a page in another response, redirect and fail", async () => {
	const handle: Handle = async ({ event, resolve }) => {
		if (event.url.pathname === "/own") return new Response("own", { status: 202 });
		if (event.url.pathname === "/away") redirect(303, "/elsewhere?ü");
		if (event.url.pathname === "/secret") error(401, "Log in first");
		if (event.url.pathname === "/chunk") return resolve(event, { transformPageChunk: ({ html }) => html });
		if (event.url.pathname === "/read") return new Response(`[${await (await resolve(event)).text()}]`, { headers: { "content-type": "text/html" } });
		const response = await resolve(event);
		return new Response(response.body, { status: 203, headers: { "x-new": "1" } });
	};
	const site = fake({ hooks: { handle }, pages: { "/": {}, "/own": {}, "/away": {}, "/secret": {}, "/chunk": {}, "/read": {} } });
	const page = await site.ask("/");
	assert.deepEqual([page.shape, page.status, header(page, "x-new")], [1, 203, "1"]);
	const own = await site.ask("/own");
	assert.deepEqual([own.shape, own.status, own.text], [0, 202, "own"]);
	const away = await site.ask("/away");
	assert.deepEqual([away.status, header(away, "location")], [303, "/elsewhere?%C3%BC"]);
	assert.match((await site.ask("/away/__data.json")).text, /{"type":"redirect","location":"\/elsewhere\?ü"}/);
	const secret = await site.ask("/secret");
	assert.deepEqual([secret.status, secret.shape, secret.body], [401, 2, "Log in first"]);
	const chunk = await site.ask("/chunk");
	assert.equal(chunk.status, 500);
	assert.match(String(chunk.reported[0]), /transformPageChunk is not supported.*%wellhead\.lang%/);
	const read = await site.ask("/read");
	assert.deepEqual([read.shape, read.text], [0, "[root>page|200||{}]"]);
});

test("cookies: defaults, reading back, deleting, and a path is needed", async () => {
	const GET = ({ cookies }: RequestEvent) => {
		const before = cookies.get("a");
		cookies.set("a", "b c;", { path: "/" });
		cookies.set("plain", "x", { path: "", httpOnly: false, secure: true, sameSite: "none", maxAge: 60 });
		cookies.delete("old", { path: "/" });
		return json({ before, after: cookies.get("a"), old: cookies.get("old") ?? null, all: cookies.getAll() });
	};
	const bad = ({ cookies }: RequestEvent) => {
		cookies.set("a", "b", {} as { path: string });
		return text("");
	};
	const site = fake({ endpoints: { "/e/x": { GET }, "/bad": { GET: bad } } });
	const reply = await site.ask("/e/x", { headersIn: { cookie: 'a=1%202; old=o; q="quoted"' } });
	assert.deepEqual(JSON.parse(reply.text), {
		before: "1 2",
		after: "b c;",
		old: null,
		all: [
			{ name: "a", value: "b c;" },
			{ name: "q", value: "quoted" },
			{ name: "plain", value: "x" },
		],
	});
	const set = reply.headers.filter((_, i) => reply.headers[i - 1] === "set-cookie");
	assert.deepEqual(set, [
		"a=b%20c%3B; Path=/; HttpOnly; SameSite=Lax",
		"plain=x; Path=/e/; Max-Age=60; Secure; SameSite=None",
		"old=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax",
	]);
	const refused = await site.ask("/bad");
	assert.match(String(refused.reported[0]), /give "a" a path/);
});

test("event.fetch calls own endpoints with cookies and authorization, and takes over what they set", async () => {
	const inner = async ({ request, cookies, isSubRequest }: RequestEvent) => {
		cookies.set("fresh", "1", { path: "/" });
		return json({ method: request.method, body: await request.text(), cookie: request.headers.get("cookie"), auth: request.headers.get("authorization"), isSubRequest });
	};
	const load = async ({ fetch, cookies }: ServerLoadEvent) => {
		cookies.set("set", "by load", { path: "/" });
		const response = await fetch("api/inner", { method: "POST", body: "hi" });
		return { inner: (await response.json()) as unknown, fresh: cookies.get("fresh") };
	};
	const site = fake({ pages: { "/": { server: { load } } }, endpoints: { "/api/inner": { POST: inner } } });
	const reply = await site.ask("/", { headersIn: { cookie: "a=1", authorization: "Bearer x" } });
	const data = JSON.parse(reply.text.split("|").at(-1)!) as unknown;
	assert.deepEqual(data, { inner: { method: "POST", body: "hi", cookie: "a=1; set=by%20load", auth: "Bearer x", isSubRequest: true }, fresh: "1" });
	assert.equal(reply.headers.filter((name) => name === "set-cookie").length, 2);
});

test("handleFetch sees every request, and endpoints that call each other come to an end", async () => {
	const seen: string[] = [];
	const handleFetch = ({ request, fetch }: { request: Request; fetch: typeof globalThis.fetch }) => {
		seen.push(request.url);
		return request.url.includes("other") ? new Response("hooked") : fetch(request);
	};
	const site = fake({
		hooks: { handleFetch },
		endpoints: {
			"/e": { GET: async ({ fetch }: RequestEvent) => text(await (await fetch("http://other.test/x")).text()) },
			"/loop": { GET: ({ fetch }: RequestEvent) => fetch("/loop") },
			"/to": { GET: () => redirect(307, "/e") },
			"/follow": { GET: ({ fetch }: RequestEvent) => fetch("/to") },
		},
	});
	assert.equal((await site.ask("/e")).text, "hooked");
	assert.deepEqual(seen, ["http://other.test/x"]);
	assert.equal((await site.ask("/follow")).text, "hooked");
	const loop = await site.ask("/loop");
	assert.equal(loop.status, 500);
	assert.match(String(loop.reported[0]), /calls itself/);
});

test("setHeaders: once each, not set-cookie", async () => {
	const load = (headers: Record<string, string>) => ({ server: { load: ({ setHeaders }: ServerLoadEvent) => void setHeaders(headers) } });
	const root = { server: { load: ({ setHeaders, url }: ServerLoadEvent) => void setHeaders(url.pathname === "/twice" ? { "Cache-Control": "no-cache" } : {}) } };
	const site = fake({ root, pages: { "/": load({ "Cache-Control": "max-age=1" }), "/twice": load({ "cache-control": "x" }), "/cookie": load({ "Set-Cookie": "x" }) } });
	assert.equal(header(await site.ask("/"), "cache-control"), "max-age=1");
	assert.match(String((await site.ask("/twice")).reported[0]), /"cache-control" is set already/);
	assert.match(String((await site.ask("/cookie")).reported[0]), /event.cookies.set/);
});

test("endpoints: fallback, HEAD from GET, streams, errors as JSON or as a page", async () => {
	const stream = () =>
		new Response(
			new ReadableStream({
				start(controller) {
					for (const part of ["one", "two"]) controller.enqueue(new TextEncoder().encode(part));
					controller.close();
				},
			}),
			{ headers: { "x-stream": "1" } },
		);
	const site = fake({
		endpoints: {
			"/s": { GET: stream },
			"/f": { fallback: ({ request }: RequestEvent) => text(request.method) },
			"/x": { GET: () => error(409, { message: "no", code: 7 } as App.Error) },
			"/y": { GET: () => "not a response" },
		},
	});
	const streamed = await site.ask("/s");
	assert.deepEqual([streamed.text, header(streamed, "x-stream")], ["onetwo", "1"]);
	assert.equal((await site.ask("/s", { method: "HEAD" })).status, 200);
	assert.equal((await site.ask("/f", { method: "PROPFIND" as string, headersIn: { "content-type": "application/xml" } })).text, "PROPFIND");
	const failed = await site.ask("/x", { headersIn: { accept: "application/json" } });
	assert.deepEqual([failed.status, failed.text], [409, '{"message":"no","code":7}']);
	const wrong = await site.ask("/y", { headersIn: { accept: "*/*" } });
	assert.equal(wrong.text, '{"message":"Internal Error","trace":"t"}');
	assert.match(String(wrong.reported[0]), /must return a Response/);
});

test("handleError makes the message, and its own failure does no harm", async () => {
	const handleError = ({ error, status, message }: { error: Error; status: number; message: string }) => {
		if (error.message === "twice") throw new Error("in handleError");
		return { message: `${status} ${message}: ask for help` };
	};
	const site = fake({
		hooks: { handleError },
		pages: {
			"/": { server: { load: () => { throw new Error("once"); } } },
			"/twice": { server: { load: () => { throw new Error("twice"); } } },
		},
	});
	assert.match((await site.ask("/")).text, /\|500\|500 Internal Error: ask for help\|/);
	const twice = await site.ask("/twice");
	assert.match(twice.text, /\|500\|Internal Error\|/);
	assert.equal(twice.reported.length, 2);
	assert.match((await site.ask("/none")).text, /\|404\|404 Not Found: ask for help\|/);
});

test("where the error page fails too, the server's own stands in", async () => {
	const site = fake({ root: { component: { default: () => { throw new Error("layout"); } } }, pages: { "/": {} } });
	const reply = await site.ask("/");
	assert.deepEqual([reply.shape, reply.status, reply.body], [2, 500, "Internal Error"]);
	const load = fake({ root: { server: { load: () => error(503, "closed") } }, pages: { "/": {} } });
	const closed = await load.ask("/");
	assert.deepEqual([closed.shape, closed.status, closed.body], [2, 503, "closed"]);
});

test("hooks that fail to load are told to every request", async () => {
	const site = fake({ hooks: { init: () => { throw new Error("no database"); } }, pages: { "/": {} } });
	for (let i = 0; i < 2; i++) {
		const reply = await site.ask("/");
		assert.deepEqual([reply.shape, reply.status], [2, 500]);
		assert.match(String(reply.reported[0]), /no database/);
	}
});

test("reroute sends a path to another route, base and trailing slash are kept", async () => {
	const load = ({ url, params, route }: ServerLoadEvent) => ({ path: url.pathname, params, id: route.id });
	const reroute = ({ url }: { url: URL }) => (url.pathname === "/app/alt" ? "/app/about/x" : undefined);
	const site = fake({ base: "/app", shared: { reroute }, pages: { "/about/[a]": { server: { load } }, "/dir": { server: { load }, trailingSlash: "always" } } });
	assert.match((await site.ask("/app/alt")).text, /{"path":"\/app\/alt","params":{"a":"x"},"id":"\/about\/\[a\]"}/);
	assert.match((await site.ask("/app/alt/__data.json")).text, /about/);
	assert.match((await site.ask("/app/dir/__data.json")).text, /"\/app\/dir\/"/);
});

test("a matcher decides which part an optional parameter takes", async () => {
	const load = ({ params }: ServerLoadEvent) => ({ ...params });
	const site = fake({ matchers: { lang: (value) => /^(de|en)$/.test(value) }, pages: { "/[[lang=lang]]/[...rest]": { server: { load } } } });
	assert.match((await site.ask("/fr/home")).text, /{"rest":"fr\/home"}/);
	assert.match((await site.ask("/de/home")).text, /{"lang":"de","rest":"home"}/);
});

test("the head of a slow render leaves once handle has seen it", async () => {
	let finish!: () => void;
	const gate = new Promise<void>((resolve) => (finish = resolve));
	const slow = { ...plainAdapter, async render(...args: Parameters<typeof plainAdapter.render>) { await gate; return plainAdapter.render(...args); } };
	const handle: Handle = async ({ event, resolve }) => {
		const response = await resolve(event);
		response.headers.set("x-hooked", "1");
		return response;
	};
	const site = fake({ hooks: { handle }, adapter: slow, pages: { "/": {} } });
	const early = new Promise<{ status: number; headers: readonly string[] }>((resolve) => {
		const call = site.call("/", { early: (status, headers) => resolve({ status, headers }) });
		void Promise.resolve(site.respond(call)).then((reply) => assert.match(String(reply.body), /root>page/));
	});
	const { status, headers } = await early;
	assert.deepEqual([status, headers.includes("x-hooked")], [200, true]);
	finish();
});

test("a page that fails after its head has left, and its error page too, says what the server's own page would", async () => {
	const ask = async (message: string, traceId: string) => {
		let left!: () => void;
		const head = new Promise<void>((resolve) => (left = resolve));
		const render = async () => {
			await head;
			throw new Error("secret");
		};
		const site = fake({ hooks: { handleError: () => ({ message }) }, adapter: { ...plainAdapter, render }, pages: { "/": {} } });
		const reply = await site.ask("/", { traceId, early: left });
		assert.deepEqual([reply.shape, reply.status, reply.state], [1, 500, ""]);
		assert.deepEqual(reply.reported.map(String), ["Error: secret", "Error: secret"]);
		return reply.text;
	};
	const trace = "0123456789abcdef0123456789abcdef";
	assert.equal(await ask("<b>Sorry</b> & so on", trace), `<h1>500</h1>\n<p>&lt;b>Sorry&lt;/b> &amp; so on</p>\n<p><code>trace ${trace}</code></p>`);
	assert.equal(await ask("Sorry", "<&"), "<h1>500</h1>\n<p>Sorry</p>\n<p><code>trace &lt;&amp;</code></p>");
	assert.equal(await ask("Sorry", ""), "<h1>500</h1>\n<p>Sorry</p>");
});

test("url in a load is a copy: writing to it changes nobody else's, its hash is out of reach", async () => {
	const load = ({ url }: ServerLoadEvent) => {
		url.searchParams.set("q", "changed");
		url.pathname = "/elsewhere";
		return { href: url.href };
	};
	const universal = ({ url, data }: { url: URL; data: object }) => ({ ...data, path: url.pathname, query: [...url.searchParams], whole: String(url) });
	const site = fake({ pages: { "/a": { server: { load }, universal: { load: universal } }, "/hash": { universal: { load: ({ url }: { url: URL }) => ({ hash: url.hash }) } } } });
	const { text } = await site.ask("/a?q=1");
	assert.match(text, /{"href":"http:\/\/localhost\/elsewhere\?q=changed","path":"\/a","query":\[\["q","1"\]\],"whole":"http:\/\/localhost\/a\?q=1"}/);
	assert.match(String((await site.ask("/hash")).reported[0]), /url.hash cannot be read in load/);
});

test("an error of handle gives the server's own page, as no load may run without what it does", async () => {
	let loads = 0;
	const handle = () => {
		throw new Error("in handle");
	};
	const site = fake({ hooks: { handle }, root: { server: { load: () => void loads++ } }, pages: { "/": {} } });
	const reply = await site.ask("/");
	assert.deepEqual([reply.shape, reply.status, reply.body, loads], [2, 500, "Internal Error", 0]);
	assert.match((await site.ask("/__data.json")).text, /{"type":"error","status":500,"error":{"message":"Internal Error","trace":"t"}}/);
});

test("of a universal load's fetch the body crosses, and of its headers those that handle keeps", async () => {
	const load = async ({ fetch }: { fetch: typeof globalThis.fetch }) => {
		const one = await (await fetch("/e?a")).json();
		const two = new Uint8Array(await (await fetch("/e?b")).arrayBuffer()).length;
		await fetch("/e?unread");
		const posted = await (await fetch("/e", { method: "POST", body: "x" })).text();
		return { one, two, posted };
	};
	const endpoints = { "/e": { GET: () => json({ a: 1 }, { headers: { "x-keep": "1", "x-drop": "2" } }), POST: async ({ request }: RequestEvent) => text(await request.text()) } };
	const handle: Handle = ({ event, resolve }) => resolve(event, { filterSerializedResponseHeaders: (name) => name === "x-keep" });
	const site = fake({ hooks: { handle }, pages: { "/": { universal: { load } } }, endpoints });
	const { state, text: body } = await site.ask("/");
	assert.match(body, /{"one":{"a":1},"two":7,"posted":"x"}/);
	const { fetched } = parse(state) as { fetched: object[] };
	assert.deepEqual(fetched, [
		{ key: "GET /e?a", status: 200, statusText: "", headers: [["x-keep", "1"]], body: '{"a":1}', binary: false },
		{ key: "GET /e?b", status: 200, statusText: "", headers: [["x-keep", "1"]], body: "eyJhIjoxfQ==", binary: true },
		{ key: "POST /e x", status: 200, statusText: "", headers: [], body: "x", binary: false },
	]);
});

test("the environment's public variables come with the state, where there are any", async () => {
	const ask = async (publicEnv: Record<string, string>) => parse((await fake({ pages: { "/": {} }, publicEnv }).ask("/")).state) as { env?: object };
	assert.deepEqual((await ask({ PUBLIC_A: "1" })).env, { PUBLIC_A: "1" });
	assert.equal("env" in (await ask({})), false);
});

test("a live page of an app without components that does not mount is an error page, rendered here", async () => {
	const site = fake({ pages: { "/": { live: "src/routes/+live.ts" } }, adapter: withoutComponents });
	for (const node of await Promise.all(site.app.nodes.map((load) => load()))) delete (node as { component?: unknown }).component;
	const reply = await site.ask("/", { mount: async () => JSON.stringify({ error: { message: "There is no <room>", status: 404 } }) });
	assert.equal(reply.status, 404);
	assert.match(reply.text, /<h1>404<\/h1><p>There is no &lt;room><\/p>/);
	const shown = { html: "<p>here</p>", token: "t", digest: "0", marks: [], page: "p", socket: "/-/live" };
	assert.match((await site.ask("/", { mount: async () => JSON.stringify(shown) })).text, /<p>here<\/p>/);
});

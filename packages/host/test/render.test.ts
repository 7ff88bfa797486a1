/** The fixture site without a browser: what comes over HTTP. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { build, type BuiltApp } from "./harness/build.ts";
import { serve, type Served } from "./harness/serve.ts";

let app: BuiltApp;
let site: Served;

before(async () => {
	app = await build("host/test/fixtures/site");
	site = await serve(app);
});
after(async () => {
	await site.close();
	app.dispose();
});

const get = async (path: string, init?: RequestInit) => {
	const response = await fetch(site.url + path, { headers: { accept: "text/html" }, redirect: "manual", ...init });
	return { status: response.status, headers: response.headers, text: await response.text() };
};

test("a page has its layouts, its data and a state that no value can break out of", async () => {
	const { status, text } = await get("/");
	assert.equal(status, 200);
	assert.match(text, /<h1>Home<\/h1>/);
	assert.match(text, /<title>Home<\/title>/);
	const state = /<script type="application\/json" id="wellhead-state">([^]*?)<\/script>/.exec(text)![1]!;
	assert.doesNotMatch(state, /</);
	assert.equal(JSON.parse(state).length > 5, true);
});

test("expected errors show their message, others nothing of the inside", async () => {
	const missing = await get("/blog/missing");
	assert.equal(missing.status, 404);
	assert.match(missing.text, /Blog error 404[^]*No such post/);
	const before = site.reported.length;
	const crash = await get("/blog/crash");
	assert.equal(crash.status, 500);
	assert.match(crash.text, /Blog error 500[^]*Internal Error/);
	assert.doesNotMatch(crash.text, /secret/);
	assert.match(String(site.reported[before]), /secret detail/);
	const nowhere = await get("/nowhere/at/all");
	assert.equal(nowhere.status, 404);
	assert.match(nowhere.text, /<p id="user">guest<\/p>[^]*<h1>404<\/h1>[^]*Not Found/);
});

test("a component that throws gives the nearest error page with status 500", async () => {
	const { status, text } = await get("/broken");
	assert.equal(status, 500);
	assert.match(text, /<p id="user">guest<\/p>[^]*<h1>500<\/h1>/);
	assert.doesNotMatch(text, /component failed/);
});

test("a redirect of a load is one of the response", async () => {
	const { status, headers } = await get("/moved");
	assert.equal(status, 307);
	assert.equal(headers.get("location"), "/blog/first");
});

test("data requests answer in lines: what was asked for, redirects, errors, late values", async () => {
	const all = JSON.parse((await get("/blog/first/__data.json")).text) as { type: string; nodes: unknown[] };
	assert.equal(all.type, "data");
	assert.equal(all.nodes.length, 3);
	assert.equal(all.nodes[1], null);
	const { headers, text } = await get("/blog/first/__data.json?x-wellhead-invalidated=001");
	assert.equal(headers.get("cache-control"), "private, no-store");
	assert.equal(headers.get("x-wellhead-version"), "v1");
	const some = JSON.parse(text) as { nodes: { skip?: true; uses?: { parent: boolean; params: string[] } }[] };
	assert.deepEqual(some.nodes[0], { skip: true });
	assert.equal(some.nodes[2]!.uses!.parent, true);
	assert.deepEqual(some.nodes[2]!.uses!.params, ["slug"]);
	assert.deepEqual(JSON.parse((await get("/moved/__data.json")).text), { type: "redirect", location: "/blog/first" });
	const failed = JSON.parse((await get("/blog/missing/__data.json")).text) as { nodes: unknown[] };
	assert.deepEqual(failed.nodes[2], { error: { message: "No such post" }, status: 404 });
	const nowhere = await get("/nowhere/__data.json");
	assert.equal(nowhere.status, 404);
	assert.deepEqual(JSON.parse(nowhere.text), { type: "error", status: 404, error: { message: "Not Found" } });
	const late = (await get("/late/__data.json")).text.trim().split("\n").map((line) => JSON.parse(line) as { type: string; id?: number });
	assert.deepEqual(late.map(({ type, id }) => [type, id]), [["data", undefined], ["late", 2], ["late", 1]]);
});

test("what a universal load fetched comes with the page", async () => {
	const before = site.requests.length;
	const { text } = await get("/blog/first");
	assert.match(text, /words of first/);
	assert.match(text, /GET \/api\/time\?slug=first/);
	assert.deepEqual(site.requests.slice(before), ["/blog/first"], "the endpoint is called without HTTP");
});

test("pages refuse other methods for now, endpoints name those they have", async () => {
	const post = await get("/", { method: "POST", headers: { origin: site.url, accept: "text/html" }, body: new URLSearchParams("a=b") });
	assert.equal(post.status, 405);
	assert.equal(post.headers.get("allow"), "GET, HEAD, OPTIONS");
	const put = await get("/api/time", { method: "PUT", headers: { origin: site.url } });
	assert.equal(put.status, 405);
	assert.equal(put.headers.get("allow"), "GET, HEAD");
	const head = await get("/api/time", { method: "HEAD" });
	assert.equal(head.status, 200);
	assert.equal(head.headers.get("x-made"), "here");
	// Where a form comes from is the server's to judge: it knows the configuration and the proxies.
	const foreign = await get("/api/time", { method: "POST", headers: { origin: "https://evil.test" }, body: new URLSearchParams("a=b") });
	assert.equal(foreign.status, 405);
});

test("matchers choose among the candidates", async () => {
	assert.match((await get("/num/12")).text, /Number 12/);
	assert.match((await get("/num/twelve")).text, /Name twelve/);
});

test("a page that is not rendered on the server has its state, one that does not run in the browser has none", async () => {
	const spa = (await get("/spa")).text;
	assert.doesNotMatch(spa, /Spa|site/);
	assert.match(spa, /"from":\d+/);
	assert.doesNotMatch((await get("/plain")).text, /wellhead-state/);
});

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

/** Components that await: the head of the response leaves before they are done. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open } from "./harness/browser.ts";
import { build, type BuiltApp } from "./harness/build.ts";
import { serve, type Served } from "./harness/serve.ts";

let app: BuiltApp;
let site: Served;

before(async () => {
	app = await build("host/test/fixtures/async", { asyncComponents: true });
	site = await serve(app);
});
after(async () => {
	await site?.close();
	app?.dispose();
});

test("a page that does not wait for timers goes out whole", async () => {
	const early = site.early;
	const response = await fetch(site.url, { headers: { accept: "text/html" } });
	assert.match(await response.text(), /<h1>quick<\/h1>/);
	assert.equal(site.early, early);
});

test("the head of a slow page leaves first", async () => {
	const early = site.early;
	const response = await fetch(`${site.url}/slow`, { headers: { accept: "text/html" } });
	assert.equal(response.status, 200);
	assert.match(await response.text(), /<h1>slow words<\/h1>[^]*wellhead-state/);
	assert.equal(site.early, early + 1);
});

test("an error after the head comes as the error page under the status that was sent", async () => {
	const response = await fetch(`${site.url}/fails`, { headers: { accept: "text/html" } });
	assert.equal(response.status, 200);
	const text = await response.text();
	assert.match(text, /<h1>500<\/h1>[^]*Internal Error/);
	assert.doesNotMatch(text, /secret/);
	assert.match(String(site.reported.at(-1)), /secret/);
});

test("an error page that awaits too is waited for", async () => {
	const early = site.early;
	const response = await fetch(`${site.url}/around/fails`, { headers: { accept: "text/html" } });
	const text = await response.text();
	assert.match(text, /slow layout[^]*<h1>around 500<\/h1>[^]*Internal Error[^]*wellhead-state/);
	assert.doesNotMatch(text, /secret/);
	assert.equal(site.early, early + 1, "the head leaves once");
});

test("slow pages hydrate", async () => {
	const browser = await launch();
	try {
		for (const path of ["/", "/slow"]) {
			const tab = await open(browser);
			await tab.page.goto(site.url + path);
			await tab.ready();
			await tab.page.click("#n");
			await tab.page.waitForFunction(() => document.querySelector("#n")?.textContent === "n 1");
			assert.equal(await tab.page.textContent("#path"), path);
			assert.deepEqual(tab.problems, []);
			await tab.close();
		}
	} finally {
		await browser.close();
	}
});

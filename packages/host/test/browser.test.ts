/** The fixture site in Chromium. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { launch, open, type Tab } from "./harness/browser.ts";
import { build, type BuiltApp } from "./harness/build.ts";
import { serve, type Served } from "./harness/serve.ts";

let app: BuiltApp;
let site: Served;
let browser: Browser;

before(async () => {
	app = await build("host/test/fixtures/site");
	site = await serve(app);
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await site?.close();
	app?.dispose();
});

/** Runs `drive` in a new tab at a path; the console must stay clean unless it says otherwise. */
async function at(path: string, drive: (tab: Tab) => Promise<void>): Promise<void> {
	const tab = await open(browser);
	try {
		await tab.page.goto(site.url + path);
		await tab.ready();
		await drive(tab);
	} finally {
		await tab.close();
	}
}

test("hydration takes over without a warning and values keep their types", () =>
	at("/", async ({ page, problems }) => {
		await page.click("#count");
		assert.equal(await page.textContent("#count"), "clicked 1");
		assert.equal(await page.textContent("#date"), "1970-01-01T00:00:00.000Z");
		assert.equal(await page.textContent("#map"), "a");
		assert.equal(await page.textContent("#big"), "bigint");
		assert.equal(await page.textContent("#html"), "</script><script>alert(1)</script><!--");
		assert.deepEqual(problems, []);
	}));

test("links navigate without a document, layouts stay mounted, and data comes once", () =>
	at("/", async ({ page, problems }) => {
		await page.click("#layout");
		await page.evaluate(() => ((window as { mark?: boolean }).mark = true));
		await page.click("text=first");
		await page.waitForSelector("#slug");
		assert.equal(await page.textContent("#slug"), "first");
		assert.equal(await page.textContent("#words"), "words of first");
		assert.equal(await page.title(), "Post first");
		assert.equal(await page.textContent("#path"), "/blog/first");
		await page.click("#blog");
		await page.click("text=second");
		await page.waitForFunction(() => document.querySelector("#slug")?.textContent === "second");
		assert.equal(await page.textContent("#words"), "words of second");
		assert.equal(await page.textContent("#blog"), "blog 1");
		assert.equal(await page.textContent("#layout"), "layout clicked 1");
		assert.equal(await page.evaluate(() => (window as { mark?: boolean }).mark), true);
		assert.equal(await page.textContent("#wellhead-announcer"), "Post second");
		assert.deepEqual(problems, []);
	}));

/** An app under a base path, in a production build, with types and hooks of its own. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Site } from "./harness/site.ts";

const site = new Site("host/test/fixtures/based", { base: "/shop", dev: false });

test("own types cross in the page, in data and late", () =>
	site.at("/shop/item/7", async ({ page, problems }) => {
		assert.equal(await page.textContent("#price"), "7.00 €");
		await page.waitForFunction(() => document.querySelector("#later")?.textContent === "0.50 €");
		await page.click("text=home");
		await page.waitForFunction(() => document.querySelector("h1")?.textContent === "Shop");
		await page.click("text=item");
		await page.waitForFunction(() => document.querySelector("#later")?.textContent === "0.50 €");
		assert.equal(await page.textContent("#price"), "7.00 €");
		assert.equal(await page.getAttribute("html", "data-init"), "yes");
		assert.deepEqual(problems, []);
	}));

test("reroute keeps the path and shows another page, in the browser and on the server", async () => {
	await site.at("/shop/short", async ({ page }) => assert.equal(await page.textContent("#price"), "7.00 €"));
	await site.at("/shop/", async ({ page }) => {
		await page.click("text=short");
		await page.waitForSelector("#price");
		assert.equal(await page.textContent("#path"), "/shop/short");
	});
});

test("onNavigate sees the page before and after", () =>
	site.at("/shop/", async ({ page }) => {
		await page.click("text=item");
		await page.waitForFunction(() => document.querySelector("#steps")?.textContent?.includes("complete"));
		assert.equal(await page.textContent("#steps"), "before:Shop after:Item complete:/shop/item/7 ");
	}));

test("what a universal load throws in the browser is told by the hook of the browser, with the document's trace id", () =>
	site.at("/shop/", async ({ page }) => {
		const response = await page.reload();
		await page.click("text=throws");
		await page.waitForFunction(() => document.querySelector("h1")?.textContent === "500");
		const { "x-trace-id": trace } = response!.headers();
		assert.ok((await page.textContent("body"))!.includes(`client: in the browser, document ${trace}`));
		assert.equal(await page.locator("#trace").count(), 0, "the hook decides what is in the error");
	}));

test("links out of the base are the browser's", () =>
	site.at("/shop/", async ({ page }) => {
		await Promise.all([page.waitForURL("**/elsewhere"), page.click("#outside")]);
		assert.equal(await page.textContent("h1"), "404");
	}));

test("an error of a page that is not rendered on the server has its status and its error page", () =>
	site.at("/shop/spa-fails", async ({ page }) => {
		assert.equal(await page.textContent("h1"), "410");
		assert.match((await page.textContent("body"))!, /gone for good/);
	}));

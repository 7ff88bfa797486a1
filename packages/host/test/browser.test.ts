/** Pages in Chromium: hydration, errors, the modes of a page. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tab } from "./harness/browser.ts";
import { Site } from "./harness/site.ts";

const site = new Site("host/test/fixtures/site");

test("hydration takes over without a warning and values keep their types", () =>
	site.at("/", async ({ page, problems }) => {
		await page.click("#count");
		assert.equal(await page.textContent("#count"), "clicked 1");
		assert.equal(await page.textContent("#date"), "1970-01-01T00:00:00.000Z");
		assert.equal(await page.textContent("#map"), "a");
		assert.equal(await page.textContent("#big"), "bigint");
		assert.equal(await page.textContent("#html"), "</script><script>alert(1)</script><!--");
		assert.deepEqual(problems, []);
	}));

test("promises in load data arrive later, with what rejected told by its public message", () =>
	site.at("/late", async ({ page, problems }) => {
		await page.waitForFunction(() => document.querySelector("#soon")?.textContent === "</script>here");
		assert.equal(await page.textContent("#bad"), "Internal Error");
		await page.click("text=home");
		await page.waitForSelector("#count");
		await page.click("text=late");
		await page.waitForFunction(() => document.querySelector("#soon")?.textContent === "</script>here");
		assert.equal(await page.textContent("#bad"), "Internal Error");
		assert.deepEqual(problems, []);
	}));

test("an expected error shows the nearest error page inside its layouts, hydrated", () =>
	site.at("/blog/missing", async ({ page, problems }) => {
		assert.equal(await page.textContent("h1"), "Blog error 404");
		assert.equal(await page.textContent("#message"), "No such post");
		await page.click("#blog");
		assert.equal(await page.textContent("#blog"), "blog 1");
		await page.click("text=first");
		await page.waitForSelector("#slug");
		assert.equal(await page.textContent("#blog"), "blog 1");
		assert.deepEqual(problems, ["Failed to load resource: the server responded with a status of 404 (Not Found)"]);
	}));

test("errors of a navigation show the error page and nothing of the inside", () =>
	site.at("/blog/first", async ({ page, problems }) => {
		await page.evaluate(() => {
			document.querySelector<HTMLAnchorElement>("a[href='/blog/second']")!.href = "/blog/crash";
			document.querySelector<HTMLAnchorElement>("a[href='/late']")!.href = "/blog/missing";
		});
		await page.click("text=second");
		await page.waitForFunction(() => document.querySelector("h1")?.textContent === "Blog error 500");
		assert.equal(await page.textContent("#message"), "Internal Error");
		assert.equal(new URL(page.url()).pathname, "/blog/crash");
		await page.click("text=late");
		await page.waitForFunction(() => document.querySelector("h1")?.textContent === "Blog error 404");
		assert.deepEqual(problems, []);
	}));

test("a component that fails on the server gives the error page, and in the browser too", async () => {
	await site.at("/broken", async ({ page }) => assert.equal(await page.textContent("h1"), "500"));
	await site.at("/", async ({ page }) => {
		await page.click("text=broken");
		await page.waitForFunction(() => document.querySelector("h1")?.textContent === "500");
		assert.equal(await page.textContent("#user"), "guest");
		await page.click("text=first");
		await page.waitForSelector("#slug");
	});
});

test("what fails in the browser only has the document's trace id, where the browser is told of it", async () => {
	const tab = await site.open();
	const { page } = tab;
	const failed = () => page.waitForFunction(() => document.querySelector("h1")?.textContent === "500");
	try {
		const response = await page.goto(`${site.served.url}/browser-broken`);
		await failed();
		assert.equal(await page.textContent("#user"), "guest");
		assert.match((await page.textContent("#trace"))!, /^[0-9a-f]{32}$/);
		assert.equal(await page.textContent("#trace"), response!.headers()["x-trace-id"]);
		// A navigation fetches no document, so the trace id is that of the one that is there.
		const home = await page.goto(site.served.url);
		await tab.ready();
		await page.click("text=broken");
		await failed();
		assert.equal(await page.textContent("#trace"), home!.headers()["x-trace-id"]);
		site.served.timings = false;
		await page.goto(`${site.served.url}/browser-broken`);
		await failed();
		assert.equal(await page.locator("#trace").count(), 0);
		assert.doesNotMatch((await page.textContent("body"))!, /browser only failure/);
	} finally {
		site.served.timings = true;
		await tab.close();
	}
});

test("universal loads of layouts run on the server, while the page hydrates and in a navigation, beside the page's own", async () => {
	const text = await (await fetch(`${site.served.url}/pair`, { headers: { accept: "text/html" }, signal: AbortSignal.timeout(30_000) })).text();
	assert.match(text, /<p id="where">server<\/p>\s*<p id="told">server of guest<\/p>/);
	const shown = (page: Tab["page"]) => Promise.all(["#where", "#told", "#pair-runs"].map((id) => page.textContent(id)));
	await site.at("/pair", async ({ page, problems }) => {
		assert.deepEqual(await shown(page), ["browser", "browser of guest", "1"]);
		await page.click("#other");
		await page.waitForFunction(() => document.querySelector("h1")?.textContent === "Other");
		assert.equal(await page.textContent("#pair-runs"), "1", "nothing that it depends on has changed");
		assert.deepEqual(problems, []);
	});
	await site.at("/", async ({ page, problems }) => {
		await page.evaluate(() => (document.querySelector<HTMLAnchorElement>("a[href='/late']")!.href = "/pair"));
		await page.click("text=late");
		await page.waitForSelector("#told");
		// How often it has run is open: the link was hovered, too.
		assert.deepEqual((await shown(page)).slice(0, 2), ["browser", "browser of guest"]);
		assert.deepEqual(problems, []);
	});
});

test("ssr = false renders in the browser, csr = false only on the server", async () => {
	await site.at("/spa", async ({ page, problems }) => {
		assert.equal(await page.textContent("#where"), "object server true");
		await page.click("#spa");
		assert.equal(await page.textContent("#spa"), "n 1");
		assert.deepEqual(problems, []);
	});
	const tab = await site.open();
	await tab.page.goto(`${site.served.url}/plain`);
	assert.equal(await tab.page.textContent("h1"), "Plain");
	assert.equal(await tab.page.locator("script").count(), 0);
	await tab.close();
});

for (const [option, href, path] of [
	["always", "/slash/always?q=1#end", "/slash/always/?q=1#end"],
	["never", "/blog/first/?q=1#end", "/blog/first?q=1#end"],
	["ignore", "/slash/ignore", "/slash/ignore"],
	["ignore", "/slash/ignore/", "/slash/ignore/"],
] as const)
	test(`trailingSlash "${option}": a link to ${href} leads to ${path}`, () =>
		site.at("/", async ({ page, problems }) => {
			const length = await page.evaluate((href) => {
				document.querySelector<HTMLAnchorElement>("a[href='/late']")!.href = href;
				(window as { mark?: boolean }).mark = true;
				return history.length;
			}, href);
			await page.click("text=late");
			await page.waitForSelector(option === "never" ? "#slug" : "#loaded");
			const url = new URL(page.url());
			assert.equal(url.pathname + url.search + url.hash, path);
			assert.equal(await page.textContent("#path"), url.pathname);
			if (option !== "never") assert.equal(await page.textContent("#loaded"), url.pathname, "its data is that of the same path");
			assert.deepEqual(await page.evaluate(() => [history.length, (window as { mark?: boolean }).mark]), [length + 1, true]);
			assert.deepEqual(problems, []);
		}));

test("matchers choose the route in the browser too", () =>
	site.at("/num/7", async ({ page }) => {
		assert.equal(await page.textContent("h1"), "Number 7");
		await page.evaluate(() => (document.querySelector<HTMLAnchorElement>("a[href='/late']")!.href = "/num/x"));
		await page.click("text=late");
		await page.waitForFunction(() => document.querySelector("h1")?.textContent === "Name x");
	}));

test("the site works without JavaScript", async () => {
	const tab = await site.open({ javaScript: false });
	await tab.page.goto(site.served.url);
	await tab.page.click("text=first");
	assert.equal(await tab.page.textContent("#words"), "words of first");
	await tab.page.goto(`${site.served.url}/search?q=x`);
	await tab.page.fill("input", "hello");
	await tab.page.click("button[name=by]");
	assert.equal(await tab.page.textContent("#q"), "hello");
	await tab.close();
});

test("what the server fetched for a universal load is not fetched again while hydrating", () =>
	site.at("/blog/first", async ({ page, problems }) => {
		const before = site.served.requests.length;
		await page.reload();
		await page.waitForSelector("body[data-navigations]");
		assert.equal(await page.textContent("#words"), "words of first");
		assert.deepEqual(site.served.requests.slice(before).filter((path) => !path.startsWith("/_app/")), ["/blog/first"]);
		assert.deepEqual(problems, []);
	}));

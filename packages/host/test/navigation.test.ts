/** Navigation in Chromium: links, forms, the history, the functions of `$app/navigation`. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "./harness/build.ts";
import { Site } from "./harness/site.ts";

/** What the fixture's page /calls hands out. */
declare const calls: typeof import("../../client/src/app/navigation.ts");

const site = new Site("host/test/fixtures/site");

test("links navigate without a document, layouts stay mounted, and data comes once", () =>
	site.at("/", async ({ page, problems }) => {
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

test("a redirect is followed on the server and in the browser", async () => {
	await site.at("/moved", async ({ page }) => assert.equal(new URL(page.url()).pathname, "/blog/first"));
	await site.at("/", async ({ page }) => {
		await page.click("text=moved");
		await page.waitForSelector("#slug");
		assert.equal(new URL(page.url()).pathname, "/blog/first");
		await page.goBack();
		await page.waitForSelector("#count");
		assert.equal(new URL(page.url()).pathname, "/");
	});
});

test("links to what is no page load a document", () =>
	site.at("/", async ({ page }) => {
		await page.evaluate(() => ((window as { mark?: boolean }).mark = true));
		await Promise.all([page.waitForURL("**/nowhere"), page.click("text=nowhere")]);
		assert.equal(await page.textContent("h1"), "404");
		assert.equal(await page.evaluate(() => (window as { mark?: boolean }).mark), undefined);
		await page.goto(site.served.url);
		await Promise.all([page.waitForURL("**/api/time"), page.click("text=endpoint")]);
		assert.match((await page.textContent("body"))!, /words of null/);
	}));

test("back and forward restore the scroll position, a new page starts at the top", () =>
	site.at("/", async ({ page, problems }) => {
		await page.click("text=long");
		await page.waitForSelector("#deep");
		await page.evaluate(() => scrollTo(0, 1500));
		await page.click("#deep");
		await page.waitForSelector("#slug");
		assert.equal(await page.evaluate(() => scrollY), 0);
		await page.goBack();
		await page.waitForFunction(() => scrollY > 1000);
		const y = await page.evaluate(() => scrollY);
		await page.goForward();
		await page.waitForSelector("#slug");
		await page.goBack();
		await page.waitForSelector("#deep");
		await page.waitForFunction((y) => scrollY === y, y);
		await page.reload();
		await page.waitForSelector("body[data-navigations]");
		await page.waitForFunction((y) => scrollY === y, y);
		assert.deepEqual(problems, []);
	}));

test("afterNavigate is told of every navigation: entering, links, the history, goto, redirects, forms", () =>
	site.at("/", async ({ page, problems }) => {
		let all = "";
		const told = async (next: string) => {
			all += `${next} `;
			await page.waitForFunction((length) => document.body.dataset["navigations"]!.length >= length, all.length);
			assert.equal(await page.evaluate(() => document.body.dataset["navigations"]), all);
		};
		await told("enter:/");
		await page.click("text=first");
		await told("link:/blog/first");
		await page.goBack();
		await told("popstate:/");
		await page.goForward();
		await told("popstate:/blog/first");
		await page.evaluate(() => (document.querySelector<HTMLAnchorElement>("a[href='/late']")!.href = "/tools"));
		await page.click("text=late");
		await told("link:/tools");
		await page.click("#goto");
		await told("goto:/blog/first");
		await page.evaluate(() => (document.querySelector<HTMLAnchorElement>("a[href='/tools']")!.href = "/search?q=x"));
		await page.click("text=late");
		await told("link:/search");
		await page.click("text=find");
		await told("form:/search");
		await page.click("text=moved");
		await told("goto:/blog/first");
		assert.deepEqual(problems, []);
	}));

test("a hash moves within the page, and back again", () =>
	site.at("/long", async ({ page, problems }) => {
		await page.evaluate(() => scrollTo(0, 10));
		await page.evaluate(() => document.querySelector<HTMLElement>("#hash")!.click());
		await page.waitForFunction(() => scrollY > 1000);
		assert.equal(new URL(page.url()).hash, "#end");
		await page.goBack();
		await page.waitForFunction(() => scrollY === 10);
		assert.equal(await page.evaluate(() => document.body.dataset["navigations"]), "enter:/long ");
		assert.deepEqual(problems, []);
	}));

test("a form with GET navigates, and only what reads the query runs again", () =>
	site.at("/search?q=x", async ({ page, problems }) => {
		const runs = Number(await page.textContent("#runs"));
		await page.fill("input", "hello");
		await page.click("button[name=by]");
		await page.waitForFunction(() => document.querySelector("#q")?.textContent === "hello");
		assert.equal(await page.textContent("#by"), "word");
		assert.equal(new URL(page.url()).search, "?q=hello&by=word");
		assert.equal(await page.textContent("#runs"), String(runs + 1));
		// The load read `q` and `by` only.
		await page.evaluate(() => (document.querySelector<HTMLAnchorElement>("a[href*=other]")!.href = "/search?q=hello&by=word&other=1"));
		await page.click("text=other");
		await page.waitForURL("**other=1");
		await page.waitForFunction(() => document.querySelector("#going")?.textContent === "still");
		assert.equal(await page.textContent("#runs"), String(runs + 1));
		assert.deepEqual(problems, []);
	}));

test("invalidate runs the loads that depend on it, goto and preloadData resolve", () =>
	site.at("/tools", async ({ page, problems }) => {
		const runs = Number(await page.textContent("#layout-runs"));
		await page.click("#invalidate");
		await page.waitForFunction(() => document.querySelector("#log")?.textContent?.includes("done"));
		assert.equal(await page.textContent("#layout-runs"), String(runs + 1));
		await page.click("#other");
		await page.waitForFunction(() => document.querySelector("#log")?.textContent?.includes("other"));
		assert.equal(await page.textContent("#layout-runs"), String(runs + 1));
		await page.click("#all");
		await page.waitForFunction(() => document.querySelector("#log")?.textContent?.includes("all"));
		assert.equal(await page.textContent("#layout-runs"), String(runs + 2));
		await page.click("#preload");
		await page.waitForFunction(() => document.querySelector("#log")?.textContent?.includes("200:Post first"));
		const before = site.served.requests.length;
		await page.click("#goto");
		await page.waitForSelector("#slug");
		assert.deepEqual(site.served.requests.slice(before), [], "what was preloaded is used");
		assert.deepEqual(problems, []);
	}));

test("hovering a link preloads code and data once", () =>
	site.at("/", async ({ page }) => {
		const asked = () => site.served.requests.filter((path) => path.startsWith("/blog/first/__data.json")).length;
		const before = asked();
		const answered = page.waitForResponse((response) => response.url().includes("/blog/first/__data.json"));
		await page.hover("text=first");
		await answered;
		await page.click("text=first");
		await page.waitForSelector("#slug");
		assert.equal(asked(), before + 1);
	}));

test("shallow routing sets page.state, and the history takes it back", () =>
	site.at("/tools", async ({ page, problems }) => {
		await page.click("#push");
		assert.equal(await page.textContent("#state"), "open");
		await page.goBack();
		await page.waitForFunction(() => document.querySelector("#state")?.textContent === "shut");
		await page.goForward();
		await page.waitForFunction(() => document.querySelector("#state")?.textContent === "open");
		await page.click("#replace");
		assert.equal(await page.textContent("#state"), "shut");
		assert.equal(await page.evaluate(() => document.body.dataset["navigations"]), "enter:/tools ");
		assert.deepEqual(problems, []);
	}));

test("beforeNavigate can stop links, goto, the way back and leaving", () =>
	site.at("/long", async ({ page, problems }) => {
		await page.evaluate(() => (document.querySelector<HTMLAnchorElement>("a[href='/late']")!.href = "/tools"));
		await page.click("text=late");
		await page.waitForSelector("#block");
		await page.check("#block");
		await page.click("text=home");
		await page.click("#goto");
		await page.evaluate(() => history.back());
		await page.waitForFunction(() => document.querySelector("#log")?.textContent?.includes("popstate:/long"));
		assert.equal(await page.textContent("#log"), "link:/ goto:/blog/first there popstate:/long ");
		await page.waitForFunction(() => location.pathname === "/tools");
		const asked = page.waitForEvent("dialog").then((dialog) => dialog.dismiss());
		await page.evaluate(() => void setTimeout(() => location.reload()));
		await asked;
		await page.waitForFunction(() => document.querySelector("#log")?.textContent?.includes("leave:-"));
		await page.uncheck("#block");
		await page.goBack();
		await page.waitForSelector("#deep");
		assert.deepEqual(problems, []);
	}));

test("attributes of links say how to follow them", () =>
	site.at("/tools", async ({ page }) => {
		await page.evaluate(() => scrollTo(0, 400));
		const length = await page.evaluate(() => history.length);
		await page.evaluate(() => {
			const link = document.querySelector<HTMLElement>("#keep")!;
			link.focus({ preventScroll: true });
			link.click();
		});
		await page.waitForURL("**?keep");
		await page.waitForFunction(() => document.querySelector("#going")?.textContent === "still");
		assert.equal(await page.evaluate(() => scrollY), 400);
		assert.equal(await page.evaluate(() => document.activeElement?.id), "keep");
		assert.equal(await page.evaluate(() => history.length), length);
		await page.evaluate(() => ((window as { mark?: boolean }).mark = true));
		await page.click("#reload");
		await page.waitForFunction(() => (window as { mark?: boolean }).mark === undefined && document.querySelector("#slug"));
	}));

test("the focus goes to the start of a new page", () =>
	site.at("/", async ({ page }) => {
		await page.click("text=long");
		await page.waitForSelector("#deep");
		await page.waitForFunction(() => document.querySelector("#going")?.textContent === "still");
		assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
		await page.keyboard.press("Tab");
		assert.equal(await page.evaluate(() => document.activeElement?.textContent), "home");
	}));

test("a newer version on the server is noticed, and the next navigation loads a document", () =>
	site.at("/tools", async ({ page }) => {
		const newer = await build("host/test/fixtures/site", { version: "v2" });
		site.served.app = newer;
		try {
			await page.click("#check");
			await page.waitForFunction(() => document.querySelector("#updated")?.textContent === "true");
			await page.evaluate(() => ((window as { mark?: boolean }).mark = true));
			await page.click("text=first");
			await page.waitForFunction(() => (window as { mark?: boolean }).mark === undefined && document.querySelector("#slug"));
		} finally {
			site.served.app = site.app;
			newer.dispose();
		}
	}));

test("without an answer to a data request the browser loads the page itself", () =>
	site.at("/", async ({ page }) => {
		await page.route("**/__data.json*", (route) => route.abort());
		await page.evaluate(() => ((window as { mark?: boolean }).mark = true));
		await page.click("text=first");
		await page.waitForFunction(() => (window as { mark?: boolean }).mark === undefined && document.querySelector("#slug"));
	}));

test("redirects without end stop", () =>
	site.at("/tools", async ({ page }) => {
		const failed = page.waitForEvent("requestfailed", (request) => request.isNavigationRequest());
		await page.click("#loop");
		assert.match((await failed).failure()!.errorText, /TOO_MANY_REDIRECTS/);
	}));

test("a navigation that is overtaken is given up", () =>
	site.at("/", async ({ page, problems }) => {
		await page.route("**/blog/first/__data.json*", async (route) => {
			await new Promise((resolve) => page.once("close", resolve));
			await route.abort();
		});
		const aborted = page.waitForEvent("requestfailed", (request) => request.url().includes("/blog/first/__data.json"));
		await page.evaluate(() => document.querySelector<HTMLElement>("a[href='/blog/first']")!.click());
		await page.waitForFunction(() => document.querySelector("#going")?.textContent === "going");
		await page.evaluate(() => document.querySelector<HTMLElement>("a[href='/blog/second']")!.click());
		await page.waitForSelector("#slug");
		assert.equal(await page.textContent("#slug"), "second");
		assert.match((await aborted).failure()!.errorText, /ABORTED/);
		assert.deepEqual(problems, []);
	}));

test("a page that comes out of the back/forward cache goes on", () =>
	site.at("/tools", async ({ page, problems }) => {
		await page.click("#push");
		await page.evaluate(() => {
			addEventListener("pageshow", (event) => (document.body.dataset["cached"] = String(event.persisted)));
		});
		await page.goto(`${site.served.url.replace("127.0.0.1", "localhost")}/plain`);
		await page.goBack({ waitUntil: "commit" });
		await page.waitForSelector("body[data-cached=true]");
		assert.equal(await page.textContent("#state"), "open");
		await page.click("text=first");
		await page.waitForSelector("#slug");
		assert.deepEqual(problems, []);
	}));

test("a link to a download leaves the page as it is", () =>
	site.at("/tools", async ({ page, problems }) => {
		await page.evaluate(() => (document.querySelector<HTMLAnchorElement>("a[href='/late']")!.href = "/api/file"));
		const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=late")]);
		assert.equal(download.suggestedFilename(), "a.txt");
		assert.equal(await page.textContent("#going"), "still");
		await page.click("text=first");
		await page.waitForSelector("#slug");
		assert.deepEqual(problems, []);
	}));

test("beforeNavigate is asked once about a link out of the app", () =>
	site.at("/tools", async ({ page }) => {
		await page.check("#block");
		await page.evaluate(() => (document.querySelector<HTMLAnchorElement>("a[href='/late']")!.href = "http://localhost:1/"));
		await page.click("text=late");
		assert.equal(await page.textContent("#log"), "link:/ ");
		assert.equal(new URL(page.url()).pathname, "/tools");
	}));

test("a tap preloads where only taps do, and reload attributes are the browser's", () =>
	site.at("/", async ({ page }) => {
		await page.evaluate(() => document.body.setAttribute("data-wellhead-preload-data", "tap"));
		await page.evaluate(() => document.body.removeAttribute("data-sveltekit-preload-data"));
		const asked = () => site.served.requests.filter((path) => path.startsWith("/blog/second/__data.json")).length;
		const before = asked();
		await page.hover("text=second");
		const answered = page.waitForResponse((response) => response.url().includes("/blog/second/__data.json"));
		await page.mouse.down();
		await answered;
		await page.mouse.up();
		await page.waitForSelector("#slug");
		assert.equal(asked(), before + 1);
	}));

test("code that was preloaded is there without a network", () =>
	site.at("/", async ({ page, context }) => {
		await page.waitForLoadState("networkidle");
		await page.evaluate(() => ((window as { mark?: boolean }).mark = true));
		await context.setOffline(true);
		await page.click("text=long");
		await page.waitForSelector("#deep");
		assert.equal(await page.evaluate(() => (window as { mark?: boolean }).mark), true);
	}));

test("invalidate takes a URL, its text or a function, and what is named in one turn is loaded once", () =>
	site.at("/calls", async ({ page, problems }) => {
		const runs = () => page.textContent("#runs");
		assert.equal(await runs(), "1");
		await page.evaluate(() => calls.invalidate(new URL("/api/time?slug=calls", location.href)));
		assert.equal(await runs(), "2");
		await page.evaluate(() => calls.invalidate("/api/time?slug=calls"));
		assert.equal(await runs(), "3");
		await page.evaluate(() => calls.invalidate(({ pathname }) => pathname === "/api/time"));
		assert.equal(await runs(), "4");
		await page.evaluate(() => calls.invalidate("/api/time"));
		await page.evaluate(() => calls.invalidate(({ pathname }) => pathname === "/elsewhere"));
		assert.equal(await runs(), "4");
		const layout = Number(await page.textContent("#layout-runs"));
		const before = site.served.requests.length;
		await page.evaluate(() => Promise.all([calls.invalidate("app:user"), calls.invalidate("/api/time?slug=calls")]));
		assert.deepEqual([await runs(), await page.textContent("#layout-runs")], ["5", String(layout + 1)]);
		assert.deepEqual(site.served.requests.slice(before), ["/calls/__data.json?x-wellhead-invalidated=10", "/api/time?slug=calls"]);
		assert.deepEqual(problems, []);
	}));

test("goto: the history, the state, the scroll position, the focus and what is loaded are as its options say", () =>
	site.at("/calls", async ({ page, problems }) => {
		const length = await page.evaluate(() => history.length);
		const layout = Number(await page.textContent("#layout-runs"));
		const runs = async () => [Number(await page.textContent("#layout-runs")) - layout, Number(await page.textContent("#runs"))];
		const place = () => page.evaluate(() => [history.length, scrollY, document.activeElement?.id]);
		const arrange = () =>
			page.evaluate(() => {
				document.querySelector<HTMLElement>("#field")!.focus();
				scrollTo(0, 500);
			});
		await arrange();
		await page.evaluate(() => calls.goto("/calls?1", { replaceState: true, noScroll: true, keepFocus: true, state: { open: true } as App.PageState }));
		assert.deepEqual([await place(), await page.textContent("#state"), await runs()], [[length, 500, "field"], "open", [0, 1]]);
		await arrange();
		await page.evaluate(() => calls.goto("/calls?2"));
		assert.deepEqual([await place(), await page.textContent("#state"), await runs()], [[length + 1, 0, ""], "shut", [0, 1]]);
		await page.goBack();
		await page.waitForFunction(() => document.querySelector("#state")?.textContent === "open");
		await page.goForward();
		await page.waitForFunction(() => document.querySelector("#state")?.textContent === "shut");
		await page.evaluate(() => calls.goto("/calls?3", { invalidate: ["app:user"] }));
		assert.deepEqual(await runs(), [1, 1]);
		await page.evaluate(() => calls.goto("/calls?4", { invalidateAll: true }));
		assert.deepEqual(await runs(), [2, 2]);
		await page.evaluate(() => calls.goto("/calls?5"));
		assert.deepEqual(await runs(), [2, 2], "what was invalid is not any more");
		assert.equal(await page.evaluate(() => calls.goto("http://localhost:1/").catch(String)), "Error: goto: http://localhost:1/ is outside of the app; set location.href instead");
		assert.equal(new URL(page.url()).search, "?5");
		assert.deepEqual(problems, []);
	}));

test("disableScrollHandling leaves the scroll position to the page", () =>
	site.at("/calls", async ({ page }) => {
		await page.evaluate(() => scrollTo(0, 500));
		await page.evaluate(() => calls.goto("/calls/still"));
		assert.equal(await page.textContent("h1"), "Still");
		assert.equal(await page.evaluate(() => scrollY), 500);
	}));

test("preloadCode brings the code of a page, preloadData says what it found", () =>
	site.at("/calls", async ({ page, context }) => {
		const failure = (kind: "preloadCode" | "preloadData", href: string) => page.evaluate(([kind, href]) => calls[kind](href).then(() => "", String), [kind, href] as const);
		assert.equal(await failure("preloadCode", "/nowhere"), "Error: preloadCode: /nowhere is not a page of this app");
		assert.equal(await failure("preloadCode", "/api/time"), "Error: preloadCode: /api/time is not a page of this app");
		assert.match(await failure("preloadData", "/api/time"), /^Error: preloadData: .*\/api\/time is not a page of this app/);
		assert.deepEqual(await page.evaluate(() => calls.preloadData("/moved")), { type: "redirect", location: "/blog/first" });
		const missing = await page.evaluate(() => calls.preloadData("/blog/missing"));
		assert.equal(missing.type === "loaded" && missing.status, 404);
		await page.evaluate(() => calls.preloadCode("/num/7"));
		await context.setOffline(true);
		await page.evaluate(() => calls.goto("/num/7"));
		assert.equal(await page.textContent("h1"), "Number 7");
	}));

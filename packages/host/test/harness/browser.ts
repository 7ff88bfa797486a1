/** Chromium, and pages that collect what went wrong in them. */

import { existsSync } from "node:fs";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

const ARGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export function launch(): Promise<Browser> {
	const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
	if (!existsSync(executablePath)) throw new Error(`no Chromium at ${executablePath}: install it, or set CHROMIUM to where it is`);
	return chromium.launch({ executablePath, headless: true, chromiumSandbox: false, args: ARGS, ignoreDefaultArgs: ["--disable-back-forward-cache"] });
}

export interface Tab {
	readonly page: Page;
	readonly context: BrowserContext;
	/** Warnings and errors of the console, uncaught errors. */
	readonly problems: string[];
	/** Waits until the app has taken over. */
	ready(): Promise<void>;
	close(): Promise<void>;
}

export interface TabOptions {
	javaScript?: boolean;
}

export async function open(browser: Browser, options: TabOptions = {}): Promise<Tab> {
	const context = await browser.newContext({ javaScriptEnabled: options.javaScript ?? true });
	const page = await context.newPage();
	page.setDefaultTimeout(10_000);
	const problems: string[] = [];
	page.on("console", (message) => {
		if (message.type() === "warning" || message.type() === "error") problems.push(message.text());
	});
	page.on("pageerror", (error) => problems.push(String(error)));
	return {
		page,
		context,
		problems,
		ready: async () => void (await page.waitForSelector("body[data-navigations]")),
		close: () => context.close(),
	};
}

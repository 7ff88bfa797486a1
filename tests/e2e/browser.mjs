// One page in Chromium: opened, listened to, and photographed when the test fails.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

import { Complaints } from './complaints.mjs';
import * as places from './places.mjs';

/** @typedef {import('playwright-core').Browser} Browser */
/** @typedef {import('playwright-core').Page} Page */

const flags = [
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync'
];

/** Sizes of windows that pages are looked at in. */
export const viewports = /** @type {const} */ ({
	desktop: { width: 1280, height: 800 },
	phone: { width: 390, height: 844 }
});

/**
 * @typedef {object} PageOptions
 * @property {string} name  of the test, for the files that a failure leaves
 * @property {string} url  what relative addresses are relative to
 * @property {'on' | 'off'} [javascript]
 * @property {keyof typeof viewports} [viewport]
 * @property {'light' | 'dark'} [colorScheme]
 * @property {() => string} [log]  of the server, kept when the test fails
 * @property {string} [output]  the folder for those files
 */

/**
 * @typedef {object} Visit
 * @property {Page} page
 * @property {string} url  of the server, without a slash at the end
 * @property {Complaints} complaints
 * @property {(name: string) => Promise<string>} photograph  writes a picture of the whole page and returns its path
 */

const how = { executablePath: places.chromium, headless: true, chromiumSandbox: false, args: flags };

/**
 * @param {string[]} ignoreDefaultArgs  what Playwright turns off in browsers and the tests do not want it to
 * @returns {Promise<Browser>}
 */
export const launch = (...ignoreDefaultArgs) => chromium.launch({ ...how, ignoreDefaultArgs });

/**
 * A browser with a profile of its own.
 *
 * @param {string} profile  the folder
 */
export const launchWith = (profile) => chromium.launchPersistentContext(profile, how);

/**
 * Opens a fresh page (own cookies and cache), runs the test in it, and fails on any complaint of the
 * browser that the test did not expect.
 *
 * @param {Browser} browser
 * @param {PageOptions} options
 * @param {(visit: Visit) => Promise<void>} body
 */
export async function visit(browser, options, body) {
	const context = await browser.newContext({
		baseURL: options.url,
		javaScriptEnabled: options.javascript !== 'off',
		viewport: viewports[options.viewport ?? 'desktop'],
		isMobile: options.viewport === 'phone',
		hasTouch: options.viewport === 'phone',
		colorScheme: options.colorScheme ?? 'light'
	});
	context.setDefaultTimeout(15_000);
	const complaints = new Complaints(context);
	const page = await context.newPage();
	const output = options.output ?? places.output;
	/** @param {string} name */
	const photograph = async (name) => {
		await mkdir(output, { recursive: true });
		const path = join(output, `${fileName(name)}.png`);
		await page.screenshot({ path, fullPage: true });
		return path;
	};
	try {
		await body({ page, url: options.url, complaints, photograph });
		await answers(page);
		complaints.settle();
	} catch (error) {
		await keep(options, output, page, photograph).catch((problem) =>
			console.error(`the state of the failed test was not kept: ${problem.message}`)
		);
		throw error;
	} finally {
		await context.close();
	}
}

/**
 * Waits until the page answers. Messages come in order: then all earlier ones are here.
 *
 * @param {Page} page
 */
async function answers(page) {
	for (;;) {
		try {
			await page.evaluate('0');
			return;
		} catch (error) {
			// One that is being developed may just load itself again, and then the new document is asked.
			if (!String(error).includes('context was destroyed')) throw error;
		}
	}
}

/**
 * @param {PageOptions} options
 * @param {string} output
 * @param {Page} page
 * @param {(name: string) => Promise<string>} photograph
 */
async function keep(options, output, page, photograph) {
	await mkdir(output, { recursive: true });
	const name = fileName(options.name);
	if (options.log) await writeFile(join(output, `${name}.server.log`), options.log());
	await writeFile(join(output, `${name}.html`), `<!-- ${page.url()} -->\n${await page.content()}`);
	console.error(`kept: ${await photograph(options.name)} (beside it the page and the server's log)`);
}

/** @param {string} name */
function fileName(name) {
	return name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 100);
}

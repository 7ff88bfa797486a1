// The frame of every browser test:
//
//     import { browserTest } from '../harness.mjs';
//
//     browserTest('a country has a page', { app: 'atlas', javascript: ['on', 'off'] }, async ({ page }) => {
//         await page.goto('/country/NOR');
//         await page.getByRole('heading', { name: 'Norway' }).waitFor();
//     });
//
// One server per app and one browser serve all tests of a file; each test has a fresh page.
// The test fails on any console error or warning that it did not announce with `complaints.expect(/…/)`.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { launch, visit } from './browser.mjs';
import * as places from './places.mjs';
import { startServer } from './server.mjs';

export { engine } from './places.mjs';

/** @typedef {import('./browser.mjs').Visit} Visit */
/** @typedef {import('./server.mjs').Server} Server */

/**
 * @typedef {object} TestOptions
 * @property {string} app  the folder's name, in `examples` or `tests/e2e/apps`
 * @property {readonly ('on' | 'off')[]} [javascript]  one test for each; only on, if left out
 * @property {keyof typeof import('./browser.mjs').viewports} [viewport]
 * @property {'light' | 'dark'} [colorScheme]
 */

/** A test that takes longer hangs. */
const timeout = 120_000;

/** @type {Map<string, Promise<Server>>} */
const servers = new Map();
/** @type {ReturnType<typeof launch> | undefined} */
let browser;

/**
 * The server of a built app on the engine under test; the same for all tests of a file.
 *
 * @param {string} app
 * @returns {Promise<Server>}
 */
export function serve(app) {
	let server = servers.get(app);
	if (!server) {
		const folder = join(places.apps, app);
		if (!existsSync(folder)) throw new Error(`${folder} is missing; hint: cargo xtask e2e builds the apps`);
		server = startServer(places.wellhead, ['serve', folder, '--port', '0', '--engine', places.engine]);
		servers.set(app, server);
	}
	return server;
}

/**
 * Declares a test that visits an app in the browser.
 *
 * @param {string} name  what the app does
 * @param {TestOptions} options
 * @param {(visit: Visit & { javascript: 'on' | 'off' }) => Promise<void>} body
 */
export function browserTest(name, options, body) {
	for (const javascript of options.javascript ?? ['on']) {
		const full = javascript === 'on' ? name : `${name} (without JavaScript)`;
		test(full, { timeout }, async () => {
			const server = await serve(options.app);
			browser ??= launch();
			await visit(
				await browser,
				{ ...options, javascript, name: `${options.app} ${full}`, url: server.url, log: server.log },
				(visit) => body({ ...visit, javascript })
			);
		});
	}
}

/**
 * Repeats an action that has no effect before the page is hydrated, until it has one.
 *
 * @param {() => Promise<void>} action  rejects, soon, when it had no effect
 */
export async function eventually(action) {
	const deadline = Date.now() + 15_000;
	for (;;) {
		try {
			return await action();
		} catch (error) {
			if (Date.now() > deadline) throw error;
		}
	}
}

/**
 * Clicks until the click has its effect. It is not clicked again when the effect came late: what a click shows may cover what was clicked.
 *
 * @param {import('playwright-core').Locator} clicked
 * @param {import('playwright-core').Locator} effect  what is visible then
 */
export function clickFor(clicked, effect) {
	return eventually(async () => {
		if (!(await effect.isVisible())) await clicked.click({ timeout: 1000 });
		await effect.waitFor({ timeout: 2000 });
	});
}

after(async () => {
	await (await browser)?.close();
	// A server that failed to start has already failed the tests.
	const started = await Promise.allSettled(servers.values());
	await Promise.all(started.map((server) => (server.status === 'fulfilled' ? server.value.stop() : undefined)));
});

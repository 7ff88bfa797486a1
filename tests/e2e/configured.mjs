// Live pages on a server that the test configures, and starts again where it was: at the same address, with the same store.
//
//     configuredTest('a page goes on', { app: 'live', env: { WELLHEAD_LIVE_LINGER_S: '0' } }, async ({ page, restart }) => {
//         await visitLive(page, '/');
//         await restart({ WELLHEAD_LIVE_SECRET: 'another one' });
//         await becomes(page, 'connected');
//     });
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { launch, visit } from './browser.mjs';
import * as places from './places.mjs';
import { startServer } from './server.mjs';

/** @typedef {import('playwright-core').Page} Page */

/**
 * @typedef {object} ConfiguredOptions
 * @property {string} app  the folder's name, in `examples` or `tests/e2e/apps`
 * @property {Record<string, string>} [env]  the configuration, as variables of the environment
 * @property {string[]} [launch]  what Playwright turns off and the test does not want it to
 */

/**
 * @typedef {object} Configured
 * @property {() => string} log  of all servers that ran, one after the other
 * @property {() => Promise<void>} stop
 * @property {(env?: Record<string, string>) => Promise<void>} start  with what differs from the test's configuration
 * @property {(env?: Record<string, string>) => Promise<void>} restart
 */

/** What a page may say of a server that is not there for a moment. */
const absence = /WebSocket connection to .* failed|ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED/;

/** Notes in each tab how often its page was loaded. @param {Page} page */
export const countLoads = (page) => page.addInitScript('sessionStorage.loads = +(sessionStorage.loads ?? 0) + 1');

/** @param {Page} page @returns {Promise<number>} */
export const loads = (page) => page.evaluate('+sessionStorage.loads');

/** Waits until the page was loaded so often, and is live. @param {Page} page @param {number} count */
export async function isLoaded(page, count) {
	await page.waitForFunction((count) => +sessionStorage['loads'] === count && document.documentElement.dataset['live'] === 'connected', count);
}

/** @type {Map<string, ReturnType<typeof launch>>} */
const browsers = new Map();
after(async () => {
	for (const browser of browsers.values()) await (await browser).close();
});

/** A port that nobody has now, so that the next server can have the one of the last. */
async function freePort() {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
	server.close();
	await once(server, 'close');
	return port;
}

/**
 * Declares a test that visits an app on a server of its own.
 *
 * @param {string} name
 * @param {ConfiguredOptions} options
 * @param {(visit: import('./browser.mjs').Visit & Configured) => Promise<void>} body
 */
export function configuredTest(name, { app, env = {}, launch: kept = [] }, body) {
	test(name, { timeout: 120_000 }, async () => {
		const folder = await mkdtemp(join(tmpdir(), 'wellhead-configured-'));
		const port = await freePort();
		const address = `http://127.0.0.1:${port}`;
		const own = { WELLHEAD_STORE_URL: `sqlite:${join(folder, 'state.db')}`, WELLHEAD_LIVE_SAVE_MS: '20', WELLHEAD_LOG_LEVEL: 'info,wellhead_live=debug', ...env };
		const args = ['serve', join(places.apps, app), '--port', `${port}`, '--engine', places.engine];
		/** @type {import('./server.mjs').Server | undefined} */
		let server;
		let log = () => '';
		const start = async (more = {}) => {
			const before = log();
			const started = (server = await startServer(places.wellhead, args, { ...own, ...more }));
			log = () => before + started.log();
		};
		const stop = async () => {
			await server?.stop();
			server = undefined;
		};
		const restart = async (more = {}) => {
			await stop();
			await start(more);
		};
		const key = kept.join();
		const browser = browsers.get(key) ?? launch(...kept);
		browsers.set(key, browser);
		try {
			await start();
			await visit(await browser, { name: `${app} ${name}`, url: address, log: () => log() }, async (visited) => {
				visited.complaints.allow(absence);
				await body({ ...visited, log: () => log(), start, stop, restart });
			});
			await stop();
		} finally {
			server?.process.kill('SIGKILL');
			await rm(folder, { recursive: true, force: true, maxRetries: 5 });
		}
	});
}

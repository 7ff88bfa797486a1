// A server that goes, asked to or killed, and comes again on the same file: its open pages go on where they were.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { launch, visit } from '../browser.mjs';
import { until } from '../development.mjs';
import * as places from '../places.mjs';
import { startServer } from '../server.mjs';

/** @type {import('playwright-core').Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser?.close());

/** A port that nobody has now, so that the next server can have the one of the last. */
async function freePort() {
	const server = createServer();
	await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
	const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
	await new Promise((resolve) => server.close(resolve));
	return port;
}

/** What a page may say of a server that is not there for a moment. */
const absence = /WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/;

/**
 * The states of components that are in a file of the store, those from before included.
 *
 * @param {string} file
 */
function statesIn(file) {
	const found = readFileSync(file, 'latin1').matchAll(/"state":("(?:[^"\\]|\\.)*")/g);
	return [...found].map(([, text]) => /** @type {string} */ (JSON.parse(/** @type {string} */ (text))));
}

/**
 * What a counter's state says. It is written as a list of values that refer to each other by their places.
 *
 * @param {string} state
 */
function countOf(state) {
	const values = JSON.parse(state);
	const place = values.find((/** @type {any} */ value) => typeof value?.count === 'number')?.count;
	return values[place];
}

/**
 * A server that can be started again with what it has kept.
 *
 * @param {string} app
 * @param {(again: { url: string, start: () => Promise<import('../server.mjs').Server>, kept: (is: (states: string[]) => boolean) => Promise<void> }) => Promise<void>} body
 *   `kept` waits until the store's file has such states of components
 */
async function again(app, body) {
	const folder = await mkdtemp(join(tmpdir(), 'wellhead-restart-'));
	const port = await freePort();
	const env = { WELLHEAD_STORE_URL: `sqlite:${join(folder, 'state.db')}`, WELLHEAD_LIVE_SAVE_MS: '20' };
	const start = () => startServer(places.wellhead, ['serve', join(places.apps, app), '--port', `${port}`, '--engine', places.engine], env);
	const kept = async (/** @type {(states: string[]) => boolean} */ is) => {
		const files = ['state.db', 'state.db-wal'].map((file) => join(folder, file));
		const states = () => files.filter((file) => existsSync(file)).flatMap(statesIn);
		await until(() => is(states()), 'the store has what the page shows');
	};
	try {
		await body({ kept, url: `http://127.0.0.1:${port}`, start });
	} finally {
		await rm(folder, { recursive: true, force: true, maxRetries: 5 });
	}
}

/** @param {import('../server.mjs').Server} server */
async function kill(server) {
	const closed = new Promise((resolve) => server.process.once('close', resolve));
	server.process.kill('SIGKILL');
	await closed;
}

for (const [how, end] of /** @type {const} */ ([
	['asked to end', (/** @type {import('../server.mjs').Server} */ server) => server.stop()],
	['killed', kill]
])) {
	test(`a page goes on with its state when its server was ${how} and came again`, { timeout: 120_000 }, async () => {
		await again('counter', async ({ url, start, kept }) => {
			let server = await start();
			try {
				const log = () => server.log();
				await visit(browser, { name: `restart ${how}`, url, log }, async ({ page, complaints }) => {
					complaints.allow(absence);
					await page.goto('/');
					await page.evaluate('window.sameDocument = true');
					for (const count of ['1', '2', '3']) {
						await page.getByRole('button', { name: '+1' }).click();
						await page.locator('output', { hasText: new RegExp(`^${count}$`) }).waitFor();
					}
					await kept((texts) => texts.some((text) => countOf(text) === 3));
					await end(server);
					await page.locator('html[data-live="disconnected"]').waitFor();
					server = await start();
					await page.locator('html[data-live="connected"]').waitFor();
					await page.locator('output', { hasText: /^3$/ }).waitFor();
					await page.getByRole('button', { name: '+1' }).click();
					await page.locator('output', { hasText: /^4$/ }).waitFor();
					assert.equal(await page.evaluate('window.sameDocument'), true);
				});
			} finally {
				await kill(server);
			}
		});
	});
}

test('what was typed and not sent is still there when the server came again', { timeout: 120_000 }, async () => {
	await again('live-atlas', async ({ url, start, kept }) => {
		let server = await start();
		try {
			await visit(browser, { name: 'restart input', url, log: () => server.log() }, async ({ page, complaints }) => {
				complaints.allow(absence);
				await page.goto('/wizard');
				await page.locator('html[data-live="connected"]').waitFor();
				await page.getByLabel('E-mail').fill('ada');
				await page.locator('#email-errors', { hasText: 'This is no address for e-mail.' }).waitFor();
				await kept((texts) => texts.some((text) => text.includes('This is no address for e-mail.')));
				await kill(server);
				await page.locator('html[data-live="disconnected"]').waitFor();
				await page.getByLabel('Name').fill('Ada Lovelace');
				server = await start();
				await page.locator('html[data-live="connected"]').waitFor();
				assert.equal(await page.getByLabel('Name').inputValue(), 'Ada Lovelace');
				assert.equal(await page.getByLabel('E-mail').inputValue(), 'ada');
				await page.locator('#email-errors', { hasText: 'This is no address for e-mail.' }).waitFor();
				await page.getByLabel('E-mail').fill('ada@example.org');
				await page.getByRole('button', { name: 'Next' }).click();
				await page.getByLabel('Country').waitFor();
			});
		} finally {
			await kill(server);
		}
	});
});

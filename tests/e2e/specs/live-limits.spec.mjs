// What pages show that come up against a limit of the server, and that others do not notice.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';

import { becomes, visitLive, withCompany } from '../company.mjs';
import { configuredTest, countLoads, isLoaded, loads } from '../configured.mjs';
import { until } from '../development.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page @param {number} count */
const counts = (page, count) => page.locator('output', { hasText: new RegExp(`^${count}$`) }).waitFor();

/** @param {Page} page @param {number} count */
async function add(page, count) {
	await page.getByRole('button', { name: 'Add' }).click();
	await counts(page, count);
}

/** How many sockets a page opens from now on. @param {Page} page */
function countSockets(page) {
	let sockets = 0;
	page.on('websocket', () => sockets++);
	return () => sockets;
}

/** Gives scripts of the page its socket, as `socket`, and what it sent last, as `socket.last`. @param {Page} page */
const exposeSocket = (page) =>
	page.addInitScript(() => {
		const scope = /** @type {any} */ (window);
		scope.WebSocket = class extends WebSocket {
			/** @param {string | URL} address @param {string} protocol */
			constructor(address, protocol) {
				super(address, protocol);
				scope.socket = this;
			}
			/** @param {any} data */
			send(data) {
				scope.socket.last = data;
				super.send(data);
			}
		};
	});

configuredTest('a socket on which nothing happens is no idle connection', { app: 'live', env: { WELLHEAD_SERVER_IDLE_MS: '1000' } }, async ({ page, url }) => {
	const sockets = countSockets(page);
	await visitLive(page, '/');
	await add(page, 1);
	// Connections that begin later are closed for it, one after the other.
	for (let i = 0; i < 2; i++) {
		const idle = connect(Number(new URL(url).port), '127.0.0.1');
		idle.write('GET /-/healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
		idle.resume();
		await once(idle, 'close');
	}
	await add(page, 2);
	assert.equal(sockets(), 1);
});

configuredTest('who has too many live pages sees the others complete, and they are live when there is room', { app: 'live', env: { WELLHEAD_LIVE_CONNECTIONS_PER_ADDRESS: '1' } }, async ({ page, log }) => {
	await visitLive(page, '/');
	const other = await page.context().newPage();
	await other.goto('/');
	await becomes(other, 'disconnected');
	assert.equal(await other.locator('output').textContent(), '0');
	// What is clicked now is not lost.
	await other.getByRole('button', { name: 'Add' }).click();
	await add(page, 1);
	assert.match(log(), /"path":"\/-\/live"[^\n]*"status":429/);
	await page.goto('about:blank');
	await becomes(other, 'connected');
	await counts(other, 1);
	await add(other, 2);
});

configuredTest('who clicks faster than the server allows is heard, a little later', { app: 'live', env: { WELLHEAD_LIVE_EVENTS: '5' } }, async ({ page, url, log }) => {
	const sockets = countSockets(page);
	await visitLive(page, '/');
	await page.getByRole('button', { name: 'Add' }).evaluate((button) => {
		for (let i = 0; i < 20; i++) /** @type {HTMLElement} */ (button).click();
	});
	await withCompany(page, url, async (guest) => {
		await visitLive(guest, '/');
		await add(guest, 1);
	});
	await counts(page, 20);
	assert.equal(sockets(), 1);
	assert.doesNotMatch(log(), /too_many_events/);
});

configuredTest('a script that floods the server is cut off, and others are not', { app: 'live', env: { WELLHEAD_LIVE_EVENTS: '5' } }, async ({ page, url, log }) => {
	const sockets = countSockets(page);
	await exposeSocket(page);
	await visitLive(page, '/');
	await withCompany(page, url, async (guest) => {
		const others = countSockets(guest);
		await visitLive(guest, '/');
		await add(guest, 1);
		await add(page, 1);
		// The first time a name is told, later it is referred to.
		await add(page, 2);
		await page.evaluate('for (const { last } = socket, i = { at: 0 }; i.at < 200; i.at++) socket.send(last)');
		await until(() => log().includes('"code":"too_many_events","reason":"more than 5 a second"'), 'the flood is cut off');
		await add(guest, 2);
		assert.equal(others(), 1);
		// It may come again, later.
		await until(() => sockets() > 1, 'the page connects again');
	});
});

configuredTest('a message that is too long is not sent, and what was typed stays', { app: 'live', env: { WELLHEAD_LIVE_MESSAGE_KB: '1' } }, async ({ page }) => {
	const sockets = countSockets(page);
	await page.addInitScript("document.addEventListener('wellhead:live:error', ({ target, detail }) => (document.title = `${target.localName} ${detail.code}`))");
	await visitLive(page, '/');
	const note = page.getByLabel('Note');
	await note.fill('ä'.repeat(2000));
	await page.getByRole('button', { name: 'Keep' }).click();
	await page.waitForFunction("document.title === 'form too_long'");
	assert.equal(await note.inputValue(), 'ä'.repeat(2000));
	await note.fill('shorter');
	await page.getByRole('button', { name: 'Keep' }).click();
	await page.locator('#note', { hasText: 'shorter' }).waitFor();
	assert.equal(sockets(), 1);
});

configuredTest('a script that sends a message that is too long has its page loaded again, once, and no other', { app: 'live', env: { WELLHEAD_LIVE_MESSAGE_KB: '1' } }, async ({ page, url, log }) => {
	await exposeSocket(page);
	await countLoads(page);
	await visitLive(page, '/');
	await withCompany(page, url, async (guest) => {
		const others = countSockets(guest);
		await visitLive(guest, '/');
		await add(guest, 1);
		await page.evaluate('socket.send(new Uint8Array(1500))');
		await isLoaded(page, 2);
		await add(page, 1);
		await add(guest, 2);
		assert.equal(others(), 1);
	});
	assert.equal(await loads(page), 2);
	assert.match(log(), /"code":"message_too_large"/);
});

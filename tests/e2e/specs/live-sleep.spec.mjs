// Tabs that nobody looks at, or that have no network, for longer than the server keeps their session in memory.
import assert from 'node:assert/strict';

import { becomes, visitLive } from '../company.mjs';
import { configuredTest, countLoads, loads } from '../configured.mjs';
import { until } from '../development.mjs';

/** @typedef {import('playwright-core').Page} Page */

const options = { app: 'live', env: { WELLHEAD_LIVE_LINGER_S: '0', WELLHEAD_LIVE_PARK_MS: '100' } };

/** A page that has counted to one and has an unsent note. @param {Page} page @returns {Promise<string | null>} its name */
async function begun(page) {
	await countLoads(page);
	await visitLive(page, '/');
	await page.getByRole('button', { name: 'Add' }).click();
	await page.locator('output', { hasText: /^1$/ }).waitFor();
	await page.getByLabel('Note').fill('not sent yet');
	return page.locator('#name').textContent();
}

/** Everything is as it was, and goes on. @param {Page} page @param {string | null} name */
async function goesOn(page, name) {
	assert.equal(await page.getByLabel('Note').inputValue(), 'not sent yet');
	assert.equal(await page.locator('#name').textContent(), name);
	await page.getByRole('button', { name: 'Add' }).click();
	await page.locator('output', { hasText: /^2$/ }).waitFor();
	await page.getByRole('button', { name: 'Keep' }).click();
	await page.locator('#note', { hasText: 'not sent yet' }).waitFor();
	assert.equal(await loads(page), 1);
}

/** Stops, or continues, the processes that run scripts of pages: what becomes of them when a lid is closed. @param {Page} page @param {'SIGSTOP' | 'SIGCONT'} signal */
async function signalTabs(page, signal) {
	const browser = await page.context().browser()?.newBrowserCDPSession();
	const { processInfo } = (await browser?.send('SystemInfo.getProcessInfo')) ?? { processInfo: [] };
	for (const { type, id } of processInfo) if (type === 'renderer') process.kill(id, signal);
}

configuredTest('a tab that has slept wakes as it was, though its session is in the store only', options, async ({ page, log }) => {
	const name = await begun(page);
	await signalTabs(page, 'SIGSTOP');
	try {
		// It says nothing any more, so the server takes it for gone.
		await until(() => log().includes(`unmounted: ${name}`), 'the session is out of memory', 80_000);
		assert.match(log(), /"code":"idle"/);
	} finally {
		await signalTabs(page, 'SIGCONT');
	}
	await until(() => log().includes(`restored: ${name}`), 'the session is made again');
	await becomes(page, 'connected');
	await goesOn(page, name);
});

configuredTest('a tab without a network comes back as it was, though its session is in the store only', options, async ({ page, log }) => {
	const name = await begun(page);
	await page.context().setOffline(true);
	await becomes(page, 'disconnected');
	await until(() => log().includes(`unmounted: ${name}`), 'the session is out of memory');
	assert.equal(await page.getByLabel('Note').inputValue(), 'not sent yet');
	await page.context().setOffline(false);
	await until(() => log().includes(`restored: ${name}`), 'the session is made again');
	await becomes(page, 'connected');
	await goesOn(page, name);
});

configuredTest('what is clicked and typed without a network is there when it is back, once', options, async ({ page, log }) => {
	const name = await begun(page);
	await page.context().setOffline(true);
	await becomes(page, 'disconnected');
	await page.getByRole('button', { name: 'Add' }).click();
	await page.getByRole('button', { name: 'Add' }).click();
	await page.getByRole('button', { name: 'Keep' }).click();
	await page.getByLabel('Note').and(page.locator('[readonly]')).waitFor();
	await until(() => log().includes(`unmounted: ${name}`), 'the session is out of memory');
	await page.context().setOffline(false);
	await page.locator('#note', { hasText: 'not sent yet' }).waitFor();
	await until(() => log().includes(`restored: ${name}`), 'the session is made again');
	await page.locator('output', { hasText: /^3$/ }).waitFor();
	assert.equal(await loads(page), 1);
});

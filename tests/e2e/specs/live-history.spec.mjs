// Live pages in several tabs, on the way back, and where the socket cannot be had.
import assert from 'node:assert/strict';

import { becomes, visitLive } from '../company.mjs';
import { configuredTest, countLoads, isLoaded, loads } from '../configured.mjs';
import { until } from '../development.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page @param {number} count */
async function add(page, count) {
	await page.getByRole('button', { name: 'Add' }).click();
	await page.locator('output', { hasText: new RegExp(`^${count}$`) }).waitFor();
}

configuredTest('two tabs are each what they were when the server came again', { app: 'live' }, async ({ page, restart }) => {
	const other = await page.context().newPage();
	for (const tab of [page, other]) {
		await visitLive(tab, '/');
		await add(tab, 1);
	}
	await add(other, 2);
	await page.getByLabel('Note').fill('of the first');
	await other.getByLabel('Note').fill('of the second');
	const names = [await page.locator('#name').textContent(), await other.locator('#name').textContent()];
	assert.notEqual(names[0], names[1]);
	await restart();
	await add(page, 2);
	await add(other, 3);
	assert.deepEqual([await page.locator('#name').textContent(), await other.locator('#name').textContent()], names);
	assert.deepEqual([await page.getByLabel('Note').inputValue(), await other.getByLabel('Note').inputValue()], ['of the first', 'of the second']);
});

configuredTest('a page that the browser has kept comes back as it was left, and is live', { app: 'live', launch: ['--disable-back-forward-cache'] }, async ({ page, url }) => {
	await countLoads(page);
	await page.addInitScript("addEventListener('pageshow', ({ persisted }) => (document.body.dataset.persisted = persisted))");
	await visitLive(page, '/');
	await add(page, 1);
	await page.getByLabel('Note').fill('not sent yet');
	const name = await page.locator('#name').textContent();
	// Another name of this machine is another site.
	await page.goto(`${url.replace('127.0.0.1', 'localhost')}/user`);
	await becomes(page, 'connected');
	// Playwright waits for an event that a document which is there already does not send.
	await page.evaluate('history.back()').catch(() => {});
	await page.locator('body[data-persisted=true] output', { hasText: /^1$/ }).waitFor();
	await becomes(page, 'connected');
	assert.equal(await page.locator('#name').textContent(), name);
	assert.equal(await page.getByLabel('Note').inputValue(), 'not sent yet');
	await add(page, 2);
	assert.equal(await loads(page), 1);
});

configuredTest('a page that the browser has not kept is live when one goes back, with what was typed', { app: 'live' }, async ({ page }) => {
	await countLoads(page);
	await visitLive(page, '/');
	await add(page, 1);
	await page.getByLabel('Note').fill('not sent yet');
	await page.getByRole('link', { name: 'Elsewhere' }).click();
	await page.getByRole('button', { name: 'Clicks: 0' }).click();
	await page.getByRole('button', { name: 'Clicks: 1' }).waitFor();
	await page.goBack();
	await isLoaded(page, 3);
	await page.locator('output', { hasText: /^1$/ }).waitFor();
	assert.equal(await page.getByLabel('Note').inputValue(), 'not sent yet');
	await page.getByRole('button', { name: 'Keep' }).click();
	await page.locator('#note', { hasText: 'not sent yet' }).waitFor();
});

configuredTest('a page whose socket cannot be had is loaded again, once, and tries on', { app: 'live', env: { WELLHEAD_LIVE_CONNECTIONS_PER_ADDRESS: '1' } }, async ({ page, log }) => {
	await visitLive(page, '/');
	const other = await page.context().newPage();
	await countLoads(other);
	// Whoever walks about has a network now and then, and looks at once.
	await other.addInitScript("setInterval(() => dispatchEvent(new Event('online')), 50)");
	await other.goto('/');
	// Browsers slow down who fails to connect again and again.
	await other.waitForFunction('+sessionStorage.loads === 2', undefined, { timeout: 50_000 });
	const heads = () => log().match(/"method":"HEAD","path":"\/"/g)?.length ?? 0;
	await until(() => heads() > 2, 'the page is looked at again and again', 50_000);
	assert.equal(await loads(other), 2);
	assert.equal(await other.locator('output').textContent(), '0');
	await page.goto('about:blank');
	await becomes(other, 'connected');
	await add(other, 1);
	assert.equal(await loads(other), 2);
});

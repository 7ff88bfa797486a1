// What comes later than its page, and may fail; and a curve that a script draws, which knows nothing of live pages.
import assert from 'node:assert/strict';

import { network, visitLive } from '../company.mjs';
import { browserTest, serve } from '../harness.mjs';

const app = 'live-atlas';
/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page */
const isThere = (page) => page.locator('.forecast[aria-busy=false] time').nth(6).waitFor();

/** How many points the curve has. @param {Page} page @returns {Promise<number>} */
const points = (page) => page.evaluate("document.querySelector('.curve polyline').getAttribute('points').split(' ').length");

/** Waits until a point has come. @param {Page} page */
async function grows(page) {
	const before = await page.locator('.curve polyline').getAttribute('points');
	await page.waitForFunction((before) => document.querySelector('.curve polyline')?.getAttribute('points') !== before, before);
}

browserTest('the forecast comes after the page, which keeps its place', { app }, async ({ page }) => {
	const { url } = await serve(app);
	const html = await (await fetch(`${url}/weather`)).text();
	assert.match(html, /aria-busy/);
	assert.equal(html.match(/<li class="empty">/g)?.length, 7);
	await visitLive(page, '/weather');
	await isThere(page);
	assert.equal(await page.locator('.days li.empty').count(), 0);
});

browserTest('a forecast that fails says so, and is asked for again', { app }, async ({ page }) => {
	await visitLive(page, '/weather/ISL-05');
	await isThere(page);
	await page.getByRole('button', { name: 'Cut the line' }).click();
	await page.getByRole('button', { name: 'Cut the line', pressed: true }).waitFor();
	await page.getByRole('button', { name: 'Look again' }).click();
	// Meanwhile, the last one is shown.
	await page.locator('.forecast[aria-busy=true] time').nth(6).waitFor();
	const failed = page.getByText('The station does not answer.');
	await failed.waitFor();
	assert.equal(await page.locator('.days').count(), 0);
	await page.getByRole('button', { name: 'Try again' }).click();
	await page.locator('.forecast[aria-busy=true] .empty').nth(6).waitFor();
	await failed.waitFor();
	await page.getByRole('button', { name: 'Cut the line' }).click();
	await page.getByRole('button', { name: 'Cut the line', pressed: false }).waitFor();
	await page.getByRole('button', { name: 'Try again' }).click();
	await isThere(page);
	assert.equal(await failed.count(), 0);
});

browserTest('of two forecasts that are asked for, the last is shown', { app }, async ({ page }) => {
	await visitLive(page, '/weather/ISL-05');
	await isThere(page);
	const cold = await page.locator('.days').textContent();
	await page.getByRole('link', { name: 'Brazil' }).click();
	await page.getByRole('link', { name: 'Kenya' }).click();
	await page.getByRole('heading', { name: 'Nairobi' }).waitFor();
	await isThere(page);
	assert.match(page.url(), /\/weather\/KEN-02$/);
	const warm = await page.locator('.days').textContent();
	assert.notEqual(warm, cold);
	// The other one takes half a second longer; two readings take two seconds.
	await grows(page);
	await grows(page);
	assert.equal(await page.locator('.days').textContent(), warm);
	await page.goBack();
	await page.getByRole('link', { name: 'Brazil' }).and(page.locator('[aria-current]')).waitFor();
	await page.goBack();
	await page.getByRole('link', { name: 'Iceland' }).and(page.locator('[aria-current]')).waitFor();
	await page.waitForFunction((cold) => document.querySelector('.days')?.textContent === cold, cold);
});

browserTest('the browser is told what is new, and keeps the rest', { app }, async ({ page }) => {
	await visitLive(page, '/weather');
	await page.locator('.curve polyline').waitFor({ state: 'attached' });
	assert.equal(await points(page), 60);
	await grows(page);
	await page.waitForFunction(() => JSON.parse(/** @type {HTMLElement} */ (document.querySelector('.curve')).dataset['readings'] ?? '').length === 1);
	assert.equal(await points(page), 60, 'of which the oldest go');
	await page.getByRole('link', { name: 'Brazil' }).click();
	await page.locator('.curve[data-station="BRA-04"]').waitFor();
	assert.equal(await points(page), 60, 'and begins anew for another station');
	assert.equal(await page.locator('.curve svg').count(), 1);
});

browserTest('the curve goes on after a lost connection', { app }, async ({ page }) => {
	const net = await network(page);
	await visitLive(page, '/weather');
	await page.locator('.curve polyline').waitFor({ state: 'attached' });
	await page.locator('.curve svg').evaluate((svg) => void (svg.id = 'same'));
	await net.fail();
	await net.recover();
	await grows(page);
	assert.equal(await points(page), 60);
	assert.equal(await page.locator('.curve svg#same').count(), 1);
});

browserTest('a transition has its classes while it lasts, and none after it', { app }, async ({ page }) => {
	await visitLive(page, '/weather');
	await isThere(page);
	await page.evaluate(() => {
		const seen = /** @type {any} */ (window).seen = new Set();
		const days = /** @type {HTMLElement} */ (document.querySelector('#days'));
		new MutationObserver(() => seen.add(days.className)).observe(days, { attributeFilter: ['class'] });
	});
	await page.getByRole('button', { name: 'Look again' }).click();
	// What the server sends meanwhile changes what is in the element.
	await page.locator('#days.stirs').waitFor();
	await page.locator('#days:not(.stirs)').waitFor();
	await isThere(page);
	const seen = await page.evaluate('[...seen]');
	assert.ok(seen.includes('stirs stirs-first'), String(seen));
	assert.ok(seen.includes('stirs stirs-last'), String(seen));
	assert.equal(await page.locator('#days').getAttribute('class') ?? '', '');
});

browserTest('a lost connection is spoken of a moment later, when it may be back', { app }, async ({ page }) => {
	const net = await network(page);
	await visitLive(page, '/weather');
	await page.evaluate(() => {
		const { dataset } = document.documentElement;
		const offline = /** @type {HTMLElement} */ (document.querySelector('.offline'));
		new MutationObserver(() => {
			if (dataset['live'] === 'disconnected') document.title = getComputedStyle(offline).visibility;
		}).observe(document.documentElement, { attributeFilter: ['data-live'] });
	});
	await net.fail();
	assert.equal(await page.title(), 'hidden');
	await page.getByText('The connection is lost.').waitFor();
});

browserTest('a page that is not live any more says so, and how it is again', { app }, async ({ page }) => {
	await visitLive(page, '/weather');
	await page.evaluate("document.documentElement.dataset.live = 'gone'");
	await page.getByText('This page is not live any more.').waitFor();
	assert.equal(await page.getByText('The connection is lost.').isVisible(), false);
	await page.getByRole('link', { name: 'Load it again' }).click();
	await page.locator('html[data-live=connected]').waitFor();
});

browserTest('a station that there is not is not found', { app, javascript: ['off'] }, async ({ page, complaints }) => {
	complaints.expect(/404/);
	const response = await page.goto('/weather/XXX-01');
	assert.equal(response?.status(), 404);
});

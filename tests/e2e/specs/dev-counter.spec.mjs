// `wellhead dev` with a live page: it goes on with other code, and what fails is shown over it.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { launch } from '../browser.mjs';
import { develop, devTests } from '../development.mjs';

const file = 'src/routes/+live.ts';

/** @type {import('../development.mjs').Development} */
let app;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
	[app, browser] = await Promise.all([develop('counter'), launch()]);
});
after(async () => {
	await browser?.close();
	await app?.stop();
});

const devTest = devTests(() => ({ app, browser }));

devTest('a live page keeps its state when its code has changed', async ({ page }) => {
	await page.goto('/');
	await page.getByRole('button', { name: '+1' }).click();
	await page.locator('output', { hasText: /^1$/ }).waitFor();
	await app.replace(file, '<h1>Counter</h1>', '<h1>Another</h1>');
	await page.getByRole('heading', { name: 'Another' }).waitFor();
	await page.locator('output', { hasText: /^1$/ }).waitFor();
	await page.getByRole('button', { name: '+1' }).click();
	await page.locator('output', { hasText: /^2$/ }).waitFor();
});

devTest('a page that is loaded again by its user begins anew', async ({ page }) => {
	await page.goto('/');
	await page.getByRole('button', { name: '+1' }).click();
	await page.locator('output', { hasText: /^1$/ }).waitFor();
	await page.reload();
	assert.equal(await page.locator('output').textContent(), '0');
});

devTest('messages can be read: the wire is JSON', async ({ page }) => {
	/** @type {unknown[]} */
	const sent = [];
	page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => void sent.push(payload)));
	await page.goto('/?wire=json');
	await page.getByRole('button', { name: '+1' }).click();
	await page.locator('output', { hasText: /^1$/ }).waitFor();
	assert.ok(sent.some((payload) => typeof payload === 'string' && payload.includes('"handler":"add"')), String(sent));
});

devTest('a handler that throws shows its place over the page, and the state is as it was', async ({ page }) => {
	await app.replace(file, 'this.state.count += by;', "this.state.count += by;\n\t\tif (by > 0) throw new Error('a handler failed');");
	await app.settle();
	await page.goto('/');
	await page.getByRole('button', { name: '+1' }).click();
	const card = page.locator('wellhead-overlay .card');
	await card.waitFor();
	assert.match((await card.textContent()) ?? '', /a handler failed/);
	assert.match((await card.locator('.place').first().textContent()) ?? '', /^src\/routes\/\+live\.ts:\d+:\d+$/);
	await page.keyboard.press('Escape');
	await card.waitFor({ state: 'detached' });
	await page.getByRole('button', { name: '−1' }).click();
	await page.locator('output', { hasText: /^-1$/ }).waitFor();
});

devTest('two items with the same key are shown over the page, with the key', async ({ page }) => {
	await app.replace(file, '<h1>Counter</h1>', "<h1>Counter</h1>${[1, 2].map(() => html`<p ts-key=${'twin'}></p>`)}");
	await app.settle();
	await page.goto('/');
	const card = page.locator('wellhead-overlay .card');
	await card.getByText('have the same key "twin"').waitFor();
	await page.keyboard.press('Escape');
	await card.waitFor({ state: 'detached' });
	// The page works, and says it once.
	await page.getByRole('button', { name: '+1' }).click();
	await page.locator('output', { hasText: /^1$/ }).waitFor();
	assert.equal(await card.count(), 0);
});

devTest('round trips are as slow as asked, as long as the tab is there', async ({ page }) => {
	/** Clicks, and tells after how many milliseconds the page shows it. @returns {Promise<number>} */
	const click = () =>
		page.evaluate(async () => {
			const [output, button] = ['output', 'button:last-of-type'].map((selector) => /** @type {HTMLElement} */ (document.querySelector(selector)));
			const start = performance.now();
			const shown = new Promise((resolve) => new MutationObserver(resolve).observe(/** @type {HTMLElement} */ (output), { subtree: true, childList: true, characterData: true }));
			button?.click();
			await shown;
			return performance.now() - start;
		});
	await page.goto('/');
	await page.locator('html[data-live=connected]').waitFor({ state: 'attached' });
	await page.evaluate('wellheadLive.latency(1000)');
	const clicked = click();
	await page.locator('button.ts-loading', { hasText: '+1' }).waitFor();
	assert.equal(await page.locator('output').textContent(), '0');
	assert.ok((await clicked) >= 990);
	await page.locator('button.ts-loading').waitFor({ state: 'detached' });
	await page.reload();
	await page.locator('html[data-live=connected]').waitFor({ state: 'attached' });
	assert.ok((await click()) >= 990);
	await page.evaluate('wellheadLive.latency(0)');
	await page.reload();
	await page.getByRole('button', { name: '+1' }).click();
	await page.locator('output', { hasText: /^1$/ }).waitFor();
});

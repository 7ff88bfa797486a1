// What the atlas says where there is nothing, and what it offers instead.
import assert from 'node:assert/strict';

import { browserTest, clickFor } from '../harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

const both = /** @type {const} */ ({ app: 'atlas', javascript: ['on', 'off'] });

/** @param {Page} page */
const suggested = async (page) => (await page.getByTestId('suggestion').allTextContents()).map((text) => text.trim());

browserTest('a path that leads nowhere has a page with a way back', both, async ({ page, complaints }) => {
	complaints.expect(/status of 404/);
	const response = await page.goto('/atlantis/and/beyond');
	assert.equal(response?.status(), 404);
	await page.getByRole('heading', { level: 1, name: 'Off the map' }).waitFor();
	assert.equal(await page.getByTestId('error-page').getAttribute('data-status'), '404');
	assert.equal(await page.getByTestId('error-message').textContent(), 'There is no such page.');
	assert.equal(await page.title(), '404 · Atlas');
	assert.equal(await page.getByText(/trace/).count(), 0, 'nobody has to look into a log for this');
	assert.deepEqual(await suggested(page), []);

	await page.getByTestId('site-header').waitFor();
	assert.equal(await page.getByTestId('footer-region').count(), 6);
	await clickFor(page.getByRole('link', { name: 'To the world map', exact: true }), page.getByTestId('world-map'));
	assert.equal(new URL(page.url()).pathname, '/');
});

browserTest('a region that does not exist is off the map', both, async ({ page, complaints }) => {
	complaints.expect(/status of 404/);
	assert.equal((await page.goto('/region/atlantis'))?.status(), 404);
	await page.getByRole('heading', { level: 1, name: 'Off the map' }).waitFor();
});

browserTest('a misspelt country is asked back', both, async ({ page, complaints }) => {
	complaints.expect(/status of 404/);
	const response = await page.goto('/country/Germny');
	assert.equal(response?.status(), 404);
	await page.getByRole('heading', { level: 1, name: 'Not on any map' }).waitFor();
	assert.equal(await page.getByTestId('error-message').textContent(), 'No country has the code “Germny”.');
	assert.equal((await suggested(page))[0], '🇩🇪 Germany');

	await clickFor(page.getByTestId('suggestion').first(), page.getByRole('heading', { level: 1, name: 'Germany' }));
	assert.equal(new URL(page.url()).pathname, '/country/DEU');
	await page.goBack();
	await page.getByRole('heading', { level: 1, name: 'Not on any map' }).waitFor();
});

browserTest('what is offered is like what was asked for', both, async ({ page, complaints }) => {
	complaints.expect(/status of 404/);
	for (const [asked, offered] of [
		['norway', ['🇳🇴 Norway']],
		['Nroway', ['🇳🇴 Norway']],
		['ivory coats', ['🇨🇮 Ivory Coast']],
		['south', ['🇿🇦 South Africa', '🇬🇸 South Georgia', '🇰🇷 South Korea', '🇸🇸 South Sudan']],
		['NOX', ['🇳🇴 Norway']],
		['qqqqqq', []]
	]) {
		await page.goto(`/country/${encodeURIComponent(String(asked))}`);
		await page.getByTestId('country-error').waitFor();
		const found = await suggested(page);
		assert.deepEqual(found.slice(0, offered.length || 1), offered, String(asked));
		assert.ok(found.length <= 4);
	}
});

browserTest('any code of a country leads to its page', both, async ({ page }) => {
	for (const code of ['nor', 'no', '578', '%6Eor']) {
		await page.goto(`/country/${code}`);
		await page.getByRole('heading', { level: 1, name: 'Norway' }).waitFor();
		assert.equal(new URL(page.url()).pathname, '/country/NOR', code);
	}
	await page.goto('/country/n%6F/print');
	assert.equal(new URL(page.url()).pathname, '/country/NOR/print');
});

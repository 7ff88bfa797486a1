// The atlas as a visitor meets it: the ways through the site that everything else builds on.
import assert from 'node:assert/strict';

import { browserTest, eventually } from '../harness.mjs';

const both = /** @type {const} */ ({ app: 'atlas', javascript: ['on', 'off'] });

browserTest('the first page shows the map and the countries', both, async ({ page }) => {
	await page.goto('/');
	await page.getByTestId('world-map').waitFor();
	await page.getByRole('link', { name: /Norway/ }).first().waitFor();
	assert.ok((await page.getByTestId('country-card').count()) >= 40, 'a list of countries');
});

browserTest('a country has a page of its own', both, async ({ page }) => {
	const response = await page.goto('/country/NOR');
	assert.equal(response?.status(), 200);
	await page.getByRole('heading', { level: 1, name: 'Norway' }).waitFor();
	assert.equal(await page.title(), 'Norway · Atlas');
	await page.getByTestId('neighbour').filter({ hasText: 'Sweden' }).first().waitFor();
});

browserTest('a country that does not exist is a page that says so', both, async ({ page, complaints }) => {
	complaints.expect(/status of 404/);
	const response = await page.goto('/country/XXX');
	assert.equal(response?.status(), 404);
	await page.getByTestId('country-error').waitFor();
});

browserTest('the search is a form', { app: 'atlas', javascript: ['off'] }, async ({ page }) => {
	await page.goto('/');
	await page.getByTestId('search').fill('norw');
	await page.getByTestId('filter-submit').click();
	await page.waitForURL(/[?&]q=norw/);
	assert.deepEqual(await page.getByTestId('country-card').locator('b').allTextContents(), ['Norway']);
});

browserTest('searching, opening and going back keeps the document', { app: 'atlas' }, async ({ page }) => {
	await page.goto('/');
	const search = page.getByTestId('search');
	// What is typed before the page is hydrated is kept, but searches nothing.
	await eventually(async () => {
		await search.fill('');
		await search.fill('norw');
		await page.waitForURL(/[?&]q=norw/, { timeout: 1000 });
	});
	const cards = page.getByTestId('country-card');
	await cards.nth(1).waitFor({ state: 'detached' });
	await page.evaluate('window.sameDocument = true');

	await cards.filter({ hasText: 'Norway' }).click();
	await page.getByTestId('country-name').filter({ hasText: 'Norway' }).waitFor();
	assert.equal(new URL(page.url()).pathname, '/country/NOR');
	assert.equal(await page.evaluate('window.sameDocument'), true, 'the link loaded no new document');

	await page.goBack();
	await cards.filter({ hasText: 'Norway' }).waitFor();
	assert.equal(await search.inputValue(), 'norw');
	assert.equal(await page.evaluate('window.sameDocument'), true, 'going back loaded no new document');
});

browserTest('nothing is wider than a phone', { ...both, viewport: 'phone' }, async ({ page }) => {
	for (const path of ['/', '/country/NOR', '/region/europe', '/compare?c=NOR&c=CHL', '/about']) {
		await page.goto(path);
		const content = /** @type {number} */ (await page.evaluate('document.documentElement.scrollWidth'));
		// Not innerWidth: a phone shows what is too wide at a smaller scale, and then that has grown too.
		const screen = page.viewportSize()?.width ?? 0;
		assert.ok(content <= screen, `${path} is ${content} pixels wide on a screen of ${screen}`);
	}
});

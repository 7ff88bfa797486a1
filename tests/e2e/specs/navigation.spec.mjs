// The atlas once it is alive: what is asked for when, what stays where it was, and who may stop a navigation.
import assert from 'node:assert/strict';

import { browserTest, clickFor, eventually } from '../harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

/**
 * The requests of a page to the server, by their paths with queries.
 *
 * @param {Page} page
 */
function requests(page) {
	/** @type {string[]} */
	const asked = [];
	page.on('request', (request) => {
		const { pathname, search } = new URL(request.url());
		asked.push(pathname + search);
	});
	return asked;
}

/** @param {Page} page */
const isAlive = (page) => page.waitForFunction('document.documentElement.matches(":has(#wellhead-state)") && history.state?.wellhead');

/** @param {Page} page */
const answer = async (page) => (await page.getByTestId('quiz-outline').getAttribute('data-answer')) ?? '';

/** @param {Page} page */
async function answerRight(page) {
	const right = await answer(page);
	await clickFor(page.locator(`[data-testid=quiz-choice][value=${right}]`), page.getByTestId('quiz-verdict'));
}

browserTest('what a universal load fetched on the server is not asked for again', { app: 'atlas' }, async ({ page }) => {
	const asked = requests(page);
	const document = await (await page.request.get('/quiz')).text();
	assert.match(document, /data-testid="quiz-outline"/);
	await page.goto('/quiz');
	const first = await answer(page);
	await answerRight(page);
	// Each question is another one: had the browser asked, it would not be the same.
	assert.equal(await answer(page), first);
	assert.deepEqual(asked.filter((path) => path.includes('quiz')), ['/quiz']);
});

browserTest('what is named is loaded again when it is invalidated, and nothing else', { app: 'atlas' }, async ({ page }) => {
	await page.goto('/quiz');
	await answerRight(page);
	const first = await answer(page);
	const asked = requests(page);
	await page.getByTestId('quiz-next').click();
	await page.waitForFunction((first) => document.querySelector('[data-answer]')?.getAttribute('data-answer') !== first, first);
	assert.deepEqual(asked, ['/api/quiz']);
	await page.getByTestId('quiz-verdict').waitFor({ state: 'detached' });
});

browserTest('the quiz is a form', { app: 'atlas', javascript: ['off'] }, async ({ page }) => {
	await page.goto('/quiz');
	const right = await answer(page);
	await page.locator(`[data-testid=quiz-choice][value=${right}]`).click();
	await page.getByTestId('quiz-before').filter({ hasText: 'Right' }).waitFor();
	assert.equal(new URL(page.url()).search, `?asked=${right}&guess=${right}`);
});

browserTest('a page may stop navigations, also those through the history', { app: 'atlas' }, async ({ page }) => {
	await page.goto('/about');
	await page.goto('/names');
	await clickFor(page.getByTestId('nav-quiz'), page.getByTestId('quiz-outline'));
	await page.evaluate('window.sameDocument = true');
	await answerRight(page);
	await page.getByTestId('nav-names').click();
	await page.getByTestId('quiz-leave').waitFor();
	assert.equal(new URL(page.url()).pathname, '/quiz');
	await page.getByTestId('quiz-stay').click();
	await page.getByTestId('quiz-leave').waitFor({ state: 'detached' });

	await page.evaluate('history.back()');
	await page.getByTestId('quiz-leave').waitFor();
	await page.waitForURL('**/quiz');
	await page.getByTestId('quiz-end').click();
	await page.getByTestId('names').waitFor();
	assert.equal(await page.evaluate('window.sameDocument'), true);
});

browserTest('a page is loaded while the pointer is over its link', { app: 'atlas' }, async ({ page }) => {
	const asked = requests(page);
	await page.goto('/');
	await isAlive(page);
	const card = page.getByTestId('country-card').filter({ hasText: 'Åland' });
	const data = page.waitForRequest(/\/country\/ALA\/__data\.json/);
	await eventually(async () => {
		await page.mouse.move(0, 0);
		await card.hover();
		await Promise.race([data, page.waitForTimeout(1000).then(() => Promise.reject(new Error('not yet')))]);
	});
	await (await data).response();
	await card.click();
	await page.getByTestId('country-name').filter({ hasText: 'Åland' }).waitFor();
	assert.equal(asked.filter((path) => path.startsWith('/country/ALA/__data.json')).length, 1);
});

browserTest('values of own types are what they were, first and after a navigation', { app: 'atlas', javascript: ['on', 'off'] }, async ({ page, javascript }) => {
	await page.goto('/country/NOR');
	const sweden = page.getByTestId('neighbour').filter({ hasText: 'Sweden' });
	const title = /^About \d+ km from the middle/;
	assert.match((await sweden.getAttribute('title')) ?? '', title);
	if (javascript === 'off') return;
	await isAlive(page);
	assert.match((await sweden.getAttribute('title')) ?? '', title);
	await sweden.click();
	await page.getByTestId('country-name').filter({ hasText: 'Sweden' }).waitFor();
	assert.match((await page.getByTestId('neighbour').filter({ hasText: 'Norway' }).getAttribute('title')) ?? '', title);
	await page.getByTestId('facts').getByText('62° N, 15° E').waitFor();
});

browserTest('what a page waits for comes into it later', { app: 'atlas' }, async ({ page }) => {
	await page.goto('/country/CHL');
	await page.getByTestId('similar').getByTestId('country-card').first().waitFor();
	await page.getByTestId('next').click();
	await page.getByTestId('country-name').filter({ hasText: 'China' }).waitFor();
	await page.getByTestId('similar').getByTestId('country-card').first().waitFor();
});

browserTest('the way back leads to where the page was scrolled to, the way on to its top', { app: 'atlas' }, async ({ page }) => {
	await page.goto('/');
	await isAlive(page);
	const card = page.getByTestId('country-card').nth(30);
	await card.scrollIntoViewIfNeeded();
	const before = /** @type {number} */ (await page.evaluate('scrollY'));
	assert.ok(before > 500, `scrolled to ${before}`);
	await page.evaluate('window.sameDocument = true');
	await clickFor(card, page.getByTestId('country-name'));
	await page.waitForFunction('scrollY === 0');
	assert.equal(await page.evaluate('window.sameDocument'), true);
	// The focus starts at the top too, and who cannot see is told the title.
	assert.equal(await page.evaluate('document.activeElement === document.body'), true);
	await page.goBack();
	await page.getByTestId('world-map').waitFor();
	await page.waitForFunction((before) => Math.abs(scrollY - before) < 2, before);
	// Also after a reload.
	await page.reload();
	await page.waitForFunction((before) => Math.abs(scrollY - before) < 2, before);
});

browserTest('tabs of a region keep the layout and the place', { app: 'atlas' }, async ({ page }) => {
	const asked = requests(page);
	await page.goto('/region/europe');
	await isAlive(page);
	await page.evaluate("document.querySelector('[data-testid=region-map]').marked = true");
	await clickFor(page.getByTestId('tab-languages'), page.getByTestId('language-list'));
	assert.equal(await page.evaluate("document.querySelector('[data-testid=region-map]').marked"), true);
	// Layouts are not asked for again: the root, the group, the region, the page.
	const data = asked.filter((path) => path.includes('__data.json'));
	assert.equal(new URL(data[0], 'http://a').searchParams.get('x-wellhead-invalidated')?.replace(/0*1$/, ''), '', data[0]);
});

browserTest('redirects are followed, and a country has one address', { app: 'atlas', javascript: ['on', 'off'] }, async ({ page }) => {
	await page.goto('/country/no');
	assert.equal(new URL(page.url()).pathname, '/country/NOR');
	await page.goto('/random');
	await page.getByTestId('country').waitFor();
	assert.match(new URL(page.url()).pathname, /^\/country\/[A-Z]{3}$/);
	await page.goto('/about/');
	assert.equal(new URL(page.url()).pathname, '/about');
});

browserTest('a layout can be left out, and a page without scripts has none', { app: 'atlas', javascript: ['on', 'off'] }, async ({ page }) => {
	await page.goto('/country/NOR/print');
	await page.getByText('Norway').first().waitFor();
	assert.equal(await page.getByTestId('site-header').count(), 0);
	await page.goto('/about');
	await page.getByTestId('site-header').waitFor();
	assert.equal(await page.locator('script').count(), 0);
});

browserTest('parameters of every kind lead to their pages', { app: 'atlas', javascript: ['on', 'off'] }, async ({ page, complaints }) => {
	complaints.expect(/status of 404/);
	await page.goto('/names');
	await page.getByTestId('names').getByText('Germany').waitFor();
	await page.goto('/deu/names');
	await page.getByTestId('names').getByText('Deutschland').waitFor();
	await page.goto('/docs');
	await page.locator('[data-testid=help][data-path=""]').waitFor();
	await page.goto('/docs/map/keyboard');
	await page.locator('[data-testid=help][data-path="map/keyboard"]').waitFor();
	assert.equal((await page.goto('/region/atlantis'))?.status(), 404, 'the matcher does not agree');
	assert.equal((await page.goto('/xyz/names'))?.status(), 404);
});

browserTest('the colours can be changed without JavaScript', { app: 'atlas', javascript: ['off'] }, async ({ page }) => {
	await page.goto('/names');
	assert.equal(await page.getByTestId('look').getAttribute('data-theme'), 'auto');
	await page.getByTestId('site-header').locator('form button').click();
	await page.waitForURL('**/names');
	assert.equal(await page.getByTestId('look').getAttribute('data-theme'), 'light');
});

browserTest('a load may read what the browser says of itself', { app: 'atlas', javascript: ['on', 'off'] }, async ({ page }) => {
	await page.goto('/names');
	assert.equal(await page.getByTestId('own-language').count(), 0);
	await page.setExtraHTTPHeaders({ 'accept-language': 'de-AT, fr;q=0.8' });
	await page.goto('/names');
	await page.getByTestId('own-language').filter({ hasText: 'Deutsch' }).click();
	await page.waitForURL('**/deu/names');
	await page.getByTestId('own-language').waitFor({ state: 'detached' });
});

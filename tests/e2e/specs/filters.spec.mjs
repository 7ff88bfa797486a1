// The list of countries: filtered and ordered by its address, which a form writes.
import assert from 'node:assert/strict';

import { browserTest, clickFor, eventually } from '../harness.mjs';
import { countryOf, world } from '../world.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../world.mjs').Country} Country */

const both = /** @type {const} */ ({ app: 'atlas', javascript: ['on', 'off'] });

/** How many cards there are before someone asks for all. */
const first = 48;

/**
 * Sets one field of the form: with JavaScript that is enough, without it the form is sent.
 *
 * @param {Page} page
 * @param {'on' | 'off'} javascript
 * @param {'region' | 'sort' | 'landlocked' | 'un' | 'q'} name
 * @param {string} value
 */
async function choose(page, javascript, name, value) {
	const field = page.locator(`[data-testid="filters"] [name="${name}"]`);
	const set = async () => {
		if (name === 'q') {
			await field.fill('');
			await field.fill(value);
		} else if (name === 'landlocked' || name === 'un') {
			await field.uncheck();
			await field.check();
		} else {
			await field.selectOption(value);
		}
	};
	const there = (/** @type {URL} */ url) => url.searchParams.get(name) === value;
	if (javascript === 'off') {
		await set();
		await page.getByTestId('filter-submit').click();
		await page.waitForURL(there);
	} else {
		// A choice made before the page is hydrated does nothing.
		await eventually(async () => {
			await set();
			await page.waitForURL(there, { timeout: 2000 });
		});
	}
}

/**
 * Waits until the list has exactly these countries.
 *
 * @param {Page} page
 * @param {readonly Country[]} expected  in any order
 */
async function lists(page, expected) {
	const count = expected.length === world.length ? `${world.length}` : `${expected.length} of ${world.length}`;
	await page.getByTestId('result-count').filter({ hasText: new RegExp(`^\\s*${count}\\s*$`) }).waitFor();
	const codes = await shown(page);
	assert.equal(codes.length, Math.min(first, expected.length));
	const right = new Set(expected.map(({ cca3 }) => cca3));
	assert.deepEqual(codes.filter((code) => !right.has(code)), []);
	assert.equal(new Set(codes).size, codes.length);
}

/** The codes of the cards, in their order. @param {Page} page */
const shown = (page) => page.getByTestId('country-card').evaluateAll((cards) => cards.map((card) => card.getAttribute('data-code') ?? ''));

browserTest('each filter leaves fewer countries', both, async ({ page, javascript }) => {
	await page.goto('/');
	await lists(page, world);

	await choose(page, javascript, 'region', 'africa');
	const african = world.filter(({ region }) => region === 'Africa');
	await lists(page, african);

	await choose(page, javascript, 'landlocked', '1');
	const inland = african.filter(({ landlocked }) => landlocked);
	await lists(page, inland);

	await choose(page, javascript, 'region', 'europe');
	const european = world.filter(({ region, landlocked }) => region === 'Europe' && landlocked);
	await lists(page, european);

	await choose(page, javascript, 'un', '1');
	const members = european.filter(({ unMember }) => unMember);
	assert.ok(members.length < european.length, 'the data has a case of this');
	await lists(page, members);

	await choose(page, javascript, 'sort', 'largest');
	await lists(page, members);
	assert.deepEqual(
		await shown(page),
		members.toSorted((a, b) => b.area - a.area).map(({ cca3 }) => cca3)
	);

	// Nothing but the address holds the choice.
	await page.reload();
	await lists(page, members);
	assert.equal(await page.getByTestId('filter-region').inputValue(), 'europe');
	assert.equal(await page.getByTestId('filter-sort').inputValue(), 'largest');
	assert.ok(await page.getByTestId('filter-landlocked').isChecked());
	assert.ok(await page.getByTestId('filter-un').isChecked());
});

browserTest('the list has four orders', both, async ({ page, javascript }) => {
	await page.goto('/');
	const areas = world.map(({ area }) => area).sort((a, b) => b - a);
	const neighbours = world.map(({ borders }) => borders.length).sort((a, b) => b - a);

	await choose(page, javascript, 'sort', 'largest');
	await page.locator('[data-testid="country-list"] li:first-child [data-code="RUS"]').waitFor();
	assert.deepEqual((await shown(page)).map((code) => countryOf(code).area), areas.slice(0, first));

	await choose(page, javascript, 'sort', 'smallest');
	await page.locator('[data-testid="country-list"] li:first-child [data-code="RUS"]').waitFor({ state: 'detached' });
	assert.deepEqual((await shown(page)).map((code) => countryOf(code).area), areas.toReversed().slice(0, first));

	await choose(page, javascript, 'sort', 'neighbours');
	await page.locator('[data-testid="country-list"] li:first-child').filter({ hasText: `${neighbours[0]} neighbours` }).waitFor();
	assert.deepEqual((await shown(page)).map((code) => countryOf(code).borders.length), neighbours.slice(0, first));

	await page.goto('/');
	await lists(page, world);
	assert.equal((await shown(page))[0], 'AFG');
});

browserTest('a search finds names, capitals and codes, whatever the accents', both, async ({ page }) => {
	for (const [q, code] of [['sao tome', 'STP'], ['ÅLAND', 'ALA'], ['ARGEN', 'ARG'], ['reykjavik', 'ISL'], ['nzl', 'NZL']]) {
		await page.goto(`/?q=${encodeURIComponent(q)}`);
		assert.deepEqual(await shown(page), [code], q);
		assert.equal(await page.getByTestId('search').inputValue(), q);
	}
});

browserTest('what an address asks for that there is not is left out', both, async ({ page }) => {
	await page.goto('/?region=atlantis&sort=mood&show=some');
	await lists(page, world);
	assert.equal(await page.getByTestId('filter-region').inputValue(), '');
	assert.equal(await page.getByTestId('filter-sort').inputValue(), 'name');
});

browserTest('a search without results says so and leads back', both, async ({ page, javascript }) => {
	await page.goto('/?region=asia');
	await choose(page, javascript, 'q', 'qwertz');
	await page.getByTestId('no-results').waitFor();
	await page.getByTestId('result-count').filter({ hasText: `0 of ${world.length}` }).waitFor();
	assert.equal(await page.getByTestId('country-card').count(), 0);

	await page.getByTestId('no-results').getByRole('link').click();
	await lists(page, world);
	assert.equal(new URL(page.url()).search, '');
	assert.equal(await page.getByTestId('search').inputValue(), '');
	assert.equal(await page.getByTestId('filter-region').inputValue(), '');
});

browserTest('the rest of a long list is one click away', both, async ({ page }) => {
	const african = world.filter(({ region }) => region === 'Africa');
	await page.goto('/?region=africa&sort=largest');
	await lists(page, african);
	const more = page.getByTestId('show-all');
	assert.equal((await more.textContent())?.trim(), `Show all ${african.length}`);
	await clickFor(more, page.getByTestId('country-card').nth(first));
	assert.deepEqual(
		await shown(page),
		african.toSorted((a, b) => b.area - a.area).map(({ cca3 }) => cca3)
	);
	assert.equal(await more.count(), 0);
	assert.equal(new URL(page.url()).search, '?region=africa&sort=largest&show=all');
});

browserTest('showing all keeps the place on the page', { app: 'atlas' }, async ({ page }) => {
	await page.goto('/');
	await page.locator('[data-testid="world-map"][data-live="true"]').waitFor();
	const more = page.getByTestId('show-all');
	await more.scrollIntoViewIfNeeded();
	const place = await page.evaluate('scrollY');
	await more.click();
	await page.getByTestId('country-card').nth(world.length - 1).waitFor();
	assert.equal(await page.evaluate('scrollY'), place);
});

browserTest('going back to the list restores its filters', both, async ({ page, javascript }) => {
	await page.goto('/');
	await choose(page, javascript, 'region', 'americas');
	await choose(page, javascript, 'landlocked', '1');
	const inland = world.filter(({ region, landlocked }) => region === 'Americas' && landlocked);
	await lists(page, inland);
	await page.locator('[data-testid="country-card"][data-code="BOL"]').click();
	await page.getByRole('heading', { level: 1, name: 'Bolivia' }).waitFor();

	await page.goBack();
	await lists(page, inland);
	assert.equal(await page.getByTestId('filter-region').inputValue(), 'americas');
	assert.ok(await page.getByTestId('filter-landlocked').isChecked());
	assert.ok(!(await page.getByTestId('filter-un').isChecked()));
});

browserTest('the map steps back where the list does', both, async ({ page, javascript }) => {
	await page.goto('/');
	const map = page.getByTestId('world-map');
	assert.equal(await map.locator('a.off').count(), 0);
	await choose(page, javascript, 'region', 'oceania');
	const oceanian = world.filter(({ region }) => region === 'Oceania');
	await lists(page, oceanian);
	const lit = await map.locator('> svg a:not(.off)').evaluateAll((links) => links.map((link) => link.getAttribute('data-code')));
	assert.deepEqual(lit.sort(), oceanian.map(({ cca3 }) => cca3).sort());
});

// Countries side by side: the choice is in the address, what is put aside for it in a cookie.
import assert from 'node:assert/strict';

import { browserTest, clickFor, eventually } from '../harness.mjs';
import { countryOf, world } from '../world.mjs';

/** @typedef {import('playwright-core').Locator} Locator */
/** @typedef {import('playwright-core').Page} Page */

const atlas = /** @type {const} */ ({ app: 'atlas' });
const both = /** @type {const} */ ({ app: 'atlas', javascript: ['on', 'off'] });

/** @param {Locator} locator @param {string} name */
const attributes = (locator, name) => locator.evaluateAll((elements, name) => elements.map((element) => element.getAttribute(name) ?? ''), name);

/** What the address chooses. @param {Page} page */
const inAddress = (page) => new URL(page.url()).searchParams.getAll('c');

/** The page is about exactly these, in this order, in all of its parts. @param {Page} page @param {string[]} codes */
async function compares(page, codes) {
	await eventually(async () => assert.deepEqual(await attributes(page.getByTestId('outline'), 'data-code'), codes));
	assert.deepEqual(await attributes(page.getByTestId('compare-remove'), 'data-code'), codes);
	for (const chart of codes.length > 0 ? ['chart-area', 'chart-neighbours', 'chart-languages'] : []) {
		assert.deepEqual(await attributes(page.getByTestId(chart).getByTestId('bar'), 'data-key'), codes, chart);
	}
	const heads = await page.locator('[data-testid="compare-table"] thead th').allTextContents();
	assert.deepEqual(heads.map((head) => head.trim()), codes.map((code) => `${countryOf(code).flag} ${countryOf(code).name.common}`));
}

/** @param {Page} page @param {string[]} codes */
async function putAside(page, codes) {
	const url = new URL('/', page.url() === 'about:blank' ? await baseOf(page) : page.url()).href;
	await page.context().addCookies([{ name: 'atlas-compare', value: codes.join('.'), url }]);
}

/** @param {Page} page */
async function baseOf(page) {
	await page.goto('/about');
	return page.url();
}

/** @param {Page} page */
const aside = async (page) => (await page.context().cookies()).find(({ name }) => name === 'atlas-compare')?.value;

browserTest('the table says what the data says', both, async ({ page }) => {
	await page.goto('/compare?c=NOR&c=BOL&c=CHE');
	await compares(page, ['NOR', 'BOL', 'CHE']);
	const rows = page.locator('[data-testid="compare-table"] tbody tr');
	const table = new Map(
		await rows.evaluateAll((rows) =>
			rows.map((row) => [row.querySelector('th')?.textContent ?? '', [...row.querySelectorAll('td')].map((cell) => cell.textContent ?? '')])
		)
	);
	const countries = ['NOR', 'BOL', 'CHE'].map(countryOf);
	assert.deepEqual(table.get('Capital'), countries.map(({ capital }) => capital[0]));
	assert.deepEqual(table.get('Part of the world'), countries.map(({ subregion }) => subregion));
	assert.deepEqual(table.get('Area'), ['323,802 km²', '1,098,581 km²', '41,284 km²']);
	assert.deepEqual(table.get('Languages'), countries.map(({ languages }) => Object.values(languages).join(', ')));
	assert.deepEqual(table.get('Currency'), countries.map(({ currencies }) => Object.values(currencies).map(({ name }) => name).join(', ')));
	assert.deepEqual(table.get('Coast'), ['yes', 'landlocked', 'landlocked']);
	assert.deepEqual(table.get('United Nations'), ['member', 'member', 'member']);
});

browserTest('bars are as long as the numbers are large', both, async ({ page }) => {
	const codes = ['NOR', 'BOL', 'CHE'];
	await page.goto(`/compare?c=${codes.join('&c=')}`);
	/** @type {[string, (country: import('../world.mjs').Country) => number][]} */
	const charts = [
		['chart-area', ({ area }) => area],
		['chart-neighbours', ({ borders }) => borders.length],
		['chart-languages', ({ languages }) => Object.keys(languages).length]
	];
	for (const [testid, value] of charts) {
		const values = codes.map((code) => value(countryOf(code)));
		const bars = page.getByTestId(testid).getByTestId('bar');
		assert.deepEqual((await attributes(bars, 'data-value')).map(Number), values, testid);
		await sized(bars, values);
	}
});

/** @param {Locator} bars @param {number[]} values */
async function sized(bars, values) {
	// They grow to their length when the page changes.
	await eventually(async () => {
		const widths = await bars.evaluateAll((bars) =>
			bars.map((bar) => (bar.querySelector('.bar')?.clientWidth ?? 0) / (bar.querySelector('.track')?.clientWidth ?? 1))
		);
		const longest = Math.max(...values);
		values.forEach((value, index) => {
			assert.ok(Math.abs(widths[index] - value / longest) < 0.02, `${widths} for ${values}`);
		});
	});
}

browserTest('a region has a chart of its largest countries', both, async ({ page }) => {
	const largest = world.filter(({ region }) => region === 'Americas').sort((a, b) => b.area - a.area).slice(0, 12);
	await page.goto('/region/americas/largest');
	const bars = page.getByTestId('largest-chart').getByTestId('bar');
	assert.deepEqual(await attributes(bars, 'data-key'), largest.map(({ cca3 }) => cca3));
	assert.deepEqual((await attributes(bars, 'data-value')).map(Number), largest.map(({ area }) => area));
	await sized(bars, largest.map(({ area }) => area));
	assert.match((await bars.first().textContent()) ?? '', /Canada\s*10M/);
	await clickFor(bars.nth(1).getByRole('link'), page.getByRole('heading', { level: 1, name: 'United States', exact: true }));
});

browserTest('outlines are drawn at one scale', both, async ({ page }) => {
	await page.goto('/compare?c=DZA&c=LUX&c=NOR');
	const sizes = await page.getByTestId('outline').evaluateAll((outlines) =>
		outlines.map((outline) => {
			const box = outline.querySelector('path')?.getBBox();
			return [box?.width ?? 0, box?.height ?? 0];
		})
	);
	const [algeria, luxembourg, norway] = sizes;
	assert.ok(Math.max(...algeria) > 330 && Math.max(...algeria) <= 400, `Algeria fills its square: ${algeria}`);
	// Luxembourg is about 80 km long, Algeria and the mainland of Norway about 2000 and 1700.
	assert.ok(Math.max(...luxembourg) > 5 && Math.max(...luxembourg) < 30, `Luxembourg is small: ${luxembourg}`);
	assert.ok(Math.max(...norway) > 200 && norway[0] < norway[1] * 1.2, `Norway: ${norway}`);
});

browserTest('countries are added and taken out', both, async ({ page, javascript }) => {
	await page.goto('/compare?c=NOR');
	await compares(page, ['NOR']);
	const add = page.getByTestId('compare-add');
	const choose = async (/** @type {string} */ code) => {
		if (javascript === 'off') {
			await add.selectOption(code);
			await page.getByTestId('compare-submit').click();
		} else {
			// A choice made before the page is hydrated does nothing.
			await eventually(async () => {
				await add.selectOption(code);
				await page.waitForURL((url) => url.searchParams.getAll('c').includes(code), { timeout: 2000 });
			});
		}
	};
	await choose('CHL');
	await compares(page, ['NOR', 'CHL']);
	await choose('JPN');
	await compares(page, ['NOR', 'CHL', 'JPN']);
	assert.deepEqual(inAddress(page).filter(Boolean), ['NOR', 'CHL', 'JPN']);
	assert.deepEqual(await attributes(add.locator('option[value="JPN"]'), 'value'), [], 'what is there is not offered again');
	assert.equal(await page.title(), 'Norway, Chile, Japan · Atlas');

	await page.locator('[data-testid="compare-remove"][data-code="CHL"]').click();
	await page.waitForURL((url) => !url.searchParams.getAll('c').includes('CHL'));
	await compares(page, ['NOR', 'JPN']);
	await page.reload();
	await compares(page, ['NOR', 'JPN']);

	await page.goBack();
	await compares(page, ['NOR', 'CHL', 'JPN']);
});

browserTest('who takes the last one out gets examples', both, async ({ page }) => {
	await page.goto('/compare?c=NOR');
	const empty = page.getByTestId('compare-empty');
	await clickFor(page.getByTestId('compare-remove'), empty);
	await compares(page, []);
	assert.equal(await page.getByTestId('compare-table').count(), 0);
	await empty.getByTestId('compare-example').click();
	await page.waitForURL((url) => url.searchParams.has('c'));
	await compares(page, ['FRA', 'DEU', 'ITA', 'ESP']);
});

browserTest('six is all there is room for', both, async ({ page }) => {
	await page.goto('/compare?c=NOR&c=SWE&c=FIN&c=DNK&c=ISL');
	await page.getByTestId('compare-add').waitFor();
	await page.goto('/compare?c=NOR&c=SWE&c=FIN&c=DNK&c=ISL&c=EST&c=LVA');
	await compares(page, ['NOR', 'SWE', 'FIN', 'DNK', 'ISL', 'EST']);
	assert.equal(await page.getByTestId('compare-add').count(), 0);
});

browserTest('an address may name a country twice, by any code, or wrongly', both, async ({ page }) => {
	await page.goto('/compare?c=no&c=NOR&c=578&c=Narnia&c=CHL');
	await compares(page, ['NOR', 'CHL']);
	assert.equal(await page.getByTestId('compare-unknown').textContent(), 'Not known: Narnia');
});

browserTest('what is put aside is compared where the address names nothing', both, async ({ page }) => {
	await putAside(page, ['NOR', 'XXX', 'CHL']);
	await page.goto('/compare');
	await compares(page, ['NOR', 'CHL']);
	assert.equal(await page.getByTestId('compare-count').textContent(), '2');
	await page.goto('/compare?c=JPN');
	await compares(page, ['JPN']);
});

browserTest('a country’s page leads to the comparison', { app: 'atlas', javascript: ['off'] }, async ({ page }) => {
	await putAside(page, ['CHL']);
	await page.goto('/country/NOR');
	await page.getByTestId('compare-toggle').click();
	await page.waitForURL(/\/compare/);
	await compares(page, ['CHL', 'NOR']);
});

browserTest('a country is put aside, and is so after a reload', atlas, async ({ page }) => {
	await page.goto('/country/NOR');
	const toggle = page.getByTestId('compare-toggle');
	const count = page.getByTestId('compare-count');
	assert.equal(await count.count(), 0);
	await clickFor(toggle, count);
	await page.getByText('Norway added to the comparison').waitFor();
	assert.equal(await toggle.getAttribute('aria-pressed'), 'true');
	assert.equal(await aside(page), 'NOR');

	await page.goto('/country/CHL');
	await clickFor(toggle, count.filter({ hasText: '2' }));
	assert.equal(await aside(page), 'NOR.CHL');
	await page.reload();
	await count.filter({ hasText: '2' }).waitFor();
	assert.equal(await toggle.getAttribute('aria-pressed'), 'true');

	await page.getByTestId('nav-compare').click();
	await page.waitForURL(/\/compare/);
	await compares(page, ['NOR', 'CHL']);
	await page.locator('[data-testid="compare-remove"][data-code="NOR"]').click();
	await count.filter({ hasText: '1' }).waitFor();
	assert.equal(await aside(page), 'CHL');
	await compares(page, ['CHL']);

	await page.goto('/country/CHL');
	await eventually(async () => {
		if (await count.isVisible()) await toggle.click({ timeout: 1000 });
		await count.waitFor({ state: 'detached', timeout: 2000 });
	});
	assert.equal(await toggle.getAttribute('aria-pressed'), 'false');
	assert.equal(await aside(page), '');
	await page.goto('/compare');
	await page.getByTestId('compare-empty').waitFor();
});

browserTest('the keyboard puts a country aside like the mouse', atlas, async ({ page }) => {
	await page.goto('/country/NOR');
	await page.locator('[data-testid="country-map"][data-live="true"]').waitFor();
	await page.getByTestId('compare-toggle').focus();
	await page.keyboard.press('Space');
	await page.getByTestId('compare-count').waitFor();
	await page.keyboard.press('Enter');
	await page.getByTestId('compare-count').waitFor({ state: 'detached' });
});

browserTest('who puts a seventh aside is told that there is no room', atlas, async ({ page }) => {
	await putAside(page, ['SWE', 'FIN', 'DNK', 'ISL', 'EST', 'LVA']);
	await page.goto('/country/NOR');
	await clickFor(page.getByTestId('compare-toggle'), page.getByText('The comparison holds 6 countries'));
	assert.equal(await page.getByTestId('compare-count').textContent(), '6');
	assert.equal(await aside(page), 'SWE.FIN.DNK.ISL.EST.LVA');
});

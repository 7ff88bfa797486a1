// Ten thousand rows on the server, of which the browser has a page.
import assert from 'node:assert/strict';

import { network, visitLive } from '../company.mjs';
import { browserTest, eventually } from '../harness.mjs';

const app = 'live-atlas';

/** @param {import('playwright-core').Page} page */
const found = (page, /** @type {string} */ text) => page.locator('#found').filter({ hasText: new RegExp(`^${text}$`) }).waitFor();

/** @param {import('playwright-core').Page} page */
const first = async (page) => (await page.locator('tbody tr').first().locator('td').allTextContents()).map((text) => text.trim());

browserTest('ten thousand rows are searched as one types, and the address follows', { app }, async ({ page }) => {
	const net = await network(page);
	await visitLive(page, '/table');
	await found(page, '10,000 stations');
	assert.equal(await page.locator('tbody tr').count(), 25);
	const search = page.getByLabel('Search');
	await search.focus();
	await page.keyboard.type('oslo harbour');
	await found(page, '8 stations');
	await page.waitForURL('**/table?q=oslo+harbour');
	assert.equal(await search.inputValue(), 'oslo harbour');
	assert.ok(await search.evaluate((field) => field === document.activeElement), 'the field keeps the focus');
	assert.equal(await page.title(), '“oslo harbour” – Live atlas');
	// Twelve keys, one question: the rest is what every page says.
	assert.ok(net.sent() < 8, `${net.sent()} messages`);
	await search.fill('nowhere at all');
	await found(page, '0 stations');
	await page.getByText('Nothing is called that.').waitFor();
});

browserTest('columns sort both ways, pages turn, and the way back follows', { app }, async ({ page }) => {
	await visitLive(page, '/table?q=peru');
	await page.getByRole('link', { name: 'Elevation' }).click();
	await page.waitForURL('**/table?q=peru&sort=elevation');
	const elevations = async () => (await page.locator('td:nth-child(4)').allTextContents()).map((text) => parseInt(text.replace(',', ''), 10));
	await page.locator('th[aria-sort=ascending]', { hasText: 'Elevation' }).waitFor();
	const up = await elevations();
	assert.deepEqual(up, up.toSorted((a, b) => a - b));
	await page.getByRole('link', { name: 'Elevation' }).click();
	await page.locator('th[aria-sort=descending]', { hasText: 'Elevation' }).waitFor();
	const down = await elevations();
	assert.deepEqual(down, down.toSorted((a, b) => b - a));
	await page.getByRole('link', { name: 'Next' }).click();
	await page.locator('#page', { hasText: 'Page 2 of 2' }).waitFor();
	assert.match(page.url(), /\?q=peru&sort=-elevation&page=2$/);
	assert.equal(await page.locator('tbody tr').count(), 15);
	assert.equal(await page.getByRole('link', { name: 'Next' }).count(), 0);

	await page.goBack();
	await page.locator('#page', { hasText: 'Page 1 of 2' }).waitFor();
	await page.goBack();
	await page.locator('th[aria-sort=ascending]', { hasText: 'Elevation' }).waitFor();
	assert.deepEqual(await elevations(), up);
	await page.goForward();
	await page.locator('th[aria-sort=descending]', { hasText: 'Elevation' }).waitFor();
	assert.deepEqual(await elevations(), down);
});

browserTest('an address shows what it says, and forgives what makes no sense', { app }, async ({ page }) => {
	await visitLive(page, '/table?q=japan&sort=-temperature&page=2');
	await found(page, '40 stations');
	assert.equal(await page.getByLabel('Search').inputValue(), 'japan');
	assert.equal(await page.locator('#page').textContent(), 'Page 2 of 2');
	await visitLive(page, '/table?sort=price&page=99999');
	assert.equal(await page.locator('#page').textContent(), 'Page 400 of 400');
	assert.equal((await first(page)).length, 5);
});

browserTest('rows stay the elements that they are while others come and go', { app }, async ({ page }) => {
	await visitLive(page, '/table?q=harbour+old+oslo');
	await found(page, '1 station');
	const row = page.locator('tbody tr').first();
	await row.evaluate((element) => element.setAttribute('data-kept', ''));
	await page.getByLabel('Search').fill('harbour oslo');
	await found(page, '8 stations');
	await page.getByRole('link', { name: 'Elevation' }).click();
	await page.locator('th[aria-sort]', { hasText: 'Elevation' }).waitFor();
	await page.locator('tr[data-kept]', { hasText: 'Old Oslo Harbour' }).waitFor();
	assert.equal(await page.locator('tr[data-kept]').count(), 1);
});

browserTest('a cell is edited where it is, with the keyboard alone', { app }, async ({ page }) => {
	await visitLive(page, '/table?q=harbour+oslo');
	const cell = page.getByRole('button', { name: 'North Oslo Harbour' });
	await cell.focus();
	await page.keyboard.press('Enter');
	const field = page.getByLabel('Name of the station');
	await page.waitForFunction(() => document.activeElement?.id === 'new-name');
	assert.equal(await field.evaluate((input) => input.ownerDocument.getSelection()?.toString()), 'North Oslo Harbour');

	await field.fill('  ');
	await page.keyboard.press('Enter');
	await page.getByText('A station needs a name.').waitFor();
	assert.equal(await field.getAttribute('aria-invalid'), 'true');

	await page.keyboard.press('Escape');
	await cell.waitFor();
	await page.waitForFunction(() => document.activeElement?.textContent === 'North Oslo Harbour');

	await page.keyboard.press('Enter');
	await field.fill('Bjørvika <b>');
	await page.keyboard.press('Enter');
	await page.getByRole('button', { name: 'Bjørvika <b>' }).waitFor();
	await page.getByRole('status').filter({ hasText: 'The station is now called Bjørvika <b>.' }).waitFor();
	await page.waitForFunction(() => document.activeElement?.textContent === 'Bjørvika <b>');

	// It is found by its new name, and not by its old one.
	await page.getByLabel('Search').fill('bjorvika');
	await found(page, '0 stations');
	await page.getByLabel('Search').fill('bjørvika');
	await found(page, '1 station');
	await page.getByLabel('Search').fill('north oslo harbour');
	await found(page, '0 stations');
});

browserTest('what is being edited outlives what comes around it', { app }, async ({ page }) => {
	await visitLive(page, '/table?q=harbour+oslo');
	await page.getByRole('button', { name: 'North Oslo Harbour' }).click();
	const field = page.getByLabel('Name of the station');
	await field.fill('Half a na');
	await page.getByRole('link', { name: 'Elevation' }).click();
	await page.locator('th[aria-sort]', { hasText: 'Elevation' }).waitFor();
	assert.equal(await field.inputValue(), 'Half a na');
});

browserTest('whatever way one came, the page is what the server renders for its address', { app }, async ({ page, url }) => {
	await visitLive(page, '/table');
	const search = page.getByLabel('Search');
	const ways = [
		() => search.fill('harbour'),
		() => page.getByRole('link', { name: 'Elevation' }).click(),
		() => page.getByRole('link', { name: 'Next' }).click(),
		() => search.fill('new'),
		() => page.getByRole('link', { name: 'Mean' }).click(),
		() => page.getByRole('link', { name: 'Last' }).click(),
		() => page.goBack(),
		() => search.fill('old nor'),
		() => page.getByRole('link', { name: 'Mean' }).click(),
		() => page.getByRole('link', { name: 'Region' }).click(),
		() => search.fill('no such place'),
		() => search.fill(''),
		() => page.getByRole('link', { name: 'Station' }).click()
	];
	for (const [step, way] of ways.entries()) {
		const before = page.url();
		await way();
		await page.waitForURL((address) => address.href !== before);
		// The address changes with the patch, and before it where a link was clicked.
		await eventually(async () => assert.deepEqual(await shown(page), await rendered(page, url), `step ${step}, ${page.url()}`));
	}
});

/** What the table shows, without what the browser has added. @param {import('playwright-core').Page} page */
const shown = (page) => page.evaluate(markup, null);

/** What the server renders for the page's address. @param {import('playwright-core').Page} page */
async function rendered(page, /** @type {string} */ url) {
	const html = await (await fetch(url + page.url().slice(url.length))).text();
	return page.evaluate(markup, html);
}

/** In the browser: the markup of `main`, line by line. @param {string | null} html */
function markup(html) {
	const from = html === null ? document : new DOMParser().parseFromString(html, 'text/html');
	const main = /** @type {HTMLElement} */ (/** @type {HTMLElement} */ (from.querySelector('main')).cloneNode(true));
	for (const element of main.querySelectorAll('*')) {
		element.classList.remove('ts-loading', 'ts-input-loading');
		if (element.getAttribute('class') === '') element.removeAttribute('class');
	}
	return main.innerHTML.split(/(?=<)/);
}

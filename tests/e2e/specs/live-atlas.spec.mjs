// What every live page needs, whatever it shows: a first paint, addresses, a network that fails.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { becomes, network, visitLive, withCompany } from '../company.mjs';
import { browserTest, serve } from '../harness.mjs';

const app = 'live-atlas';

for (const [path, heading, part] of /** @type {const} */ ([
	['/', 'The world, live', 'main .cards li'],
	['/quiz', 'Quiz', 'main input[name=name]'],
	['/table', 'Stations', 'main tbody tr'],
	['/weather', 'Weather', 'main .days li'],
	['/wizard', 'Permit to travel', 'main form input'],
	['/chat/europe', 'Europe', 'main textarea']
])) {
	browserTest(`${path} is complete before it is live`, { app, javascript: ['off'] }, async ({ page }) => {
		await page.goto(path);
		assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), heading);
		assert.ok((await page.locator(part).count()) > 0);
		assert.ok(await page.getByRole('navigation', { name: 'Pages', exact: true }).isVisible());
		const font = await page.locator('body').evaluate((body) => getComputedStyle(body).margin);
		assert.equal(font, '0px', 'the stylesheet is there');
	});

	browserTest(`${path} fits a phone, and names its fields`, { app, viewport: 'phone' }, async ({ page }) => {
		await visitLive(page, path);
		assert.deepEqual(
			await page.evaluate(() => ({
				wider: document.documentElement.scrollWidth - innerWidth,
				nameless: [...document.querySelectorAll('input, select, textarea')]
					.filter((field) => !(/** @type {HTMLInputElement} */ (field).labels?.length) && !field.hasAttribute('aria-label'))
					.map((field) => field.outerHTML)
			})),
			{ wider: 0, nameless: [] }
		);
	});
}

browserTest('the table searches, sorts and turns pages without JavaScript', { app, javascript: ['off'] }, async ({ page }) => {
	await page.goto('/table');
	await page.getByRole('link', { name: 'Next' }).click();
	assert.equal(await page.locator('#page').textContent(), 'Page 2 of 400');
	await page.getByLabel('Search').fill('oslo');
	await page.getByRole('button', { name: 'Search' }).click();
	assert.equal(await page.locator('#found').textContent(), '40 stations');
	await page.getByRole('link', { name: 'Elevation' }).click();
	assert.match(page.url(), /\/table\?q=oslo&sort=elevation$/);
	assert.equal(await page.locator('th[aria-sort]').textContent(), 'Elevation');
});

test('without a room the chat redirects, and an unknown one is not there', { timeout: 60_000 }, async () => {
	const { url } = await serve(app);
	const redirect = await fetch(`${url}/chat`, { redirect: 'manual' });
	assert.deepEqual([redirect.status, redirect.headers.get('location')], [303, '/chat/world']);
	const missing = await fetch(`${url}/chat/atlantis`);
	assert.equal(missing.status, 404);
	assert.match(await missing.text(), /There is no such room/);
});

browserTest('links go to other pages, and the way back leads here', { app }, async ({ page }) => {
	await visitLive(page, '/');
	await page.getByRole('link', { name: 'Table' }).first().click();
	await page.getByRole('heading', { name: 'Stations' }).waitFor();
	await becomes(page, 'connected');
	assert.equal(await page.title(), 'Stations – Live atlas');
	await page.goBack();
	await page.getByRole('heading', { name: 'The world, live' }).waitFor();
	await becomes(page, 'connected');
	await page.goForward();
	await page.getByRole('heading', { name: 'Stations' }).waitFor();
	await becomes(page, 'connected');
});

browserTest('two tabs are two pages', { app }, async ({ page }) => {
	await visitLive(page, '/table');
	const other = await page.context().newPage();
	await visitLive(other, '/table');
	await page.getByLabel('Search').fill('oslo');
	await page.locator('#found').filter({ hasText: '40 stations' }).waitFor();
	await other.getByLabel('Search').fill('kigali');
	await other.locator('#found').filter({ hasText: '40 stations' }).waitFor();
	assert.match((await other.locator('tbody tr').first().textContent()) ?? '', /Rwanda/);
	assert.match((await page.locator('tbody tr').first().textContent()) ?? '', /Norway/);
});

browserTest('the first page says who is where', { app }, async ({ page, url }) => {
	await visitLive(page, '/');
	await withCompany(page, url, async (guest) => {
		await visitLive(guest, '/chat/world');
		await page.locator('#talking').filter({ hasText: '1 person talking' }).waitFor();
		await guest.goto('/quiz');
		await becomes(guest, 'connected');
		await page.locator('#talking').filter({ hasText: 'person' }).waitFor({ state: 'detached' });
		await guest.getByLabel('Your name').fill('Mary');
		await guest.getByRole('button', { name: 'Join' }).click();
		await page.locator('#playing').filter({ hasText: '1 person playing' }).waitFor();
	});
	await page.locator('#playing').filter({ hasText: 'person' }).waitFor({ state: 'detached' });
});

browserTest('a lost network is shown, and nothing is lost with it', { app }, async ({ page, url }) => {
	const net = await network(page);
	await visitLive(page, '/chat/asia');
	const field = page.getByLabel('Message', { exact: true });
	const offline = page.getByText('The connection is lost.');
	assert.equal(await offline.isVisible(), false);
	await withCompany(page, url, async (guest) => {
		await visitLive(guest, '/chat/asia');
		await page.getByRole('button', { name: '2 people' }).waitFor();

		await net.fail();
		await offline.waitFor();
		await guest.getByRole('button', { name: '1 person' }).waitFor();
		// What others say meanwhile, and what is said here.
		await guest.getByLabel('Message', { exact: true }).fill('Are you there?');
		await guest.keyboard.press('Enter');
		await guest.locator('.text', { hasText: 'Are you there?' }).waitFor();
		await field.fill('I was away');
		await page.keyboard.press('Enter');

		await net.recover();
		await page.locator('.text', { hasText: 'Are you there?' }).waitFor();
		await guest.locator('.text', { hasText: 'I was away' }).waitFor();
		await page.locator('.own .text', { hasText: 'I was away' }).waitFor();
		assert.equal(await page.locator('.text').count(), 2, 'each once');
		await offline.waitFor({ state: 'hidden' });
		await page.getByRole('button', { name: '2 people' }).waitFor();
		assert.equal(await field.inputValue(), '');
	});
});

browserTest('a browser that goes offline says so at once', { app }, async ({ page }) => {
	const net = await network(page);
	await visitLive(page, '/wizard');
	await page.getByLabel('Name').fill('Ada');
	await page.evaluate(() => dispatchEvent(new Event('offline')));
	await becomes(page, 'disconnected');
	await net.recover();
	assert.equal(await page.getByLabel('Name').inputValue(), 'Ada');
	await page.getByLabel('E-mail').fill('ada@example.org');
	await page.getByRole('button', { name: 'Next' }).click();
	await page.getByLabel('Country').waitFor();
});

browserTest('a network that fails again and again loses nothing, and nothing comes twice', { app }, async ({ page, url }) => {
	const net = await network(page);
	await visitLive(page, '/chat/europe');
	await withCompany(page, url, async (guest) => {
		await visitLive(guest, '/chat/europe');
		await page.getByRole('button', { name: '2 people' }).waitFor();
		const say = async (/** @type {import('playwright-core').Page} */ who, /** @type {string} */ text) => {
			await who.getByLabel('Message', { exact: true }).fill(text);
			await who.getByRole('button', { name: 'Send' }).click();
		};
		const said = (/** @type {import('playwright-core').Page} */ who, /** @type {string} */ text) =>
			who.locator('.own .text').filter({ hasText: new RegExp(`^${text}$`) }).waitFor();
		for (let i = 0; i < 24; i++) {
			await Promise.all([say(guest, `guest ${i}`), say(page, `page ${i}`)]);
			// Wherever both are with it.
			if (i % 3 === 0) await net.fail();
			await said(guest, `guest ${i}`);
			if (i % 3 === 0) await net.recover();
			await said(page, `page ${i}`);
		}
		const all = Array.from({ length: 24 }, (_, i) => [`guest ${i}`, `page ${i}`]).flat().sort();
		for (const who of [page, guest]) {
			await who.waitForFunction(() => document.querySelectorAll('.text').length >= 48);
			assert.deepEqual((await who.locator('.text').allTextContents()).sort(), all);
		}
		assert.deepEqual(await page.locator('.text').allTextContents(), await guest.locator('.text').allTextContents());
	});
});

// Light and dark: as the system says, or as the visitor does, from the first byte on.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browserTest, eventually, serve } from '../harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

const atlas = /** @type {const} */ ({ app: 'atlas' });
const both = /** @type {const} */ ({ app: 'atlas', javascript: ['on', 'off'] });
const paths = ['/', '/country/NOR', '/compare?c=NOR&c=CHL', '/quiz', '/about', '/nowhere'];

/** The relative luminance of a computed colour, 0 to 1, as WCAG 2 defines it. @param {string} colour */
function luminance(colour) {
	const parts = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(colour);
	assert.ok(parts, colour);
	const [red, green, blue] = parts.slice(1).map((part) => {
		const share = Number(part) / 255;
		return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {string} one @param {string} other */
function contrast(one, other) {
	const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
	return (light + 0.05) / (dark + 0.05);
}

/** What the page is painted with, in one moment. @param {Page} page */
const paint = (page) =>
	page.evaluate(() => {
		const { backgroundColor: background, color: text } = getComputedStyle(document.documentElement);
		/** The nearest opaque ground. @param {Element | null} element @returns {string} */
		const behind = (element) => {
			const ground = element ? getComputedStyle(element).backgroundColor : background;
			return ground.startsWith('rgb(') ? ground : behind(element?.parentElement ?? null);
		};
		const texts = [...document.querySelectorAll('h1, .lede, .eyebrow, .button, header a, main a, main dt, main b, footer a')]
			.filter((element) => element.checkVisibility())
			.map((element) => ({ what: element.textContent?.trim(), colour: getComputedStyle(element).color, ground: behind(element) }));
		return { background, text, texts };
	});

/** @param {Page} page @param {'light' | 'dark'} expected @param {string} where */
async function isPainted(page, expected, where) {
	const { background, text, texts } = await paint(page);
	const [behind, before] = [luminance(background), luminance(text)];
	if (expected === 'dark') assert.ok(behind < 0.05 && before > 0.7, `${where} is dark: ${background}, ${text}`);
	else assert.ok(behind > 0.85 && before < 0.05, `${where} is light: ${background}, ${text}`);
	assert.ok(texts.length > 10, `${where} has words`);
	const pale = texts.filter(({ colour, ground }) => contrast(colour, ground) < 4.5);
	assert.deepEqual(pale, [], `${where}: what cannot be read`);
}

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
	browserTest(`the site is ${colorScheme} where the system is`, { ...both, colorScheme }, async ({ page, complaints }) => {
		complaints.expect(/status of 404/);
		for (const path of paths) {
			await page.goto(path);
			await isPainted(page, colorScheme, path);
		}
		// The land and the sea too.
		await page.goto('/');
		const [land, sea] = await page.getByTestId('world-map').evaluate((map) =>
			['a[data-code="BRA"] path', '.ocean'].map((selector) => getComputedStyle(/** @type {Element} */ (map.querySelector(selector))).fill)
		);
		assert.ok(colorScheme === 'dark' ? luminance(sea) < 0.05 : luminance(sea) > 0.8, `the sea: ${sea}`);
		assert.ok(contrast(land, sea) > 1.8, `land on sea: ${land} on ${sea}`);
	});
}

/** Presses the switch until it is at this. @param {Page} page @param {'light' | 'dark' | 'auto'} theme */
async function switchTo(page, theme) {
	const button = page.getByTestId('theme-switch');
	await eventually(async () => {
		const now = await button.getAttribute('data-theme-now');
		if (now !== theme) await button.click({ timeout: 1000 });
		assert.equal(await button.getAttribute('data-theme-now'), theme);
	});
}

/** Buttons take a moment to fade. @param {Page} page @param {'light' | 'dark'} expected */
const becomes = (page, expected) => eventually(() => isPainted(page, expected, 'after the switch'));

browserTest('the switch changes the colours at once, and they stay', atlas, async ({ page }) => {
	await page.goto('/compare?c=NOR&c=CHL');
	await page.getByTestId('compare-submit').waitFor({ state: 'detached' });
	await isPainted(page, 'light', 'as the system says');
	await page.evaluate('window.sameDocument = true');

	await switchTo(page, 'dark');
	await becomes(page, 'dark');
	assert.equal(await page.locator('meta[name="theme-color"]').getAttribute('content'), '#10161d');
	assert.equal(await page.evaluate('window.sameDocument'), true);
	assert.equal(new URL(page.url()).search, '?c=NOR&c=CHL');

	await page.reload();
	await isPainted(page, 'dark', 'after a reload');
	await page.goto('/about');
	await isPainted(page, 'dark', 'on a page without script');

	await page.goto('/');
	await page.locator('[data-testid="world-map"][data-live="true"]').waitFor();
	await switchTo(page, 'auto');
	await becomes(page, 'light');
});

browserTest('who wants light in a dark system gets it', { ...atlas, colorScheme: 'dark' }, async ({ page }) => {
	await page.goto('/');
	await isPainted(page, 'dark', 'as the system says');
	await switchTo(page, 'light');
	await becomes(page, 'light');
	await page.reload();
	await isPainted(page, 'light', 'after a reload');
});

browserTest('the switch is a form', { app: 'atlas', javascript: ['off'] }, async ({ page }) => {
	await page.goto('/?region=europe&landlocked=1');
	const button = page.getByTestId('theme-switch');
	for (const [theme, looks] of /** @type {const} */ ([['light', 'light'], ['dark', 'dark'], ['auto', 'light']])) {
		await button.click();
		await page.locator(`[data-testid="theme-switch"][data-theme-now="${theme}"]`).waitFor();
		await isPainted(page, looks, theme);
		assert.equal(new URL(page.url()).search, '?region=europe&landlocked=1', 'it leads back to where it was pressed');
	}
});

browserTest('nothing is wider than a phone in the dark', { ...both, viewport: 'phone', colorScheme: 'dark' }, async ({ page, complaints }) => {
	complaints.expect(/status of 404/);
	const more = ['/region/asia/largest', '/names', '/docs', '/compare?c=NOR&c=SWE&c=FIN&c=DNK&c=ISL&c=STP', '/country/south'];
	for (const path of [...paths, ...more]) {
		await page.goto(path);
		await isPainted(page, 'dark', path);
		const content = /** @type {number} */ (await page.evaluate('document.documentElement.scrollWidth'));
		// Not innerWidth: a phone shows what is too wide at a smaller scale, and then that has grown too.
		const screen = page.viewportSize()?.width ?? 0;
		assert.ok(content <= screen, `${path} is ${content} pixels wide on a screen of ${screen}`);
	}
});

test('the switch leads to this site only', async () => {
	const server = await serve('atlas');
	const send = (/** @type {string} */ back) =>
		fetch(`${server.url}/api/theme`, {
			method: 'POST',
			redirect: 'manual',
			headers: { origin: server.url },
			body: new URLSearchParams({ theme: 'dark', back })
		});
	for (const [back, location] of [
		['/compare?c=NOR&c=CHL', '/compare?c=NOR&c=CHL'],
		['https://example.org/', '/'],
		['//example.org/', '/'],
		['/.//example.org/', '/'],
		['/\\example.org/', '/'],
		['http://', '/'],
		['', '/']
	]) {
		const response = await send(back);
		assert.equal(response.status, 303, back);
		assert.equal(response.headers.get('location'), location, back);
	}
});

test('what is not the form of the theme switch is refused', async () => {
	const server = await serve('atlas');
	const response = await fetch(`${server.url}/api/theme`, {
		method: 'POST',
		headers: { origin: server.url, 'content-type': 'application/json', accept: 'application/json' },
		body: '{}'
	});
	assert.equal(response.status, 400);
	assert.deepEqual(await response.json(), { message: 'This is for the form of the theme switch.' });
});

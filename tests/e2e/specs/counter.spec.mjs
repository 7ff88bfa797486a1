// The smallest live page: its state is on the server.
import assert from 'node:assert/strict';

import { browserTest, serve } from '../harness.mjs';
import { test } from 'node:test';

browserTest('a counter is there without JavaScript', { app: 'counter', javascript: ['off'] }, async ({ page }) => {
	await page.goto('/');
	assert.equal(await page.locator('output').textContent(), '0');
});

browserTest('clicks count on the server, each page by itself', { app: 'counter' }, async ({ page }) => {
	await page.goto('/');
	const output = page.locator('output');
	await page.getByRole('button', { name: '+1' }).click();
	await output.filter({ hasText: /^1$/ }).waitFor();
	for (let i = 0; i < 20; i++) await page.getByRole('button', { name: '+1' }).click();
	await output.filter({ hasText: /^21$/ }).waitFor();
	await page.getByRole('button', { name: '−1' }).click();
	await output.filter({ hasText: /^20$/ }).waitFor();

	const other = await page.context().newPage();
	await other.goto(page.url());
	assert.equal(await other.locator('output').textContent(), '0');
});

test('a counter is a page of its own for everybody', { timeout: 60_000 }, async () => {
	const { url } = await serve('counter');
	const [one, other] = await Promise.all([0, 1].map(async () => (await fetch(url)).text()));
	const token = (/** @type {string} */ html) => /"token":"([^"]+)"/.exec(html)?.[1];
	assert.ok(token(one));
	assert.notEqual(token(one), token(other));
});

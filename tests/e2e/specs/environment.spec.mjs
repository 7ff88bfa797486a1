// Variables of the process that serves: what is public reaches the browser, what is not stays where it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { browserTest, clickFor, serve } from '../harness.mjs';

// Letters that must stay text, wherever they are put.
const greeting = 'Grüße </script><b> \u2028';
const secret = 'a-word-that-only-the-server-knows';
process.env.PUBLIC_GREETING = greeting;
process.env.SECRET_WORD = secret;

browserTest('public variables are there on the server and in the browser', { app: 'environment', javascript: ['on', 'off'] }, async ({ page, javascript }) => {
	await page.goto('/');
	assert.equal(await page.title(), 'Environment');
	assert.equal(await page.getByTestId('greeting').textContent(), greeting);
	assert.equal(await page.getByTestId('letters').textContent(), String(secret.length));
	if (javascript === 'off') return;
	await clickFor(page.getByRole('button'), page.getByRole('status').filter({ hasText: /^(PUBLIC_\w+ ?)+$/ }));
	await page.getByRole('link').click();
	await page.getByTestId('again').waitFor();
	assert.equal(await page.getByTestId('again').textContent(), `${greeting}, again`);
});

test('no other variable leaves the server', async () => {
	const server = await serve('environment');
	const texts = [await (await fetch(server.url)).text(), await (await fetch(`${server.url}/__data.json`)).text()];
	const files = [...texts[0].matchAll(/(?:src|href)="(\/[^"]+\.js)"/g)].map(([, path]) => path);
	assert.ok(files.length > 0, texts[0]);
	for (const path of files) texts.push(await (await fetch(server.url + path)).text());
	for (const text of texts) {
		assert.doesNotMatch(text, new RegExp(secret));
		assert.doesNotMatch(text, /SECRET_WORD/);
	}
});

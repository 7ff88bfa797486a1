// Components that await: the head of the page goes first, the rest when it is there, and then all is as with others.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { until } from '../development.mjs';
import { startGate } from '../gate.mjs';
import { browserTest, clickFor, serve } from '../harness.mjs';
import { ask } from '../pieces.mjs';

/** @type {import('../gate.mjs').Gate} */
let gate;
before(async () => {
	gate = await startGate();
	process.env.GATE = gate.url;
});
after(() => gate?.close());

for (const encoding of ['identity', 'gzip']) {
	test(`the head of a page that awaits goes first (${encoding})`, { timeout: 120_000 }, async () => {
		const { url } = await serve('async');
		const page = await ask(`${url}/slow?gate=${encoding}-words`, { 'accept-encoding': encoding });
		assert.equal(page.status, 200);
		assert.equal(page.headers['x-accel-buffering'], 'no');
		assert.doesNotMatch(await page.until(/<link rel="modulepreload"/), /<h1|<title|<\/head>/);
		gate.open(`${encoding}-words`);
		const whole = await page.whole();
		assert.match(whole, new RegExp(`<title>${encoding}-words</title>[^]*</head>[^]*<h1>(<!---->)?${encoding}-words[^]*wellhead-state[^]*</html>`));
	});
}

test('a page that fails after its head has left ends with the error page, and nothing of the inside', { timeout: 120_000 }, async () => {
	const { url, log } = await serve('async');
	const page = await ask(`${url}/fails?gate=fails`);
	assert.equal(page.status, 200);
	await page.until(/<link rel="modulepreload"/);
	gate.open('fails');
	const whole = await page.whole();
	assert.match(whole, /<h1[^>]*>500<\/h1>[^]*Internal Error[^]*<\/html>\s*$/);
	assert.ok(whole.includes(`${page.headers['x-trace-id']}`), 'the page names the trace id');
	assert.doesNotMatch(whole, /SECRET|\.svelte|src\//);
	await until(() => log().includes('SECRET of the component after fails'), 'the log has the error');
});

browserTest('a page that awaits is alive when it is there', { app: 'async', javascript: ['on', 'off'] }, async ({ page, javascript }) => {
	const name = `alive-${javascript}`;
	await page.goto(`/slow?gate=${name}`, { waitUntil: 'commit' });
	gate.open(name);
	await page.getByRole('heading', { name }).waitFor();
	assert.equal(await page.getByTestId('place').textContent(), '/slow');
	if (javascript === 'off') return;
	await clickFor(page.getByRole('button'), page.getByRole('button', { name: /Clicked [1-9]/ }));
	await page.getByTestId('doubled').filter({ hasText: /^[2-9]/ }).waitFor();
	assert.equal(await page.getByRole('heading').count(), 1);
});

browserTest('a link leads to a page that awaits, in the same document', { app: 'async' }, async ({ page }) => {
	await page.goto('/');
	await page.waitForFunction('history.state?.wellhead');
	await page.evaluate('window.sameDocument = true');
	const asked = page.waitForResponse(/\/slow\/__data\.json/);
	await page.getByRole('link').click();
	await asked;
	gate.open('link');
	await page.getByRole('heading', { name: 'link' }).waitFor();
	await page.getByRole('button').click();
	await page.getByTestId('doubled').filter({ hasText: '2' }).waitFor();
	assert.equal(await page.evaluate('window.sameDocument'), true);
});

browserTest('a page that failed late shows the error page', { app: 'async' }, async ({ page }) => {
	await page.goto('/fails?gate=shown', { waitUntil: 'commit' });
	gate.open('shown');
	await page.getByRole('heading', { name: '500' }).waitFor();
	await page.getByText('Internal Error').waitFor();
	assert.equal(await page.getByText('SECRET').count(), 0);
});

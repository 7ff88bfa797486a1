// Pages, data and endpoints that come piece by piece: what is there has left before the rest exists.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startGate } from '../gate.mjs';
import { browserTest, clickFor, serve } from '../harness.mjs';
import { ask, decoders } from '../pieces.mjs';

/** @type {import('../gate.mjs').Gate} */
let gate;
before(async () => {
	gate = await startGate();
	process.env.GATE = gate.url;
});
after(() => gate?.close());

for (const encoding of ['identity', ...Object.keys(decoders)]) {
	test(`a page comes piece by piece, each when it is there (${encoding})`, { timeout: 120_000 }, async () => {
		const { url } = await serve('gates');
		const page = await ask(`${url}/late?gate=${encoding}`, { 'accept-encoding': encoding });
		assert.equal(page.status, 200);
		assert.equal(page.headers['content-encoding'], encoding === 'identity' ? undefined : encoding);
		assert.equal(page.headers['x-accel-buffering'], 'no');
		const first = await page.until(/id="wellhead-state"/);
		assert.match(first, /<link rel="modulepreload"[^]*<title>Late<\/title>[^]*<h1>here now<\/h1>[^]*first is awaited/);
		assert.doesNotMatch(first, /data-wellhead-late|<\/html>/);

		// The order is that of the answers, not that of the questions.
		gate.open(`${encoding}-second`);
		const second = await page.until(new RegExp(`data-wellhead-late>[^<]*${encoding}-second[^<]*</script>`));
		assert.doesNotMatch(second, new RegExp(`${encoding}-first|</html>`));

		gate.open(`${encoding}-first`);
		assert.match(await page.whole(), new RegExp(`data-wellhead-late>[^<]*${encoding}-first[^<]*</script>[^]*</html>\\s*$`));
	});

	test(`the data of a page comes line by line (${encoding})`, { timeout: 120_000 }, async () => {
		const { url } = await serve('gates');
		const data = await ask(`${url}/late/__data.json?gate=data-${encoding}`, { 'accept-encoding': encoding });
		assert.equal(data.headers['content-encoding'], encoding === 'identity' ? undefined : encoding);
		assert.equal(data.headers['x-accel-buffering'], 'no');
		const first = JSON.parse(await data.until(/\n/));
		assert.equal(first.type, 'data');
		assert.match(JSON.stringify(first), /here now/);

		gate.open(`data-${encoding}-second`);
		const [, line, ...more] = (await data.until(/\n.*\n/)).trim().split('\n');
		assert.deepEqual([JSON.parse(line).type, more], ['late', []]);
		assert.match(line, new RegExp(`data-${encoding}-second`));

		gate.open(`data-${encoding}-first`);
		const lines = (await data.whole()).trim().split('\n');
		assert.equal(lines.length, 3);
		assert.match(lines[2], new RegExp(`data-${encoding}-first`));
	});

	test(`an endpoint comes piece by piece (${encoding})`, { timeout: 120_000 }, async () => {
		const { url } = await serve('gates');
		const lines = await ask(`${url}/lines?gate=lines-${encoding}`, { 'accept-encoding': encoding });
		assert.equal(lines.headers['content-encoding'], encoding === 'identity' ? undefined : encoding);
		assert.equal(lines.headers['x-accel-buffering'], 'no');
		assert.equal(await lines.until(/\n/), 'the first line\n');
		gate.open(`lines-${encoding}-first`);
		assert.equal(await lines.whole(), `the first line\nlines-${encoding}-first\n`);
	});
}

browserTest('a page is shown as it comes, in the best encoding that there is', { app: 'gates' }, async ({ page }) => {
	const response = await page.goto('/late?gate=shown', { waitUntil: 'commit' });
	assert.equal(await response?.headerValue('content-encoding'), 'zstd');
	await page.getByText('second is awaited').waitFor();
	assert.equal(await page.evaluate('document.readyState'), 'loading');

	gate.open('shown-second');
	await page.getByTestId('second').filter({ hasText: 'shown-second' }).waitFor();
	await page.getByText('first is awaited').waitFor();
	await page.getByRole('button').click();
	await page.getByRole('button', { name: 'Clicked 1' }).waitFor();
	assert.equal(await page.evaluate('document.readyState'), 'loading');

	gate.open('shown-first');
	await page.getByTestId('first').filter({ hasText: 'shown-first' }).waitFor();
	await page.waitForLoadState();
});

browserTest('a page that a link leads to is shown before all of its data is there', { app: 'gates' }, async ({ page }) => {
	await page.goto('/');
	await page.evaluate('window.sameDocument = true');
	await clickFor(page.getByRole('link'), page.getByRole('heading', { name: 'here now' }));
	assert.equal(await page.evaluate('window.sameDocument'), true);
	await page.getByText('first is awaited').waitFor();
	gate.open('link-second');
	await page.getByTestId('second').filter({ hasText: 'link-second' }).waitFor();
	await page.getByText('first is awaited').waitFor();
	gate.open('link-first');
	await page.getByTestId('first').filter({ hasText: 'link-first' }).waitFor();
});

browserTest('a page is alive before anything late is there', { app: 'gates' }, async ({ page }) => {
	await page.goto('/late?gate=alive', { waitUntil: 'commit' });
	await clickFor(page.getByRole('button'), page.getByRole('button', { name: /Clicked [1-9]/ }));
	await page.getByText('first is awaited').waitFor();
	await page.getByText('second is awaited').waitFor();
	assert.equal(await page.evaluate('document.readyState'), 'loading');
	gate.open('alive-first');
	gate.open('alive-second');
	await page.getByTestId('first').filter({ hasText: 'alive-first' }).waitFor();
});

// Secrets that sign pages are changed while pages are open, and tokens grow old.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';

import { becomes, visitLive } from '../company.mjs';
import { configuredTest, countLoads, isLoaded, loads } from '../configured.mjs';

const before = 'the secret of before that is long enough';
const now = 'the secret of now that is long enough too';
const options = { app: 'live', env: { WELLHEAD_LIVE_SECRET: before } };
/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page @param {number} count */
async function add(page, count) {
	await page.getByRole('button', { name: 'Add' }).click();
	await page.locator('output', { hasText: new RegExp(`^${count}$`) }).waitFor();
}

configuredTest('a page goes on when its secret is an old one', options, async ({ page, restart }) => {
	await countLoads(page);
	await visitLive(page, '/');
	await add(page, 1);
	await restart({ WELLHEAD_LIVE_SECRET: now, WELLHEAD_LIVE_OLD_SECRETS: before });
	await add(page, 2);
	assert.equal(await loads(page), 1);
	// What this server signs needs the new secret only.
	const next = await page.context().newPage();
	await countLoads(next);
	await visitLive(next, '/');
	await add(next, 1);
	await page.goto('/user');
	await restart({ WELLHEAD_LIVE_SECRET: now });
	await add(next, 2);
	assert.equal(await loads(next), 1);
});

configuredTest('a page whose secret is not believed any more is loaded again, once, and is live', options, async ({ page, restart }) => {
	await countLoads(page);
	await visitLive(page, '/');
	await add(page, 1);
	const name = await page.locator('#name').textContent();
	await restart({ WELLHEAD_LIVE_SECRET: now });
	await isLoaded(page, 2);
	await add(page, 1);
	assert.notEqual(await page.locator('#name').textContent(), name);
	assert.equal(await loads(page), 2);
});

/**
 * What a live page has to join with, had it been signed long ago.
 *
 * @param {string} block
 */
function aged(block) {
	const key = createHash('sha256').update(`wellhead live pages\0${before}`).digest();
	/** @param {string} purpose @param {string} token */
	const age = (purpose, token) => {
		const signed = token.replace(/^\d+/, '1000000000').replace(/\.[^.]*$/, '');
		return `${signed}.${createHmac('sha256', key).update(`${purpose}\0${signed}`).digest('base64url')}`;
	};
	const { token, components, ...more } = JSON.parse(block);
	return JSON.stringify({
		...more,
		token: age('live page', token),
		components: components.map((/** @type {{ token: string }} */ component) => ({ ...component, token: age('live component', component.token) }))
	});
}

/** Has pages be as old as out of a cache when their script comes, so many times. @param {Page} page @param {number} times */
const makeOld = (page, times) =>
	page.route(
		'**/entry/live-*.js',
		async (route) => {
			const block = page.locator('#wellhead-live');
			const old = aged((await block.textContent()) ?? '');
			await block.evaluate((block, old) => void (block.textContent = old), old);
			await route.continue();
		},
		{ times }
	);

configuredTest('a page whose tokens have expired is loaded again, once, and is live', options, async ({ page, log }) => {
	await countLoads(page);
	await makeOld(page, 1);
	await page.goto('/');
	await isLoaded(page, 2);
	await add(page, 1);
	assert.equal(await loads(page), 2);
	assert.equal(log().match(/the token has expired/g)?.length, 1);
});

configuredTest('a page that comes out of a cache expired again and again is not loaded for ever', options, async ({ page }) => {
	await countLoads(page);
	await makeOld(page, 2);
	await page.goto('/');
	await page.locator('html[data-live=gone]').waitFor({ state: 'attached' });
	assert.equal(await loads(page), 2);
	// It can still be read, and its links lead on.
	await page.getByRole('link', { name: 'Elsewhere' }).click();
	await becomes(page, 'connected');
});

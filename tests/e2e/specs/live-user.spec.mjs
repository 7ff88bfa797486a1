// Who a live page belongs to: `liveSession`, and logging in and out in other tabs.
import assert from 'node:assert/strict';

import { becomes, visitLive, withCompany } from '../company.mjs';
import { configuredTest, countLoads, isLoaded, loads } from '../configured.mjs';

/** @typedef {import('playwright-core').Page} Page */

const options = { app: 'live', env: { WELLHEAD_LIVE_SESSION_COOKIE: 'user' } };

/** Logs in, or out, as another tab would. @param {Page} page @param {string} [name] */
const logIn = (page, name) => page.evaluate((name) => fetch(name === undefined ? '/login' : `/login?as=${name}`, { method: 'POST' }).then(() => {}), name);

/** @param {Page} page @param {string} name */
const greets = (page, name) => page.locator('#user', { hasText: new RegExp(`^${name}$`) }).waitFor();

/** @param {Page} page @param {number} count */
async function click(page, count) {
	await page.getByRole('button', { name: 'Clicks' }).click();
	await page.getByRole('button', { name: `Clicks: ${count}` }).waitFor();
}

/** A tab that is logged in and shows the page of its user. @param {Page} page @param {string} name */
async function arrive(page, name) {
	await countLoads(page);
	await page.goto('/');
	await logIn(page, name);
	await page.evaluate('sessionStorage.loads = 0');
	await visitLive(page, '/user');
	await greets(page, name);
}

configuredTest('what the server knows of a user is in the page, and still is when the server came again', options, async ({ page, restart }) => {
	await arrive(page, 'ada');
	await click(page, 1);
	await restart();
	await click(page, 2);
	await greets(page, 'ada');
	assert.equal(await loads(page), 1);
});

configuredTest('who logs out in one tab is logged out in the others, and nobody else is', options, async ({ page, url }) => {
	await arrive(page, 'ada');
	await click(page, 1);
	await withCompany(page, url, async (guest) => {
		await arrive(guest, 'bob');
		const other = await page.context().newPage();
		await countLoads(other);
		await visitLive(other, '/user');
		await logIn(other);
		for (const tab of [page, other]) {
			await isLoaded(tab, 2);
			await greets(tab, 'nobody');
			await click(tab, 1);
		}
		await click(guest, 1);
		await greets(guest, 'bob');
		assert.equal(await loads(guest), 1);
	});
});

configuredTest('who becomes somebody else in another tab gets a page of that one', options, async ({ page }) => {
	await arrive(page, 'ada');
	const other = await page.context().newPage();
	await other.goto('/user');
	await logIn(other, 'bob');
	await isLoaded(page, 2);
	await greets(page, 'bob');
	await click(page, 1);
});

configuredTest('a page that loads itself again and again as somebody else stays and says that it is gone', options, async ({ page }) => {
	await arrive(page, 'ada');
	const other = await page.context().newPage();
	await countLoads(other);
	await visitLive(other, '/user');
	await logIn(other, 'bob');
	for (const tab of [page, other]) await isLoaded(tab, 2);
	await logIn(other, 'ada');
	await page.locator('html[data-live=gone]').waitFor({ state: 'attached' });
	assert.equal(await loads(page), 2);
	// The user may load it.
	await page.reload();
	await becomes(page, 'connected');
	await greets(page, 'ada');
});

configuredTest('a page of nobody becomes its user\'s when it connects again', options, async ({ page }) => {
	await countLoads(page);
	await visitLive(page, '/user');
	await greets(page, 'nobody');
	await logIn(page, 'ada');
	// Nobody has logged out: the page may go on.
	await click(page, 1);
	await page.context().setOffline(true);
	await becomes(page, 'disconnected');
	await page.context().setOffline(false);
	await isLoaded(page, 2);
	await greets(page, 'ada');
});

configuredTest('a page that was rendered for somebody else is refused, and loaded again', options, async ({ page, url, log }) => {
	await arrive(page, 'ada');
	await page.evaluate('sessionStorage.loads = 0');
	// Between the page and its socket.
	await page.route(
		'**/entry/live-*.js',
		async (route) => {
			await page.context().addCookies([{ name: 'user', value: 'bob', url }]);
			await route.continue();
		},
		{ times: 1 }
	);
	const [response] = await Promise.all([page.waitForResponse(`${url}/user`), page.goto('/user')]);
	assert.match(await response.text(), /<b id="user">ada<\/b>/);
	await isLoaded(page, 2);
	await greets(page, 'bob');
	assert.match(log(), /the page was rendered for somebody else/);
});

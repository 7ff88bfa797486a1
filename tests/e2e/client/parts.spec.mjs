// Parts of the client that are loaded later: nothing of a page is lost before they are there.
import assert from 'node:assert/strict';

import { liveTest, nodeAt } from '../live.mjs';
import { ways } from './page.mjs';

/** Waits until the page has loaded a part. @param {import('playwright-core').Page} page @param {string} part */
const loads = (page, part) => page.waitForFunction((part) => performance.getEntriesByType('resource').some(({ name }) => name.includes(`/${part}-`)), part);

/** Has the page wait for the care for fields. Returns what lets it go on. @param {import('playwright-core').Page} page */
async function holdFields(page) {
	/** @type {() => void} */
	let release = () => {};
	const released = new Promise((resolve) => (release = () => resolve(undefined)));
	await page.route('**/fields-*', async (route) => {
		await released;
		await route.continue();
	});
	return release;
}

liveTest('a patch waits until the care for fields is there', { body: '<input id="i" value="a"><p id="p">0</p>', later: true }, async ({ page, server, visitPage }) => {
	const release = await holdFields(page);
	await visitPage();
	await page.focus('#i');
	await page.keyboard.press('End');
	await page.keyboard.type('mine');
	server.patch(0, { op: 'setAttribute', node: await nodeAt(page, '#i'), name: 'value', value: 'theirs' }, { op: 'setText', node: await nodeAt(page, '#p', 0), text: '1' });
	server.send({ type: 'joined', session: 's1', stream: 'continued', events: 0, heartbeat: 30_000, limits: { message: 262_144, chunk: 65_536, events: 50 }, components: [{ component: 0, state: 'refused' }] });
	// That waits for nothing, so the patch had come.
	await page.locator('#c0[data-live=gone]').waitFor();
	assert.equal(await page.textContent('#p'), '0');
	release();
	await page.locator('#p', { hasText: '1' }).waitFor();
	assert.deepEqual(await page.evaluate(() => ['value', 'defaultValue'].map((name) => /** @type {any} */ (document.querySelector('#i'))[name])), ['amine', 'theirs']);
});

liveTest('what waits is of no use when the stream begins anew', { body: '<input id="i"><p id="p">0</p>', later: true }, async ({ page, server, visitPage }) => {
	const release = await holdFields(page);
	await visitPage();
	const [p, text] = [await nodeAt(page, '#p'), await nodeAt(page, '#p', 0)];
	server.patch(0, { op: 'setText', node: text, text: 'old' });
	server.options.joined = { stream: 'new' };
	server.socket?.close(4000);
	const { resume, components } = await server.connection(2);
	assert.deepEqual([resume.received, components[0].digest], [1, '1'.repeat(16)]);
	await page.locator('html[data-live=connected]').waitFor({ state: 'attached' });
	server.patch(0, { op: 'setAttribute', node: p, name: 'title', value: 'new' });
	release();
	await page.locator('#p[title=new]').waitFor();
	assert.equal(await page.textContent('#p'), '0');
});

liveTest('a part that cannot be loaded holds nothing up', { body: '<input id="i"><p id="p">0</p>', later: true }, async ({ page, server, visitPage, complaints }) => {
	complaints.expect(/fields-|^uncaught: $/);
	await page.route('**/fields-*', (route) => route.abort());
	await visitPage();
	server.patch(0, { op: 'setText', node: await nodeAt(page, '#p', 0), text: '1' });
	await page.locator('#p', { hasText: '1' }).waitFor();
});

liveTest('what a render needs is there before the connection is lost', { body: '<p id="p">0</p>' }, async ({ page, server }) => {
	await loads(page, 'morph');
	await page.route('**/*.js', (route) => route.abort());
	server.send({ type: 'render', settled: 0, component: 0, html: '<p id="p">1</p>' });
	await page.locator('#p', { hasText: '1' }).waitFor();
});

liveTest('a render for which nothing can be loaded loads the page again', { body: '<p id="p">0</p>', later: true }, async ({ page, server, visitPage, complaints }) => {
	complaints.expect(/morph-/);
	await page.route('**/morph-*', (route) => route.abort());
	await visitPage();
	server.send({ type: 'render', settled: 0, component: 0, html: '<p id="p">1</p>' });
	await server.connection(2);
	assert.equal(await page.textContent('#p'), '0');
});

for (const [way, before] of ways) {
	liveTest(`what moves keeps the focus, ${way}`, { body: '<ul id="u"><li>a</li><li><input id="i"></li></ul>', before }, async ({ page, server }) => {
		await page.focus('#i');
		await page.keyboard.type('mine');
		server.patch(0, { op: 'moveBefore', node: await nodeAt(page, '#u', 1), count: 1, before: await nodeAt(page, '#u', 0) });
		await page.locator('li:first-child #i').waitFor();
		await page.keyboard.type('!');
		assert.equal(await page.inputValue('#i'), 'mine!');
		assert.equal(await page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('/moving-'))), before !== '');
	});
}

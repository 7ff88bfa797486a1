// The address of a live page.
import assert from 'node:assert/strict';

import { liveTest } from '../live.mjs';

const body = '<a id="two" href="/?page=2" ts-patch>two</a> <a id="three" href="/?page=3" ts-patch ts-replace>three</a> <a id="away" href="/other" ts-navigate>away</a> <a id="plain" href="/?plain">plain</a><p id="p" style="height:3000px">1</p><i id="end">end</i>';
const ready = (/** @type {import('playwright-core').Page} */ page) => page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('navigation')));
/** @param {import('playwright-core').Page} page @param {string} search */
const at = (page, search) => page.waitForFunction((search) => location.search === search, search);

liveTest('links patch, and the way back is told', { body }, async ({ page, server }) => {
	await ready(page);
	await page.evaluate('window.same = true');
	await page.click('#two');
	await server.expect({ type: 'navigate', kind: 'patch', url: `${server.url}/?page=2` });
	await at(page, '?page=2');
	await page.click('#three');
	await server.expect({ type: 'navigate', kind: 'patch', url: `${server.url}/?page=3` });
	await at(page, '?page=3');
	await page.evaluate('history.back()');
	await server.expect({ type: 'navigate', kind: 'pop', url: `${server.url}/` });
	await page.evaluate('history.forward()');
	await server.expect({ type: 'navigate', kind: 'pop', url: `${server.url}/?page=3` });
	assert.equal(await page.evaluate('window.same'), true);
});

liveTest('places in the page are the browser’s', { body: `<a id="hash" href="#end">end</a>${body}` }, async ({ page, server }) => {
	await ready(page);
	await page.click('#hash');
	await page.waitForFunction(() => location.hash === '#end' && scrollY > 0);
	await page.evaluate('history.back()');
	await page.waitForFunction(() => location.hash === '');
	await page.click('#two');
	await server.expect({ type: 'navigate', kind: 'patch', url: `${server.url}/?page=2` });
});

liveTest('scroll positions come back with the content', { body }, async ({ page, server }) => {
	await ready(page);
	await page.evaluate(() => scrollTo(0, 2000));
	await page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector('#two')).click());
	await server.next('navigate');
	// The other page is shorter.
	server.patch(0, { op: 'setAttribute', node: 13, name: 'style', value: 'height:10px' });
	await page.waitForFunction(() => scrollY < 1000);
	await page.evaluate('history.back()');
	await server.next('navigate');
	server.patch(0, { op: 'setAttribute', node: 13, name: 'style', value: 'height:3000px' });
	await page.waitForFunction(() => scrollY === 2000);
});

liveTest('the server patches and navigates', { body }, async ({ page, server }) => {
	server.send({ type: 'navigate', kind: 'patch', history: 'push', url: '/?page=4#end' });
	server.patch(0);
	await at(page, '?page=4');
	await page.waitForFunction(() => scrollY > 1000);
	const { length } = await page.evaluate(() => ({ length: history.length }));
	server.send({ type: 'navigate', kind: 'patch', history: 'replace', url: '/?page=5' });
	await at(page, '?page=5');
	assert.equal(await page.evaluate(() => history.length), length);
	assert.deepEqual(server.heard.filter(({ type }) => type === 'navigate'), []);
	server.send({ type: 'navigate', kind: 'redirect', history: 'push', url: '/?login' });
	const join = await server.connection(2);
	assert.equal(join.url, `${server.url}/?login`);
});

liveTest('another page is loaded', { body }, async ({ page, server }) => {
	await ready(page);
	await page.click('#away');
	assert.equal((await server.connection(2)).url, `${server.url}/other`);
	await page.locator('html[data-live=connected]').waitFor({ state: 'attached' });
	server.send({ type: 'navigate', kind: 'navigate', history: 'replace', url: '/third' });
	assert.equal((await server.connection(3)).url, `${server.url}/third`);
});

liveTest('a script is no address', { body }, async ({ page, server, complaints }) => {
	complaints.expect(/no page: javascript:/);
	const said = page.waitForEvent('console');
	server.send({ type: 'navigate', kind: 'redirect', history: 'push', url: 'javascript:document.title="owned"' });
	await said;
	assert.equal(await page.title(), 'live');
});

liveTest('without a connection a link is a link', { body }, async ({ page, server }) => {
	await ready(page);
	server.socket?.close(4300);
	await page.locator('html[data-live=gone]').waitFor({ state: 'attached' });
	await page.click('#two');
	assert.equal((await server.connection(2)).url, `${server.url}/?page=2`);
});

liveTest('commands go places', { body: `<button id="b" @click='[["patch",{"url":"?x=1","replace":true}]]'>b</button>` }, async ({ page, server }) => {
	await page.click('#b');
	await server.expect({ type: 'navigate', kind: 'patch', url: `${server.url}/?x=1` });
	await at(page, '?x=1');
});

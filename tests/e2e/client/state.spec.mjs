// State that lives in the browser, and models, which the server is told of.
import assert from 'node:assert/strict';

import { liveTest, nodeAt } from '../live.mjs';

/** @typedef {import('../live.mjs').LiveServer} LiveServer */

/** The server is told of a model. @param {LiveServer} server @param {string} path @param {unknown} value */
async function told(server, path, value) {
	const { handler, payload } = await server.next('event');
	assert.deepEqual([handler, payload], ['ts-model', { data: { path, value } }]);
}

liveTest('typing shows at once, and the server hears of it', { body: '<input id="i" ts-model="name" value="Ada"><p id="p">Hello <b id="n" ts-text="name">Ada</b></p>' }, async ({ page, server }) => {
	await page.locator('#n', { hasText: 'Ada' }).waitFor();
	await page.focus('#i');
	await page.keyboard.press('End');
	await page.keyboard.type('m');
	await page.locator('#n', { hasText: 'Adam' }).waitFor();
	await told(server, 'name', 'Adam');
	// A patch about the text that the server knows.
	server.patch(0, { op: 'spliceText', node: await nodeAt(page, '#n', 0), at: 3, remove: 0, text: '!' }, { op: 'setAttribute', node: await nodeAt(page, '#p'), name: 'class', value: 'x' });
	await page.locator('#p.x').waitFor();
	assert.equal(await page.textContent('#n'), 'Adam');
	// The word of the server wins when the user is no longer at it.
	await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
	server.patch(1, { op: 'setAttribute', node: await nodeAt(page, '#i'), name: 'value', value: 'Eve' });
	await page.locator('#n', { hasText: 'Eve' }).waitFor();
	assert.equal(await page.inputValue('#i'), 'Eve');
});

const kinds = `<input id="num" type="number" ts-model="num" value="1"><input id="txt" ts-model.number="txt" value="2"><input id="trim" ts-model.trim="trim"><input id="box" type="checkbox" ts-model="box"><input type="radio" name="r" id="r1" value="one" ts-model="r" checked><input type="radio" name="r" id="r2" value="two" ts-model="r"><select id="sel" ts-model="sel"><option>a<option>b</select><select id="many" multiple ts-model="many"><option>a<option>b</select><textarea id="area" ts-model.lazy="area"></textarea><input id="slow" ts-model.debounce-60000="slow"><i id="all" ts-text="slow"></i><i id="radio" ts-text="r"></i>`;
liveTest('every kind of field has a value of its kind', { body: kinds }, async ({ page, server }) => {
	// The part that models need is loaded once the page asks for it.
	await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('state')));
	await page.fill('#num', '12.5');
	await told(server, 'num', 12.5);
	await page.fill('#num', '');
	await told(server, 'num', null);
	await page.fill('#txt', '7');
	await told(server, 'txt', 7);
	await page.fill('#trim', '  x ');
	await told(server, 'trim', 'x');
	await page.check('#box');
	await told(server, 'box', true);
	await page.check('#r2');
	await told(server, 'r', 'two');
	await page.check('#r1');
	await told(server, 'r', 'one');
	server.patch(7, { op: 'setAttribute', node: await nodeAt(page, '#radio'), name: 'title', value: 'patched' });
	await page.locator('#radio[title]', { hasText: 'one' }).waitFor();
	await page.selectOption('#sel', 'b');
	await told(server, 'sel', 'b');
	await page.selectOption('#many', ['a', 'b']);
	await told(server, 'many', ['a', 'b']);
	await page.focus('#area');
	await page.keyboard.type('ab');
	await page.keyboard.press('Tab');
	await told(server, 'area', 'ab');
	await page.keyboard.type('cd');
	await page.locator('#all', { hasText: 'cd' }).waitFor();
	await page.keyboard.press('Tab');
	await told(server, 'slow', 'cd');
});

const boxes = '<input type="checkbox" id="a" value="a" ts-model="tags"><input type="checkbox" id="b" value="b" ts-model="tags" checked><input type="checkbox" id="c" value="c" ts-model="tags" checked><input id="note" ts-model="user.note" value="">';
liveTest('boxes with values are a list, also where the server has the state', { body: boxes }, async ({ page, server }) => {
	await page.check('#a');
	assert.deepEqual((await server.next('event')).payload, { data: { path: 'tags', value: ['b', 'c', 'a'], item: 'a' } });
	assert.deepEqual(await Promise.all(['#a', '#b', '#c'].map((box) => page.isChecked(box))), [true, true, true]);
	await page.uncheck('#b');
	assert.deepEqual((await server.next('event')).payload.data, { path: 'tags', value: ['c', 'a'], item: 'b' });
	// The server may see it otherwise, also in what is inside.
	await page.fill('#note', 'mine');
	await server.next('event');
	await page.locator('#note').blur();
	server.patch(3, { op: 'removeAttribute', node: await nodeAt(page, '#c'), name: 'checked' }, { op: 'setAttribute', node: await nodeAt(page, '#note'), name: 'value', value: 'theirs' });
	await page.waitForFunction(() => /** @type {any} */ (document.querySelector('#note')).value === 'theirs');
	assert.deepEqual(await Promise.all(['#a', '#b', '#c'].map((box) => page.isChecked(box))), [true, false, false]);
});

const menu = `<div id="s" ts-state='{"open":false,"user":{"name":"Ada"},"tags":["a"]}'><button id="b" @click='[["set",{"path":"open"}]]'>menu</button><ul id="m" ts-if="open" hidden><li>one</li></ul><p id="not" ts-if="!open">closed</p><i id="c" class="fixed" ts-class="on: open, off: !open">c</i><input id="u" ts-model="user.name"><b id="t" ts-text="user.name">Ada</b><input type="checkbox" id="ta" value="a" ts-model="tags"><input type="checkbox" id="tb" value="b" ts-model="tags"><u id="tt" ts-text="tags"></u></div>`;
liveTest('a scope lives without the server', { body: menu }, async ({ page, server }) => {
	await page.locator('#c.off').waitFor();
	assert.deepEqual([await page.isVisible('#m'), await page.isVisible('#not'), await page.inputValue('#u'), await page.isChecked('#ta'), await page.isChecked('#tb')], [false, true, 'Ada', true, false]);
	await page.click('#b');
	await page.locator('#m').waitFor();
	assert.deepEqual([await page.isVisible('#not'), await page.getAttribute('#c', 'class')], [false, 'fixed on']);
	await page.fill('#u', 'Eve');
	await page.check('#tb');
	assert.deepEqual([await page.textContent('#t'), await page.textContent('#tt')], ['Eve', 'a,b']);
	// It survives patches of the same elements.
	server.patch(0, { op: 'setAttribute', node: await nodeAt(page, '#c'), name: 'class', value: 'other' }, { op: 'setAttribute', node: await nodeAt(page, '#m'), name: 'title', value: 't' });
	await page.locator('#m[title]').waitFor();
	assert.deepEqual([await page.isVisible('#m'), await page.getAttribute('#c', 'class')], [true, 'other on']);
	// The server gives the scope another state.
	server.patch(0, { op: 'setAttribute', node: await nodeAt(page, '#s'), name: 'ts-state', value: '{"open":false,"user":{"name":"Bob"}}' });
	await page.locator('#m').waitFor({ state: 'hidden' });
	assert.deepEqual([await page.textContent('#t'), await page.textContent('#tt')], ['Bob', 'a,b']);
	assert.deepEqual(server.heard.filter(({ type }) => type === 'event'), []);
});

const list = `<div id="s" ts-state='{"items":[{"id":1,"name":"one"},{"id":2,"name":"two"}]}'><ul id="l"><template ts-for="item of items" ts-key="id"><li><b ts-text="item.name"></b><input ts-model="item.name"><i ts-text="index"></i></li></template></ul><p id="after">after</p></div>`;
liveTest('a template is filled for each item, and survives', { body: list }, async ({ page, server }) => {
	const names = () => page.locator('#l b').allTextContents();
	await page.locator('#l li').nth(1).waitFor();
	assert.deepEqual(await names(), ['one', 'two']);
	await page.evaluate(() => (/** @type {any} */ (document.querySelector('#l li')).kept = true));
	await page.locator('#l input').first().fill('eins');
	assert.deepEqual(await names(), ['eins', 'two']);
	const state = await nodeAt(page, '#s');
	server.patch(0, { op: 'setAttribute', node: state, name: 'ts-state', value: JSON.stringify({ items: [{ id: 3, name: 'drei' }, { id: 1, name: 'one' }] }) });
	await page.waitForFunction(() => document.querySelector('#l b')?.textContent === 'drei');
	assert.deepEqual(await names(), ['drei', 'one']);
	assert.equal(await page.evaluate(() => /** @type {any} */ (document.querySelectorAll('#l li')[1]).kept), true);
	assert.deepEqual(await page.locator('#l i').allTextContents(), ['0', '1']);
});

liveTest('what a template has made is there after a render', { body: list }, async ({ page, server }) => {
	await page.locator('#l li').nth(1).waitFor();
	await page.focus('#l input');
	server.send({ type: 'render', settled: 0, component: 0, html: list.replace('after</p>', 'new</p>') });
	await page.locator('#after', { hasText: 'new' }).waitFor();
	await page.locator('#l li').nth(1).waitFor();
	assert.deepEqual(await page.locator('#l b').allTextContents(), ['one', 'two']);
	assert.equal(await page.locator('#l li').count(), 2);
	assert.equal(await page.evaluate(() => document.activeElement === document.querySelector('#l input')), true);
});

liveTest('what a template has made has no numbers, and goes with the template', { body: list }, async ({ page, server }) => {
	await page.locator('#l li').nth(1).waitFor();
	// 1 the container, 2 #s, 3 #l, 4 to 8 the template, 9 #after; then 11 #l, 12 to 16 the template.
	server.patch(0, { op: 'renumber', node: 3, count: 1 }, { op: 'insertEnd', node: 2, html: '<em>came</em>' }, { op: 'setAttribute', node: 17, name: 'title', value: 'x' });
	await page.locator('em[title=x]', { hasText: 'came' }).waitFor();
	assert.equal(await page.locator('#l li').count(), 2);
	server.patch(0, { op: 'remove', node: 12, count: 1 });
	await page.locator('#l li').first().waitFor({ state: 'detached' });
	assert.equal(await page.locator('#l').textContent(), '');
});

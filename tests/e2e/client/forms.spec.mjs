// Forms: what the server is told, who owns what the user enters, locks, recovery, models.
import assert from 'node:assert/strict';

import { liveTest, nodeAt } from '../live.mjs';

/** @typedef {import('../live.mjs').LiveServer} LiveServer */

/** @param {LiveServer} server @param {string} handler @param {unknown} payload */
const hears = (server, handler, payload) => server.expect({ type: 'event', component: 0, handler, payload });

const form = `<form id="f" @submit="save" @input="check"><input id="a" name="a" value="1"><input id="b" name="b"><textarea id="t" name="t">text</textarea><select id="s" name="s" multiple><option value="x" selected>x<option value="y">y</select><input id="c" type="checkbox" name="c[]" value="on"><input type="file" name="file"><button id="go" name="how" value="fast">go</button></form>`;

liveTest('a form tells all of its fields, and which of them nobody has been at', { body: form }, async ({ page, server }) => {
	await page.fill('#a', '12');
	await hears(server, 'check', { type: 'input', form: [['a', '12'], ['b', ''], ['t', 'text'], ['s', 'x']], unused: ['b', 't', 's', 'c[]'], name: 'a', value: '12' });
	await page.check('#c');
	await hears(server, 'check', { type: 'input', form: [['a', '12'], ['b', ''], ['t', 'text'], ['s', 'x'], ['c[]', 'on']], unused: ['b', 't', 's'], name: 'c[]', value: 'on' });
	await page.uncheck('#c');
	assert.equal((await server.next('event')).payload.value, '');
	// Who has been in a field and left it, has used it.
	await page.focus('#b');
	await page.focus('#s');
	await page.selectOption('#s', ['x', 'y']);
	const { payload } = await server.next('event');
	assert.deepEqual(payload.unused, ['t']);
	assert.deepEqual(payload.form.filter((/** @type {string[]} */ [name]) => name === 's'), [['s', 'x'], ['s', 'y']]);
	await page.click('#go');
	await hears(server, 'save', { type: 'submit', form: [['a', '12'], ['b', ''], ['t', 'text'], ['s', 'x'], ['s', 'y'], ['how', 'fast']], submitter: ['how', 'fast'] });
});

liveTest('enter submits, and the page stays', { body: '<form @submit="save"><input id="a" name="a"></form>' }, async ({ page, server }) => {
	await page.fill('#a', 'x');
	await page.keyboard.press('Enter');
	await hears(server, 'save', { type: 'submit', form: [['a', 'x']] });
	assert.equal(page.url(), `${server.url}/`);
});

liveTest('reset begins anew', { body: '<form id="f" @input="check"><input id="a" name="a"><input id="b" name="b"><button type="reset">r</button></form>' }, async ({ page, server }) => {
	await page.fill('#a', 'x');
	await server.next('event');
	await page.click('button');
	await page.fill('#b', 'y');
	assert.deepEqual((await server.next('event')).payload.unused, ['a']);
});

const busy = '<form id="f" @submit="save"><input id="a" name="a" value="1"><button id="go" ts-disable-with="Saving…">Save <b>it</b></button><button id="also">also</button><button id="no" type="button">no</button></form>';
liveTest('a form is locked until its submit is settled', { body: busy }, async ({ page, server }) => {
	await page.focus('#go');
	await page.keyboard.press('Enter');
	await server.next('event');
	const state = () =>
		page.evaluate(() => {
			/** @param {string} id */
			const get = (id) => /** @type {any} */ (document.getElementById(id));
			return [get('go').disabled, get('go').textContent, get('also').disabled, get('no').disabled, get('a').readOnly, get('f').className, document.activeElement?.id];
		});
	assert.deepEqual((await state()).slice(0, 6), [true, 'Saving…it', true, false, true, 'ts-loading ts-submit-loading']);
	// Another way to submit it.
	await page.evaluate(() => /** @type {HTMLFormElement} */ (document.querySelector('#f')).requestSubmit());
	// What the server changes meanwhile is about what it rendered.
	server.patch(0, { op: 'spliceText', node: await nodeAt(page, '#go', 0), at: 0, remove: 4, text: 'Store' }, { op: 'setAttribute', node: 2, name: 'class', value: 'x' }, { op: 'setAttribute', node: await nodeAt(page, '#also'), name: 'disabled', value: '' });
	await page.locator('#f.x').waitFor();
	assert.deepEqual((await state()).slice(0, 6), [true, 'Saving…it', true, false, true, 'x ts-loading ts-submit-loading']);
	server.patch(1);
	await page.locator('#f:not(.ts-loading)').waitFor();
	assert.deepEqual(await state(), [false, 'Store it', true, false, false, 'x', 'go']);
	assert.deepEqual(server.heard.filter(({ type }) => type === 'event'), []);
});

liveTest('inputs and links have a text for the time as well', { body: '<form @submit="save"><input id="a" name="a"><input id="s" type="submit" value="Send" ts-disable-with="Sending…"></form><button id="d" type="button" @click="del" ts-disable-with="…">Delete</button>' }, async ({ page, server }) => {
	await page.click('#s');
	await page.locator('#s[value="Sending…"]:disabled').waitFor();
	await page.click('#d');
	await page.locator('#d:disabled', { hasText: '…' }).waitFor();
	server.patch(2);
	await page.locator('#s[value="Send"]:enabled').waitFor();
	await page.locator('#d:enabled', { hasText: 'Delete' }).waitFor();
});

liveTest('what the server says of a field waits for what the user has changed there', { body: '<form @input="check"><input id="a" name="a"><input id="b" name="b"></form>' }, async ({ page, server }) => {
	const [a, b] = [await nodeAt(page, '#a'), await nodeAt(page, '#b')];
	await page.focus('#a');
	await page.keyboard.type('x');
	await server.next('event');
	await page.keyboard.type('y');
	await server.next('event');
	await page.focus('#b');
	// The answer to the first, when the user is one further.
	server.patch(1, { op: 'setAttribute', node: a, name: 'value', value: 'X' }, { op: 'setAttribute', node: b, name: 'value', value: 'of b' }, { op: 'setAttribute', node: a, name: 'class', value: 'x' });
	await page.locator('#a.x').waitFor();
	assert.deepEqual([await page.inputValue('#a'), await page.inputValue('#b')], ['xy', '']);
	// The same by which it insists: it is overtaken.
	server.patch(0, { op: 'setProperty', node: a, name: 'value', value: 'insists' }, { op: 'setAttribute', node: a, name: 'class', value: 'z' });
	await page.locator('#a.z').waitFor();
	assert.equal(await page.inputValue('#a'), 'xy');
	server.patch(1);
	await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector('#a')).value === 'X');
	server.patch(0, { op: 'setAttribute', node: a, name: 'value', value: 'XY' });
	await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector('#a')).value === 'XY');
});

liveTest('what the server insists on is overtaken by what the user enters', { body: '<input id="a" @input="check"><p>p</p>' }, async ({ page, server }) => {
	await page.focus('#a');
	await page.keyboard.type('x');
	await server.next('event');
	server.patch(0, { op: 'setProperty', node: 2, name: 'value', value: '' }, { op: 'setAttribute', node: 2, name: 'class', value: 'x' });
	await page.locator('#a.x').waitFor();
	assert.equal(await page.inputValue('#a'), 'x');
	server.patch(1, { op: 'setText', node: 4, text: 'settled' });
	await page.getByText('settled').waitFor();
	assert.equal(await page.inputValue('#a'), 'x');
	server.patch(0, { op: 'setProperty', node: 2, name: 'value', value: 'now' });
	await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector('#a')).value === 'now');
});

liveTest('what has waited comes with the answer, whatever component that is about', { bodies: ['<p>p</p>', '<input id="a" @input="check">'] }, async ({ page, server }) => {
	await page.focus('#a');
	await page.keyboard.type('x');
	await server.next('event');
	await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
	server.patch(0, { op: 'component', component: 1 }, { op: 'setAttribute', node: 2, name: 'value', value: 'X' }, { op: 'setAttribute', node: 2, name: 'class', value: 'x' });
	await page.locator('#a.x').waitFor();
	assert.equal(await page.inputValue('#a'), 'x');
	server.patch(1);
	await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector('#a')).value === 'X');
});

liveTest('a component that is rendered anew keeps what is under way', { body: '<form @input="check"><input id="a" name="a" value="0"><select id="s" name="s"><option>one<option>two</select></form>' }, async ({ page, server }) => {
	await page.fill('#a', 'typed');
	await page.selectOption('#s', 'two');
	await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
	server.patch(0, { op: 'setText', node: 99, text: '' });
	server.send({ type: 'render', settled: 0, component: 0, html: '<p id="new">new</p><form @input="check"><input id="a" name="a" value="1"><select id="s" name="s"><option selected>one<option>two</select></form>' });
	await page.locator('#new').waitFor();
	assert.deepEqual([await page.inputValue('#a'), await page.inputValue('#s')], ['typed', 'two']);
});

liveTest('another session is told what was entered', { body: '<form id="f" @submit="save" @change="check([1])"><input id="a" name="a"><input id="b" name="b"><input id="c" type="checkbox" name="c"></form><form id="g" @input="other"><input name="z" value="1"></form>' }, async ({ page, server }) => {
	await page.fill('#a', 'mine');
	await page.check('#c');
	await server.next('event');
	await server.next('event');
	server.patch(2, { op: 'setAttribute', node: await nodeAt(page, '#a'), name: 'value', value: 'mine' });
	await page.locator('#a[value=mine]').waitFor();
	server.options.joined = { session: 's2', stream: 'new', events: 0, components: [{ component: 0, state: 'stale' }] };
	server.socket?.close(4000);
	await server.connection(2);
	server.send({ type: 'render', settled: 0, component: 0, html: '<form id="f" @submit="save" @change="check([1])"><input id="a" name="a" value=""><input id="b" name="b" value="x"><input id="c" type="checkbox" name="c"></form><form id="g" @input="other"><input name="z" value="1"></form>' });
	await hears(server, 'check', { type: 'change', form: [['a', 'mine'], ['b', 'x'], ['c', 'on']], unused: ['b'], args: [1], recover: true });
	assert.equal(await page.inputValue('#a'), 'mine');
	// The other form nobody was at.
	server.patch(1);
	await page.locator('#f:not(.ts-loading)').waitFor();
	assert.deepEqual(server.heard.filter(({ type }) => type === 'event'), []);
});

liveTest('the session of before is not told again', { body: '<form id="f" @input="check"><input id="a" name="a"></form><b id="b">0</b>' }, async ({ page, server }) => {
	await page.fill('#a', 'mine');
	await server.next('event');
	server.patch(1);
	await page.locator('#f:not(.ts-loading)').waitFor();
	server.socket?.destroy();
	await server.connection(2);
	server.patch(0, { op: 'setText', node: await nodeAt(page, '#b', 0), text: '1' });
	await page.locator('#b', { hasText: '1' }).waitFor();
	assert.deepEqual(server.heard.filter(({ type }) => type === 'event'), []);
});

liveTest('loading classes are there until the event is settled', { body: '<form id="f"><button id="b" type="button" @click="one" @focus="two" class="btn">b</button></form>' }, async ({ page, server }) => {
	await page.click('#b');
	assert.equal(await page.getAttribute('#b', 'class'), 'btn ts-loading ts-focus-loading ts-click-loading');
	assert.equal(await page.getAttribute('#f', 'class'), 'ts-loading ts-focus-loading ts-click-loading');
	server.patch([2], { op: 'setAttribute', node: 3, name: 'class', value: 'new' });
	await page.locator('#b.new').waitFor();
	assert.equal(await page.getAttribute('#b', 'class'), 'new ts-loading ts-focus-loading');
	server.patch(1);
	await page.locator('#b:not(.ts-loading)').waitFor();
	assert.equal(await page.getAttribute('#b', 'class'), 'new');
});

liveTest('a dialog’s form may close it', { body: '<dialog id="d"><form method="dialog" @submit="chosen"><button id="b" name="x" value="1">ok</button></form></dialog>' }, async ({ page, server }) => {
	await page.evaluate(() => /** @type {HTMLDialogElement} */ (document.querySelector('#d')).showModal());
	await page.click('#b');
	assert.equal((await server.next('event')).handler, 'chosen');
	assert.equal(await page.evaluate(() => /** @type {HTMLDialogElement} */ (document.querySelector('#d')).open), false);
});

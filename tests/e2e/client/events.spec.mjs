// Events of the page: attributes, modifiers, and what the server is told.
import assert from 'node:assert/strict';

import { liveTest } from '../live.mjs';

/** @typedef {import('../live.mjs').LiveServer} LiveServer */

/** The next event is this. @param {LiveServer} server @param {string} handler @param {unknown} [payload] */
const hears = (server, handler, payload) => server.expect({ type: 'event', component: 0, handler, ...(payload !== undefined && { payload }) });

/** Nothing but `end` has come since. @param {import('playwright-core').Page} page @param {LiveServer} server */
async function endsThere(page, server) {
	await page.evaluate(() => document.querySelector('#end')?.dispatchEvent(new MouseEvent('click', { bubbles: true })));
	await hears(server, 'end');
}
const end = '<button id="end" @click="end"></button>';

liveTest('arguments and values go along', { body: '<button id="a" @click=\'add([1,"x",null])\' ts-value:row="7" ts-value:kind="b">a</button><button id="b" ts-on:click=" plain ">b</button>' }, async ({ page, server }) => {
	await page.click('#a');
	await hears(server, 'add', { args: [1, 'x', null], values: { row: '7', kind: 'b' } });
	await page.click('#b');
	await hears(server, 'plain');
	await page.click('#b', { modifiers: ['Shift', 'Alt'] });
	await hears(server, 'plain', { alt: true, shift: true });
});

liveTest('attributes that a patch brings are listened to', { body: '<p id="p">p</p>' }, async ({ page, server }) => {
	server.patch(0, { op: 'insertEnd', node: 1, html: '<b id="b" @dblclick="two">b</b>' }, { op: 'setAttribute', node: 2, name: '@contextmenu.prevent', value: 'menu' });
	await page.dblclick('#b');
	const { payload } = await server.next('event');
	assert.equal(payload.type, 'dblclick');
	assert.ok(payload.x > 0 && payload.y > 0);
	await page.click('#p', { button: 'right' });
	assert.equal((await server.next('event')).handler, 'menu');
});

liveTest('inner elements come first, and stop ends it', { body: `<div @click="outer"><p @click="middle"><i id="a" @click="inner">a</i><i id="s" @click.stop="stops" ts-on:click="too">s</i></p></div>${end}` }, async ({ page, server }) => {
	await page.click('#a');
	for (const handler of ['inner', 'middle', 'outer']) await hears(server, handler);
	await page.click('#s');
	assert.deepEqual([(await server.next('event')).handler, (await server.next('event')).handler].sort(), ['stops', 'too']);
	await endsThere(page, server);
});

liveTest('capture comes from outside in, before', { body: '<div @click.capture="outer" @click="bubbled"><b id="b" @click.capture="inner">b</b></div>' }, async ({ page, server }) => {
	await page.click('#b');
	for (const handler of ['outer', 'inner', 'bubbled']) await hears(server, handler);
});

liveTest('self, once, prevent', { body: `<div id="d" @click.self="self" style="padding:20px"><b id="b">b</b></div><button id="o" @click.once="once">o</button><a id="a" href="#there" @click.prevent="link">a</a>${end}` }, async ({ page, server }) => {
	await page.click('#b');
	await page.click('#d', { position: { x: 5, y: 5 } });
	await hears(server, 'self');
	await page.click('#o');
	await page.click('#o');
	await hears(server, 'once');
	await page.click('#a');
	await hears(server, 'link');
	assert.equal(new URL(page.url()).hash, '');
	await endsThere(page, server);
});

liveTest('outside, window, document', { body: `<div id="menu" @click.outside="close"><b id="in">in</b></div><p id="p">p</p><p hidden @click.outside="hidden"></p><i @resize.window="resized" @visibilitychange.document="seen" @keydown.window.ctrl.k="palette"></i>` }, async ({ page, server }) => {
	await page.click('#in');
	await page.click('#p');
	await hears(server, 'close');
	await page.setViewportSize({ width: 700, height: 500 });
	await hears(server, 'resized', { type: 'resize' });
	await page.keyboard.press('k');
	await page.keyboard.press('Control+k');
	await hears(server, 'palette', { type: 'keydown', key: 'k', code: 'KeyK', ctrl: true });
	await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
	await hears(server, 'seen', { type: 'visibilitychange' });
});

liveTest('keys are filtered', { body: `<input id="i" name="q" @keydown.enter="go" @keydown.escape.esc="out" @keydown.up.down="move" @keyup.space="space" @keydown.ctrl.shift.s="save" @keydown.x="x">${end}` }, async ({ page, server }) => {
	await page.focus('#i');
	/** @param {string} key @param {string} code */
	const told = (key, code, more = {}) => ({ type: 'keydown', name: 'q', value: '', key, code, ...more });
	await page.keyboard.press('a');
	await page.keyboard.press('Backspace');
	await page.keyboard.press('Enter');
	await hears(server, 'go', told('Enter', 'Enter'));
	await page.keyboard.press('Escape');
	await hears(server, 'out', told('Escape', 'Escape'));
	await page.keyboard.press('ArrowUp');
	await page.keyboard.press('ArrowLeft');
	await page.keyboard.press('ArrowDown');
	await hears(server, 'move', told('ArrowUp', 'ArrowUp'));
	await hears(server, 'move', told('ArrowDown', 'ArrowDown'));
	await page.keyboard.press(' ');
	await hears(server, 'space', { ...told(' ', 'Space'), type: 'keyup', value: ' ' });
	await page.keyboard.press('Control+s');
	await page.keyboard.press('Control+Shift+S');
	await hears(server, 'save', told('S', 'KeyS', { value: ' ', ctrl: true, shift: true }));
	await endsThere(page, server);
});

liveTest('an enter that ends a composition is not the key', { body: `<input id="i" @keydown.enter="go">${end}` }, async ({ page, server }) => {
	await page.evaluate(() => document.querySelector('#i')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true })));
	await endsThere(page, server);
});

liveTest('events that do not bubble are the element’s own', { body: `<div @focus="wrong" @mouseenter="around"><input id="i" name="n" @focus="in" @blur="out"></div><div @toggle="wrong"><details id="d" @toggle="toggled"><summary>s</summary></details></div>${end}` }, async ({ page, server }) => {
	await page.focus('#i');
	await hears(server, 'in', { type: 'focus', name: 'n', value: '' });
	await page.keyboard.type('x');
	await page.keyboard.press('Tab');
	await hears(server, 'out', { type: 'blur', name: 'n', value: 'x' });
	await page.click('summary');
	await server.eventually({ handler: 'toggled', payload: { type: 'toggle' } });
});

liveTest('custom events tell their detail', { body: '<my-element id="m" @rate="rated" @item-moved.window="moved"></my-element>' }, async ({ page, server }) => {
	await page.evaluate(() => document.querySelector('#m')?.dispatchEvent(new CustomEvent('rate', { detail: { stars: 4 } })));
	await hears(server, 'rated', { type: 'rate', data: { stars: 4 } });
	await page.evaluate(() => dispatchEvent(new CustomEvent('item-moved', { detail: 3 })));
	await hears(server, 'moved', { type: 'item-moved', data: 3 });
});

liveTest('debounce waits for the user to stop, or to go on', { body: `<input id="i" name="n" @input.debounce-60000="typed"><input id="j" name="j" @input.debounce-50="short">${end}` }, async ({ page, server }) => {
	await page.focus('#i');
	await page.keyboard.type('abc');
	await page.keyboard.press('Tab');
	await hears(server, 'typed', { type: 'input', name: 'n', value: 'abc' });
	await page.keyboard.type('x');
	await hears(server, 'short', { type: 'input', name: 'j', value: 'x' });
	await endsThere(page, server);
});

liveTest('throttle lets the first through, and the last of what can be summed up', { body: `<button id="b" @click.throttle="clicked">b</button><input id="r" type="range" name="r" @input.throttle-300="moved" value="0">${end}` }, async ({ page, server }) => {
	await page.evaluate(() => {
		for (let i = 0; i < 5; i++) /** @type {HTMLElement} */ (document.querySelector('#b')).click();
		const range = /** @type {HTMLInputElement} */ (document.querySelector('#r'));
		for (let i = 1; i < 5; i++) {
			range.value = String(i);
			range.dispatchEvent(new InputEvent('input', { bubbles: true }));
		}
	});
	await hears(server, 'clicked');
	await hears(server, 'moved', { type: 'input', name: 'r', value: '1' });
	await hears(server, 'moved', { type: 'input', name: 'r', value: '4' });
	await endsThere(page, server);
});

liveTest('passive and others have listeners of their own', { body: '<div id="d" style="height:50px;overflow:auto" @wheel.prevent="stopped"><p style="height:500px">p</p></div><div id="e" style="height:50px;overflow:auto" @wheel.passive.throttle-60000="passed" @scroll.throttle-60000="scrolled"><p style="height:500px">p</p></div>' }, async ({ page, server }) => {
	await page.hover('#d');
	await page.mouse.wheel(0, 100);
	await server.eventually({ handler: 'stopped' });
	assert.equal(await page.evaluate(() => document.querySelector('#d')?.scrollTop), 0);
	await page.hover('#e');
	await page.mouse.wheel(0, 100);
	await server.eventually({ handler: 'passed' });
	await page.waitForFunction(() => (document.querySelector('#e')?.scrollTop ?? 0) > 0);
	await server.eventually({ handler: 'scrolled' });
});

liveTest('events in shadow trees and ignored parts are heard', { body: '<div ts-ignore id="x"></div><div id="host" @click="host"></div>' }, async ({ page, server }) => {
	await page.evaluate(() => {
		/** @type {HTMLElement} */ (document.querySelector('#host')).attachShadow({ mode: 'open' }).innerHTML = '<button>in the shadow</button>';
	});
	await page.getByText('in the shadow').click();
	await hears(server, 'host');
});

liveTest('the ends of a list come into view', { body: `<ul id="l" @viewport-bottom="more" @viewport-top="less" style="height:100px;overflow:auto">${[1, 2, 3, 4].map((n) => `<li id="i${n}" style="height:60px">${n}</li>`).join('')}</ul>` }, async ({ page, server }) => {
	await hears(server, 'less', { type: 'viewport-top', data: { id: 'i1' } });
	await page.evaluate(() => document.querySelector('#l')?.scrollTo(0, 1000));
	await hears(server, 'more', { type: 'viewport-bottom', data: { id: 'i4' } });
	server.patch(2, { op: 'insertEnd', node: 2, html: '<li id="i5" style="height:60px">5</li><li id="i6" style="height:60px">6</li>' });
	await page.locator('#i6').waitFor();
	await page.evaluate(() => document.querySelector('#l')?.scrollTo(0, 1000));
	await hears(server, 'more', { type: 'viewport-bottom', data: { id: 'i6' } });
});

liveTest('a handler that is none is an error in the console', { body: '<button id="b" @click="no good">b</button>' }, async ({ page, complaints }) => {
	complaints.expect(/"no good" is no handler/);
	const failed = page.waitForEvent('pageerror');
	await page.click('#b');
	await failed;
});

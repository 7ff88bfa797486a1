// Client commands: what markup does without the server.
import assert from 'node:assert/strict';

import { liveTest, nodeAt } from '../live.mjs';

/** @param {unknown[]} commands */
const js = (...commands) => `@click='${JSON.stringify(commands)}'`;
/** @param {string} id @param {unknown[]} commands */
const button = (id, ...commands) => `<button id="${id}" ${js(...commands)}>${id}</button>`;

liveTest('show, hide and toggle', { body: `${button('show', ['show', { to: '#p' }])}${button('hide', ['hide', { to: '#p' }])}${button('toggle', ['toggle', { to: '#f', display: 'flex' }])}<p id="p" style="display:none">p</p><div id="f">f</div><style>#f { display: none }</style>` }, async ({ page, server }) => {
	await page.click('#show');
	await page.locator('#p').waitFor();
	// A patch of what the command has changed.
	server.patch(0, { op: 'setAttribute', node: await nodeAt(page, '#p'), name: 'style', value: 'display:none;color:red' });
	await page.locator('#p[style*=red]').waitFor();
	assert.equal(await page.evaluate(() => getComputedStyle(/** @type {Element} */ (document.querySelector('#p'))).display), 'block');
	await page.click('#hide');
	await page.locator('#p').waitFor({ state: 'hidden' });
	await page.click('#toggle');
	assert.equal(await page.evaluate(() => getComputedStyle(/** @type {Element} */ (document.querySelector('#f'))).display), 'flex');
	await page.click('#toggle');
	await page.locator('#f').waitFor({ state: 'hidden' });
	assert.deepEqual(server.heard.filter(({ type }) => type === 'event'), []);
});

liveTest('classes and attributes, of several elements, which stay', { body: `<ul><li class="x">1</li><li>2</li></ul>${button('b', ['toggleClass', { names: ['on', 'x'], to: 'li' }], ['setAttribute', { name: 'aria-expanded', value: 'true', to: 'ul' }], ['addClass', { names: ['added'], to: 'ul' }], ['removeAttribute', { name: 'title' }], ['toggleAttribute', { name: 'data-mode', value: 'a', other: 'b' }])}` }, async ({ page, server }) => {
	await page.click('#b');
	await page.locator('ul.added[aria-expanded=true]').waitFor();
	assert.deepEqual(await page.locator('li').evaluateAll((items) => items.map((item) => item.className)), ['on', 'on x']);
	server.patch(0, { op: 'setAttribute', node: 3, name: 'class', value: 'x y' }, { op: 'setAttribute', node: 2, name: 'aria-expanded', value: 'false' }, { op: 'setAttribute', node: await nodeAt(page, '#b'), name: 'title', value: 't' });
	await page.locator('li.y').waitFor();
	assert.equal(await page.getAttribute('li', 'class'), 'y on');
	assert.equal(await page.getAttribute('ul', 'aria-expanded'), 'true');
	assert.equal(await page.getAttribute('#b', 'title'), null);
	assert.equal(await page.getAttribute('#b', 'data-mode'), 'a');
	await page.click('#b');
	await page.locator('#b[data-mode=b]').waitFor();
	assert.deepEqual(await page.locator('li').evaluateAll((items) => items.map((item) => item.className)), ['y x', '']);
});

liveTest('targets inside and around', { body: `<section id="s"><button id="b" ${js(['addClass', { names: ['in'], to: { inner: 'i' } }], ['addClass', { names: ['out'], to: { closest: 'section' } }], ['addClass', { names: ['self'] }])}><i id="i">b</i></button><i id="other"></i></section>` }, async ({ page }) => {
	await page.click('#b');
	await page.locator('#s.out #b.self #i.in').waitFor();
	assert.equal(await page.getAttribute('#other', 'class'), null);
});

liveTest('transitions', { body: `<p id="p">p</p>${button('hide', ['hide', { to: '#p', transition: [['fade'], ['from'], ['to']], time: 300 }])}` }, async ({ page }) => {
	await page.evaluate(() => {
		/** @type {(string | null)[]} */
		const seen = [];
		const p = /** @type {HTMLElement} */ (document.querySelector('#p'));
		Object.assign(window, { seen });
		new MutationObserver(() => seen.push(`${p.className}${p.style.display}`)).observe(p, { attributes: true });
	});
	await page.click('#hide');
	await page.locator('#p').waitFor({ state: 'hidden' });
	await page.waitForFunction('seen.length > 2');
	assert.deepEqual(await page.evaluate('seen'), ['fade from', 'fade to', 'none']);
});

liveTest('focus', { body: `<input id="a">${button('open', ['pushFocus'], ['focusFirst', { to: '#box' }])}<div id="box"><input disabled><input tabindex="-1"><input id="first">${button('close', ['popFocus'])}</div>${button('to', ['focus', { to: '#a' }])}` }, async ({ page }) => {
	/** @param {string} id */
	const focused = (id) => page.waitForFunction((id) => document.activeElement?.id === id, id);
	await page.click('#open');
	await focused('first');
	await page.click('#close');
	await focused('open');
	await page.click('#to');
	await focused('a');
});

liveTest('push, dispatch and exec', { body: `<div id="d" ${js(['addClass', { names: ['heard'] }])} data-menu='${JSON.stringify([['addClass', { names: ['ran'] }]])}' @chosen="chosen">d</div>${button('b', ['push', { event: 'saved', data: { n: 1 } }], ['push', { event: 'plain' }], ['dispatch', { name: 'chosen', detail: 5, to: '#d' }], ['exec', { attribute: 'data-menu', to: '#d' }])}` }, async ({ page, server }) => {
	await page.click('#b');
	await server.expect({ type: 'event', component: 0, handler: 'saved', payload: { data: { n: 1 } } });
	await server.expect({ type: 'event', component: 0, handler: 'plain' });
	await server.expect({ type: 'event', component: 0, handler: 'chosen', payload: { type: 'chosen', data: 5 } });
	await page.locator('#d.ran').waitFor();
});

liveTest('a command that is none is an error', { body: button('b', ['fly']) }, async ({ page, complaints }) => {
	complaints.expect(/no client command "fly"/);
	const failed = page.waitForEvent('pageerror');
	await page.click('#b');
	await failed;
});

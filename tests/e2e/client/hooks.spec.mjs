// Code of the app for elements.
import assert from 'node:assert/strict';

import { liveTest, nodeAt } from '../live.mjs';

const before = `
	globalThis.calls = [];
	const note = (what) => function () { calls.push(what + ' ' + this.el.id + ' ' + this.el.isConnected); };
	globalThis.hooks = {
		Chart: {
			mounted() { note('mounted').call(this); this.n = 1; this.handleEvent('data', (value) => calls.push('data ' + this.el.id + ' ' + value + this.n)); },
			beforeUpdate() { calls.push('before ' + this.el.textContent); },
			updated() { calls.push('updated ' + this.el.textContent); },
			destroyed: note('destroyed'), disconnected: note('disconnected'), reconnected: note('reconnected'),
			async ask() { calls.push('reply ' + JSON.stringify(await this.pushEvent('ask', { q: 1 })) + ' ' + this.el.textContent); }
		},
		Ask: { mounted() { this.el.addEventListener('click', async () => {
			try { calls.push('reply ' + JSON.stringify(await this.pushEvent('ask', { q: 1 })) + ' ' + document.querySelector('#shown').textContent); } catch (error) { calls.push(error.code + ' ' + error.message + ' ' + error.trace); }
		}); } },
		Js: { mounted() { this.js([['addClass', { names: ['js'] }]]); } }
	};
`;

/** @param {import('playwright-core').Page} page @param {string[]} expected */
async function calls(page, expected) {
	await page.waitForFunction((length) => /** @type {any} */ (globalThis).calls.length >= length, expected.length);
	assert.deepEqual(await page.evaluate(() => /** @type {any} */ (globalThis).calls.splice(0)), expected);
}

liveTest('a hook follows its element', { before, bodies: ['<div id="h" ts-hook="Chart"><b id="b">0</b></div><p id="p">p</p>', '<div id="z" ts-hook="Chart">z</div>'] }, async ({ page, server }) => {
	await calls(page, ['mounted h true', 'mounted z true']);
	server.patch(0, { op: 'setText', node: await nodeAt(page, '#b', 0), text: '1' });
	await calls(page, ['before 0', 'updated 1']);
	server.patch(0, { op: 'setText', node: await nodeAt(page, '#p', 0), text: 'q' });
	server.patch(0, { op: 'insertEnd', node: 1, html: '<div id="n" ts-hook="Chart">n</div>' });
	await calls(page, ['mounted n true']);
	server.send({ type: 'push', component: 0, name: 'data', value: 7 });
	await calls(page, ['data h 71', 'data n 71']);
	server.socket?.destroy();
	await server.connection(2);
	await calls(page, ['disconnected h true', 'disconnected z true', 'disconnected n true', 'reconnected h true', 'reconnected z true', 'reconnected n true']);
	server.patch(0, { op: 'remove', node: 2, count: 1 });
	await calls(page, ['destroyed h false']);
});

liveTest('a reply comes when the page shows it', { before, body: '<button id="h" ts-hook="Ask">ask</button><i id="shown">old</i>' }, async ({ page, server }) => {
	await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('hooks')));
	await page.click('#h');
	await server.expect({ type: 'event', component: 0, handler: 'ask', payload: { data: { q: 1 } } });
	server.send({ type: 'reply', event: 1, value: { a: 2 } });
	server.patch(1, { op: 'setText', node: await nodeAt(page, '#shown', 0), text: 'new' });
	await calls(page, ['reply {"a":2} new']);
	// Nobody answers: it is over when it is settled.
	await page.click('#h');
	await server.next('event');
	server.patch(1);
	await calls(page, ['reply undefined new']);
	await page.click('#h');
	await server.next('event');
	server.send({ type: 'error', code: 'handler', message: 'It failed.', trace: 't1', event: 3 });
	await calls(page, ['handler It failed. t1']);
});

liveTest('a hook does commands; one that nobody has is told', { before, body: '<i id="j" ts-hook="Js">j</i><i ts-hook="Missing"></i>' }, async ({ page, complaints }) => {
	complaints.expect(/there is no hook "Missing"/);
	await page.locator('#j.js').waitFor();
});

// Input methods: nothing that the user composes is touched until it is done.
import assert from 'node:assert/strict';

import { livePage } from './page.mjs';

/**
 * @param {string} name
 * @param {(visit: import('../browser.mjs').Visit, compose: (text: string) => Promise<unknown>, commit: (text: string) => Promise<unknown>) => Promise<void>} body
 */
const composing = (name, body) =>
	livePage(name, async (visit) => {
		const session = await visit.page.context().newCDPSession(visit.page);
		const compose = (/** @type {string} */ text) => session.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
		const commit = (/** @type {string} */ text) => session.send('Input.insertText', { text });
		await body(visit, compose, commit);
	});

/** Does a patch, and tells whether it is done already. */
const patchNow = `(...operations) => {
	const waiting = patch(...operations);
	globalThis.order ??= [];
	waiting?.then(() => order.push(operations.length), (error) => order.push(String(error)));
	return !waiting;
}`;

composing('a field that composes is left alone, and the rest of the page is not', async ({ page }, compose, commit) => {
	await page.evaluate(() => show('<p>0</p><form id="g"><input id="f" value="a"></form>'));
	await page.evaluate(`window.patched = ${patchNow}`);
	await page.focus('#f');
	await page.keyboard.press('End');
	await compose('に');
	assert.equal(
		await page.evaluate(() =>
			patched(
				{ op: 'setText', node: at('p', 0), text: '1' },
				{ op: 'setAttribute', node: at('#f'), name: 'value', value: 'other' },
				{ op: 'setAttribute', node: at('#f'), name: 'class', value: 'x' },
				{ op: 'insertBefore', node: at('#f'), html: '<b>label</b>' },
				{ op: 'insertBefore', node: at('#g'), html: '<i>more</i>' },
				{ op: 'insertEnd', node: at('#g'), html: '<u>hint</u>' },
				{ op: 'moveEnd', node: at('p'), count: 1, parent: at('#live') },
				{ op: 'renumber', node: at('#g'), count: 1 }
			)
		),
		true
	);
	await compose('にほ');
	assert.equal(await page.evaluate(() => $('#f').value), 'aにほ');
	// The value waits, and so does all that follows it.
	const waits = await page.evaluate(() => [
		patched({ op: 'setText', node: at('p', 0), text: '2' }, { op: 'setProperty', node: at('#f'), name: 'value', value: 'new' }, { op: 'setText', node: at('p', 0), text: '3' }),
		patched({ op: 'setText', node: at('p', 0), text: '4' }),
		$('#f').value,
		$('p').textContent
	]);
	assert.deepEqual(waits, [false, false, 'aにほ', '2']);
	await compose('にほん');
	assert.equal(await page.evaluate(() => $('#f').value), 'aにほん');
	await commit('日本');
	await page.waitForFunction(() => $('p').textContent === '4');
	assert.deepEqual(await page.evaluate(() => [$('#f').value, globalThis.order]), ['new', [3, 1]]);
	assert.equal(await page.evaluate(() => patched({ op: 'setText', node: at('p', 0), text: '5' })), true);
});

composing('what would take the field away waits too', async ({ page }, compose, commit) => {
	for (const what of ['remove', 'replace', 'moveEnd', 'morph']) {
		await page.evaluate(() => show('<section id="s"><input id="f"></section><p>0</p>'));
		await page.evaluate(() => Object.assign(globalThis, { order: [] }));
		await page.focus('#f');
		await compose('か');
		const done = await page.evaluate((what) => {
			const operation = { op: what, node: at('#s'), count: 1, html: '<b>new</b>', parent: at('#live') };
			const waiting = what === 'morph' ? morph('<p>1</p>') : patch(/** @type {any} */ (operation));
			void waiting?.then(() => globalThis.order.push(what));
			return [!waiting, $('#f').value];
		}, what);
		assert.deepEqual(done, [false, 'か'], what);
		await compose('かな');
		assert.equal(await page.evaluate(() => $('#f').value), 'かな');
		await commit('仮名');
		await page.waitForFunction(() => globalThis.order.length === 1);
		assert.equal(await page.evaluate(() => document.querySelector('#f') !== null), what === 'moveEnd', what);
		if (what === 'moveEnd') assert.equal(await page.evaluate(() => $('#f').value), '仮名');
	}
});

composing('texts in an editor wait while it composes', async ({ page }, compose, commit) => {
	await page.evaluate(() => show('<div id="e" contenteditable><p id="a">one</p><p id="b">two</p></div><p id="c">out</p>'));
	await page.evaluate(`window.patched = ${patchNow}`);
	await page.evaluate(() => {
		$('#e').focus();
		getSelection()?.collapse($('#a').firstChild, 3);
	});
	await compose('ä');
	const done = await page.evaluate(() => [
		patched({ op: 'setAttribute', node: at('#a'), name: 'class', value: 'x' }, { op: 'setText', node: at('#c', 0), text: 'OUT' }),
		patched({ op: 'setText', node: at('#b', 0), text: 'TWO' }),
		patched({ op: 'insertEnd', node: at('#e'), html: '<p>three</p>' })
	]);
	assert.deepEqual(done, [true, false, false]);
	assert.equal(await page.evaluate(() => $('#e').textContent), 'oneätwo');
	await commit('é');
	await page.waitForFunction(() => $('#e').textContent === 'oneéTWOthree');
	await page.keyboard.type('!');
	assert.equal(await page.evaluate(() => $('#e').textContent), 'oneé!TWOthree');
});

composing('a composition that a script ends by taking the field away holds nothing up', async ({ page }, compose) => {
	await page.evaluate(() => show('<div id="e" contenteditable><p id="a">one</p></div><p id="c">0</p>'));
	await page.evaluate(() => $('#e').focus());
	await compose('x');
	const done = page.evaluate(() => patch({ op: 'setText', node: at('#c', 0), text: '1' }, { op: 'insertEnd', node: at('#e'), html: '<b></b>' })?.then(() => 'done', (error) => `${error.name}: ${error.message}`));
	await page.waitForFunction(() => $('#c').textContent === '1');
	await page.evaluate(() => {
		void patch({ op: 'setAttribute', node: at('#c'), name: 'class', value: 'next' });
		$('#e').remove();
	});
	// Its element is gone, so the patch no longer fits.
	assert.match(await done ?? '', /^Error: node 2 is not there$/);
	await page.waitForFunction(() => $('#c').className === 'next');
	assert.equal(await page.evaluate(() => patch({ op: 'setText', node: at('#c', 0), text: '2' })), undefined);
	assert.equal(await page.evaluate(() => $('#c').textContent), '2');
});

// What the user and scripts did to a page survives patches, moves and a component that comes anew.
import assert from 'node:assert/strict';

import { livePage, serve, ways } from './page.mjs';

/** A sound of ten seconds, silent: a header, and samples of one byte. */
const wav = () => {
	const samples = 80_000;
	const header = Buffer.alloc(44);
	header.write('RIFF', 0);
	header.writeUInt32LE(36 + samples, 4);
	header.write('WAVEfmt ', 8);
	header.writeUInt32LE(16, 16);
	header.writeUInt16LE(1, 20);
	header.writeUInt16LE(1, 22);
	header.writeUInt32LE(8000, 24);
	header.writeUInt32LE(8000, 28);
	header.writeUInt16LE(1, 32);
	header.writeUInt16LE(8, 34);
	header.write('data', 36);
	header.writeUInt32LE(samples, 40);
	return `data:audio/wav;base64,${Buffer.concat([header, Buffer.alloc(samples, 128)]).toString('base64')}`;
};

for (const [way, before] of ways) {
	/**
	 * @param {string} name
	 * @param {(visit: import('../browser.mjs').Visit) => Promise<void>} body
	 */
	const survives = (name, body) => livePage(`${name}, ${way}`, body, { before });

	survives('focus and selection of a field that moves', async ({ page }) => {
		await page.evaluate(() => show('<p id="a">a</p><div id="b"><input id="f" value="abcdef"></div><p id="c">c</p>'));
		await page.evaluate(() => {
			$('#f').focus();
			$('#f').setSelectionRange(2, 4, 'backward');
			Object.assign(globalThis, { blurs: 0 });
			$('#f').addEventListener('blur', () => globalThis.blurs++);
		});
		const state = () => page.evaluate(() => [document.activeElement?.id, $('#f').selectionStart, $('#f').selectionEnd, $('#f').selectionDirection, globalThis.blurs]);
		const kept = ['f', 2, 4, 'backward', 0];
		await page.evaluate(() => patch({ op: 'moveBefore', node: at('#b'), count: 1, before: at('#a') }));
		assert.deepEqual(await state(), kept);
		await page.evaluate(() => patch({ op: 'moveEnd', node: at('#b'), count: 1, parent: at('#live') }));
		assert.deepEqual(await state(), kept);
		await page.evaluate(() => patch({ op: 'moveBefore', node: at('#a'), count: 2, before: at('#b') }));
		assert.deepEqual(await page.evaluate(() => [...$('#live').children].map((element) => element.id)), ['a', 'c', 'b']);
		assert.deepEqual(await state(), kept);
		await page.evaluate(() => morph('<div id="b" class="x"><input id="f" value="abcdef"></div><p id="c">c</p><p id="a">a</p>'));
		assert.deepEqual(await state(), kept);
		await page.keyboard.type('X');
		assert.equal(await page.evaluate(() => $('#f').value), 'abXef');
	});

	survives('the focus of one of two fields of which one must move', async ({ page }) => {
		await page.evaluate(() => show('<dialog id="a" open>a</dialog><div id="b"><button id="f">f</button></div>'));
		await page.focus('#f');
		await page.evaluate(() => patch({ op: 'moveBefore', node: at('#b'), count: 1, before: at('#a') }));
		assert.deepEqual(await page.evaluate(() => [document.activeElement?.id, $('#live').firstElementChild?.id]), ['f', 'b']);

		await page.evaluate(() => show('<dialog id="a" open>a</dialog><div id="h"></div><div style="height: 3000px"></div>'));
		await page.evaluate(() => {
			document.documentElement.style.setProperty('overflow-anchor', 'none');
			$('#h').attachShadow({ mode: 'open' }).innerHTML = '<input value="abc">';
			const inner = $('#h').shadowRoot?.querySelector('input');
			inner?.focus();
			inner?.setSelectionRange(1, 2);
			scrollTo(0, 1500);
			return patch({ op: 'moveBefore', node: at('#h'), count: 1, before: at('#a') });
		});
		// Chromium would scroll to it.
		assert.equal(await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve(scrollY)))), 1500);
		await page.keyboard.type('X');
		assert.equal(await page.evaluate(() => $('#h').shadowRoot?.querySelector('input')?.value), 'aXc');
	});

	survives('what is selected in texts that move and change', async ({ page }) => {
		await page.evaluate(() => show('<p id="a">one two three</p><p id="b">four</p><div id="e" contenteditable><p id="g">edit</p><p id="h">more</p></div>'));
		await page.evaluate(() => getSelection()?.setBaseAndExtent(/** @type {Node} */ ($('#a').firstChild), 7, /** @type {Node} */ ($('#a').firstChild), 4));
		await page.evaluate(() => patch({ op: 'setText', node: at('#a', 0), text: 'zero, one two three' }, { op: 'moveEnd', node: at('#a'), count: 1, parent: at('#live') }));
		assert.deepEqual(await page.evaluate(() => [String(getSelection()), getSelection()?.anchorOffset, getSelection()?.focusOffset]), ['two', 13, 10]);
		await page.evaluate(() => morph('<p id="b">four</p><p id="a">Zero, one two three</p><div id="e" contenteditable><p id="g">edit</p><p id="h">more</p></div>'));
		assert.equal(await page.evaluate(() => String(getSelection())), 'two');

		await page.evaluate(() => $('#e').focus());
		await page.evaluate(() => getSelection()?.collapse($('#h').firstChild, 2));
		await page.evaluate(() =>
			patch(
				{ op: 'moveBefore', node: at('#h'), count: 1, before: at('#g') },
				{ op: 'setAttribute', node: at('#h'), name: 'class', value: 'x' },
				{ op: 'insertBefore', node: at('#h'), html: '<p>new</p>' },
				{ op: 'remove', node: at('#g'), count: 1 }
			)
		);
		await page.keyboard.type('!');
		assert.equal(await page.evaluate(() => $('#e').textContent), 'newmo!re');
	});

	survives('how far lists and the window are scrolled', async ({ page }) => {
		const list = `<div id="l" style="height: 100px; overflow: auto"><ul style="height: 1000px"></ul></div>`;
		await page.evaluate((list) => show(`<p id="a">a</p><section id="s">${list}</section><p id="b">b</p><div id="t" style="height: 3000px"></div>`), list);
		await page.evaluate(() => {
			// The browser would scroll to keep in sight what is in sight.
			document.documentElement.style.setProperty('overflow-anchor', 'none');
			$('#l').scrollTop = 300;
			scrollTo(0, 500);
		});
		const state = () => page.evaluate(() => [$('#l').scrollTop, scrollY]);
		await page.evaluate(() => patch({ op: 'moveBefore', node: at('#s'), count: 1, before: at('#a') }));
		assert.deepEqual(await state(), [300, 500]);
		await page.evaluate(() => patch({ op: 'moveEnd', node: at('#s'), count: 1, parent: at('#live') }, { op: 'insertEnd', node: at('ul'), html: '<li>x' }, { op: 'setAttribute', node: at('#l'), name: 'class', value: 'x' }));
		assert.deepEqual(await state(), [300, 500]);
		await page.evaluate((list) => morph(`<section id="s">${list}</section><p id="c">c</p><p id="a">a</p><div id="t" style="height: 3000px"></div>`), list);
		assert.deepEqual(await state(), [300, 500]);
	});

	survives('a sound that plays', async ({ page }) => {
		const audio = `<div id="d"><audio id="v" loop src="${wav()}"></audio></div>`;
		await page.evaluate((audio) => show(`<p id="a">a</p>${audio}<p id="b">b</p>`), audio);
		await page.evaluate(async () => {
			const sound = $('#v');
			const media = /** @type {HTMLAudioElement} */ (/** @type {unknown} */ (sound));
			media.muted = true;
			await media.play();
			media.currentTime = 3;
			Object.assign(globalThis, { events: [] });
			for (const name of ['pause', 'emptied', 'abort']) media.addEventListener(name, () => globalThis.events.push(name));
		});
		await page.evaluate(() => patch({ op: 'moveBefore', node: at('#d'), count: 1, before: at('#a') }));
		await page.evaluate((audio) => morph(`<p id="b">b</p><p id="c">c</p>${audio}<p id="a">a</p>`), audio);
		await page.evaluate(() => patch({ op: 'moveEnd', node: at('#d'), count: 1, parent: at('#live') }, { op: 'setAttribute', node: at('#v'), name: 'src', value: $('#v').getAttribute('src') ?? '' }));
		await page.waitForFunction(() => /** @type {any} */ ($('#v')).currentTime > 3.3);
		assert.deepEqual(await page.evaluate(() => [/** @type {any} */ ($('#v')).paused, globalThis.events]), [false, []]);
	});

	survives('frames, which are not loaded again', async ({ page }) => {
		const { url } = await serve();
		let loads = 0;
		page.on('request', (request) => void (request.url() === `${url}/frame` && loads++));
		const frame = '<div id="d"><iframe id="i" src="/frame"></iframe></div>';
		await page.evaluate((frame) => show(`<p id="a">a</p>${frame}<p id="b">b</p><p id="c">c</p>`), frame);
		await page.frameLocator('#i').getByText('framed').waitFor();
		await page.evaluate(() => (/** @type {any} */ ($('#i')).contentWindow.mark = 1));
		const order = () => page.evaluate(() => [...$('#live').children].map((element) => element.id).join(''));
		await page.evaluate(() => patch({ op: 'moveBefore', node: at('#d'), count: 1, before: at('#a') }));
		assert.equal(await order(), 'dabc');
		await page.evaluate(() => patch({ op: 'moveBefore', node: at('#d'), count: 2, before: at('#c') }));
		assert.equal(await order(), 'bdac');
		await page.evaluate(() => patch({ op: 'moveEnd', node: at('#d'), count: 1, parent: at('#live') }, { op: 'setAttribute', node: at('#i'), name: 'src', value: '/frame' }));
		assert.equal(await order(), 'bacd');
		await page.evaluate(() => patch({ op: 'moveBefore', node: at('#c'), count: 2, before: at('#b') }));
		assert.equal(await order(), 'cdba');
		await page.evaluate((frame) => morph(`${frame}<p id="a">a</p><p id="n">n</p><p id="c">c</p><p id="b">b</p>`), frame);
		assert.equal(await order(), 'dancb');
		await page.evaluate((frame) => morph(`<p id="a">a</p><p id="b">b</p>${frame}`), frame);
		assert.equal(await order(), 'abd');
		assert.deepEqual([loads, await page.evaluate(() => /** @type {any} */ ($('#i')).contentWindow.mark)], [1, 1]);
	});

	survives('dialogs and popovers that are open', async ({ page }) => {
		const inner = '<dialog id="m"><button>x</button></dialog><div id="o" popover>pop</div><details id="t"><summary>s</summary>d</details>';
		await page.evaluate((inner) => show(`<p id="a">a</p><section id="s">${inner}</section><p id="b">b</p>`), inner);
		await page.evaluate(() => {
			/** @type {any} */ ($('#m')).showModal();
			/** @type {any} */ ($('#o')).showPopover();
			/** @type {any} */ ($('#t')).open = true;
			Object.assign(globalThis, { events: [] });
			for (const element of document.querySelectorAll('dialog, [popover]')) for (const name of ['close', 'toggle']) element.addEventListener(name, () => globalThis.events.push(name));
		});
		// The events of their opening come later.
		await page.waitForFunction(() => globalThis.events.length === 2);
		const state = () => page.evaluate(() => [$('#m').matches(':modal'), $('#o').matches(':popover-open'), /** @type {any} */ ($('#t')).open, document.activeElement?.localName, globalThis.events.length]);
		const kept = [true, true, true, 'button', 2];
		assert.deepEqual(await state(), kept);
		await page.evaluate(() =>
			patch({ op: 'moveBefore', node: at('#s'), count: 1, before: at('#a') }, { op: 'setAttribute', node: at('#m'), name: 'class', value: 'x' }, { op: 'insertEnd', node: at('#o'), html: '<b>!</b>' })
		);
		assert.deepEqual(await state(), kept);
		await page.evaluate((inner) => morph(`<p id="b">b</p><p id="a">a</p><section id="s">${inner}</section>`), inner);
		assert.deepEqual(await state(), kept);
		await page.evaluate((inner) => morph(`<section id="s">${inner}</section><p id="c">c</p>`), inner);
		assert.deepEqual(await state(), kept);

		// Without the focus in them.
		for (const html of ['<dialog id="n">n</dialog>', '<div id="n" popover>n</div>']) {
			await page.evaluate((html) => show(`<p id="a">a</p>${html}`), html);
			const open = await page.evaluate(async () => {
				const element = /** @type {any} */ ($('#n'));
				if (element.showModal) element.showModal();
				else element.showPopover();
				/** @type {HTMLElement} */ (document.activeElement).blur();
				await patch({ op: 'moveBefore', node: at('#n'), count: 1, before: at('#a') });
				return element.matches(':modal, :popover-open');
			});
			assert.equal(open, true, html);
		}
	});
}

livePage(
	'of frames among frames only the one that moves is loaded again where browsers cannot move it',
	async ({ page }) => {
		const { url } = await serve();
		let loads = 0;
		page.on('request', (request) => void (request.url() === `${url}/frame` && loads++));
		await page.evaluate(() => show('<iframe id="a" src="/frame"></iframe><iframe id="b" src="/frame"></iframe><iframe id="c" src="/frame"></iframe>'));
		for (const id of ['a', 'b', 'c']) await page.frameLocator(`#${id}`).getByText('framed').waitFor();
		await page.evaluate(() => patch({ op: 'moveBefore', node: at('#c'), count: 1, before: at('#a') }));
		await page.frameLocator('#c').getByText('framed').waitFor();
		assert.deepEqual([loads, await page.evaluate(() => $('#live').firstElementChild?.id)], [4, 'c']);
	},
	{ before: ways[1][1] }
);

livePage('the server opens and closes what it rendered otherwise before', async ({ page }) => {
	await page.evaluate(() => show('<dialog id="m">m</dialog><details id="t"></details><details id="u" open></details>'));
	const state = () => page.evaluate(() => ['m', 't', 'u'].map((id) => $(`#${id}`).hasAttribute('open')));
	await page.evaluate(() => {
		/** @type {any} */ ($('#m')).showModal();
		/** @type {any} */ ($('#u')).open = false;
		return patch({ op: 'renumber', node: at('#m'), count: 3 });
	});
	await page.evaluate(() => morph('<dialog id="m">m</dialog><details id="t" open></details><details id="u" open class="x"></details>'));
	assert.deepEqual(await state(), [true, true, false]);
	await page.evaluate(() => patch({ op: 'setAttribute', node: at('#m'), name: 'open', value: '' }));
	assert.equal(await page.evaluate(() => $('#m').matches(':modal')), true);
	await page.evaluate(() => patch({ op: 'removeAttribute', node: at('#m'), name: 'open' }, { op: 'setAttribute', node: at('#u'), name: 'open', value: '' }));
	assert.deepEqual(await state(), [false, true, true]);
	// What was modal no longer stands before the page.
	assert.equal(await page.evaluate(() => $('#m').matches(':modal')), false);
	await page.evaluate(() => morph('<dialog id="m" open>m</dialog><details id="t"></details><details id="u"></details>'));
	assert.deepEqual(await state(), [true, false, false]);
	// Closed by the user, then by the server, which opens it again.
	await page.evaluate(() => patch({ op: 'setAttribute', node: at('#u'), name: 'open', value: '' }));
	await page.evaluate(() => void (/** @type {any} */ ($('#u')).open = false));
	await page.evaluate(() => morph('<dialog id="m" open>m</dialog><details id="t"></details><details id="u"></details>'));
	await page.evaluate(() => morph('<dialog id="m" open>m</dialog><details id="t"></details><details id="u" open></details>'));
	assert.deepEqual(await state(), [true, false, true]);
});

livePage('custom elements are not connected again needlessly, and their shadows stay', async ({ page }) => {
	await page.evaluate(() => {
		Object.assign(globalThis, { events: [] });
		customElements.define(
			'x-y',
			class extends HTMLElement {
				constructor() {
					super();
					globalThis.events.push('made');
				}
				connectedCallback() {
					globalThis.events.push('in');
					if (!this.shadowRoot) this.attachShadow({ mode: 'open' }).innerHTML = '<input>';
					this.append('mine');
				}
				disconnectedCallback() {
					globalThis.events.push('out');
				}
			}
		);
		return show('<p id="a">a</p>');
	});
	const events = () => page.evaluate(() => globalThis.events.splice(0).join(' '));
	await page.evaluate(() => patch({ op: 'insertBefore', node: at('#a'), html: '<x-y id="e"><b>one</b></x-y><p id="b">b</p>' }));
	assert.equal(await events(), 'made in');
	// Numbers are for what the server sent, not for what the element made of it.
	assert.equal(await page.evaluate(() => nodes.count()), 8);
	await page.evaluate(() => $('#e').shadowRoot?.querySelector('input')?.focus());
	await page.keyboard.type('deep');
	await page.evaluate(() =>
		patch(
			{ op: 'insertEnd', node: at('#e'), html: '<i>two</i>' },
			{ op: 'moveBefore', node: at('#a'), count: 1, before: at('#e') },
			{ op: 'setText', node: at('#b', 0), text: 'B' },
			{ op: 'setAttribute', node: at('#e'), name: 'class', value: 'x' }
		)
	);
	assert.equal(await events(), '');
	await page.evaluate(() => morph('<p id="a">A</p><x-y id="e"><b>one</b><i>two</i></x-y><p id="c">b</p>'));
	// Chromium makes another one when it parses what the component should be; it is never connected.
	assert.doesNotMatch(await events(), /in|out/);
	assert.deepEqual(
		await page.evaluate(() => [$('#e').innerHTML, $('#e').shadowRoot?.querySelector('input')?.value, document.activeElement?.id, $('#e').shadowRoot?.activeElement?.localName]),
		['<b>one</b><i>two</i>', 'deep', 'e', 'input']
	);
});

livePage('a custom element is told that it moves, and is not connected again', async ({ page }) => {
	await page.evaluate(async () => {
		globalThis.events = [];
		customElements.define(
			'x-z',
			class extends HTMLElement {
				connectedCallback() {
					globalThis.events.push('in');
				}
				disconnectedCallback() {
					globalThis.events.push('out');
				}
				connectedMoveCallback() {
					globalThis.events.push('move');
				}
			}
		);
		show('<p id="a">a</p><x-z id="e"></x-z>');
		await patch({ op: 'moveBefore', node: at('#e'), count: 1, before: at('#a') });
		await morph('<p id="b">b</p><x-z id="e"></x-z><p id="a">A</p>');
	});
	assert.deepEqual(await page.evaluate(() => globalThis.events), ['in', 'move']);
});

livePage('rows with keys are the same elements wherever they go', async ({ page }) => {
	const result = await page.evaluate(async () => {
		const row = (/** @type {string} */ key) => `<tr ts-key="${key}"><td>${key}</td></tr>`;
		const table = (/** @type {string} */ keys) => `<table><tbody>${[...keys].map(row).join('')}</tbody></table>`;
		show(table('abcdefgh'));
		const rows = new Map(Array.from(document.querySelectorAll('tr'), (row) => [row.getAttribute('ts-key'), row]));
		const results = [];
		for (const keys of ['bcdefgha', 'habcdefg', 'hgfedcba', 'ace', 'eca', 'xaye']) {
			let moves = 0;
			const { moveBefore } = Element.prototype;
			/** @param {Node} node @param {Node | null} before */
			Element.prototype.moveBefore = function (node, before) {
				moves++;
				return moveBefore.call(this, node, before);
			};
			await morph(table(keys));
			Element.prototype.moveBefore = moveBefore;
			const now = [...document.querySelectorAll('tr')];
			results.push([now.map((row) => row.getAttribute('ts-key')).join(''), now.filter((row) => rows.get(row.getAttribute('ts-key')) === row).length, moves]);
		}
		return results;
	});
	assert.deepEqual(result, [
		['bcdefgha', 8, 1],
		['habcdefg', 8, 2],
		['hgfedcba', 8, 6],
		['ace', 3, 2],
		['eca', 3, 2],
		['xaye', 2, 1]
	]);
});

livePage('nodes without keys stay by position and kind, equal ones first', async ({ page }) => {
	const same = await page.evaluate(async () => {
		show('<p>one</p><ul><li>1<li>2<li>3</ul>text<p>two</p>');
		const before = [$('ul'), ...document.querySelectorAll('li'), ...document.querySelectorAll('p')];
		await morph('<p>ONE</p>text<ul><li>0<li>1<li>2<li>3</ul><p>TWO</p>');
		const after = [$('ul'), ...[...document.querySelectorAll('li')].slice(1), ...document.querySelectorAll('p')];
		return before.map((element, at) => element === after[at]);
	});
	assert.deepEqual(same, [true, true, true, true, true, true]);
});

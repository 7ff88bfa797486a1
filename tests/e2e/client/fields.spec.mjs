// Fields: what belongs to the user, and what to the server.
import assert from 'node:assert/strict';

import { livePage } from './page.mjs';

livePage('what is typed while patches come stays, and so does the caret', async ({ page }) => {
	await page.evaluate(() => show('<p>0</p><label>Name <input id="name" value="" class="a"></label><ul></ul>'));
	await page.focus('#name');
	for (const [count, letter] of [...'hello'].entries()) {
		await page.keyboard.type(letter);
		// The server is behind: it answers what was typed before.
		await page.evaluate(
			([count, echo]) =>
				patch(
					{ op: 'setText', node: at('p', 0), text: `${count}` },
					{ op: 'setAttribute', node: at('#name'), name: 'value', value: `${echo}` },
					{ op: 'setAttribute', node: at('#name'), name: 'class', value: `c${count}` },
					{ op: 'insertEnd', node: at('ul'), html: `<li>${count}` },
					{ op: 'insertBefore', node: at('label'), html: `<b>${count}</b>` }
				),
			[count, 'hello'.slice(0, count)]
		);
	}
	await page.keyboard.press('Home');
	await page.keyboard.press('ArrowRight');
	await page.keyboard.type('X');
	await page.evaluate(() => morph('<p>5</p><label>Name <input id="name" value="other" class="b"></label><ul><li>z</ul>'));
	await page.keyboard.type('Y');
	assert.deepEqual(
		await page.evaluate(() => [$('#name').value, $('#name').defaultValue, $('#name').className, $('#name').selectionStart, document.activeElement === $('#name')]),
		['hXYello', 'other', 'b', 3, true]
	);
});

livePage('a field that has the focus keeps its value even if nothing was typed yet', async ({ page }) => {
	await page.evaluate(() => show('<input id="a" value="old"><textarea id="b">old</textarea><input id="c" type="range" value="3"><input id="d" type="submit" value="Save">'));
	for (const id of ['a', 'b', 'c', 'd']) {
		await page.focus(`#${id}`);
		await page.evaluate((id) => {
			if (id === 'b') return patch({ op: 'setText', node: at('#b'), text: 'new' });
			return patch({ op: 'setAttribute', node: at(`#${id}`), name: 'value', value: id === 'd' ? 'Saving' : '7' });
		}, id);
	}
	assert.deepEqual(await page.evaluate(() => ['a', 'b', 'c', 'd'].map((id) => $(`#${id}`).value)), ['old', 'old', '3', 'Saving']);
	await page.evaluate(() => show('<input id="a" value="old">'));
	await page.focus('#a');
	await page.evaluate(() => $('#a').setSelectionRange(1, 2, 'backward'));
	await page.evaluate(() => patch({ op: 'setAttribute', node: at('#a'), name: 'value', value: 'x' }));
	assert.deepEqual(await page.evaluate(() => [$('#a').value, $('#a').selectionStart, $('#a').selectionEnd, $('#a').selectionDirection]), ['old', 1, 2, 'backward']);
});

livePage('without the focus a field follows what the server changes, and nothing else', async ({ page }) => {
	const html = '<input id="a" value="one"><textarea id="b">two</textarea><input id="c">';
	await page.evaluate((html) => show(html), html);
	await page.fill('#a', 'mine');
	await page.fill('#b', 'mine');
	await page.fill('#c', 'mine');
	await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
	const values = () => page.evaluate(() => ['a', 'b', 'c'].map((id) => $(`#${id}`).value));
	await page.evaluate((html) => morph(`${html}<p>more</p>`), html);
	await page.evaluate(() => patch({ op: 'setAttribute', node: at('#a'), name: 'class', value: 'x' }));
	assert.deepEqual(await values(), ['mine', 'mine', 'mine']);
	await page.evaluate(() =>
		patch({ op: 'setAttribute', node: at('#a'), name: 'value', value: '1' }, { op: 'setText', node: at('#b'), text: '\n2' }, { op: 'setAttribute', node: at('#c'), name: 'value', value: '3' })
	);
	assert.deepEqual(await values(), ['1', '\n2', '3']);
	await page.evaluate(() => patch({ op: 'removeAttribute', node: at('#a'), name: 'value' }, { op: 'setText', node: at('#b'), text: '' }));
	assert.deepEqual(await values(), ['', '', '3']);
	await page.evaluate(() => morph('<input id="a" value="5"><textarea id="b">6</textarea><input id="c">'));
	assert.deepEqual(await values(), ['5', '6', '']);
});

livePage('a value is set after what allows it', async ({ page }) => {
	await page.evaluate(() => show('<input id="a" type="range" max="10" value="5">'));
	await page.evaluate(() => {
		$('#a').value = '6';
		return patch({ op: 'setAttribute', node: at('#a'), name: 'value', value: '50' }, { op: 'setAttribute', node: at('#a'), name: 'max', value: '100' });
	});
	assert.equal(await page.evaluate(() => $('#a').value), '50');
});

livePage('fields whose value is the attribute get no other', async ({ page }) => {
	await page.evaluate(() => show('<input id="a" type="checkbox" value="x"><input id="b" type="file"><input id="c" type="hidden" value="1"><progress id="d" value="0.5"></progress><li id="e" value="3">'));
	await page.setInputFiles('#b', { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') });
	await page.evaluate(() =>
		patch(
			{ op: 'removeAttribute', node: at('#a'), name: 'value' },
			{ op: 'setAttribute', node: at('#b'), name: 'value', value: 'x' },
			{ op: 'setAttribute', node: at('#c'), name: 'value', value: '2' },
			{ op: 'setAttribute', node: at('#d'), name: 'value', value: 'no number' },
			{ op: 'setAttribute', node: at('#e'), name: 'value', value: 'none' }
		)
	);
	assert.deepEqual(await page.evaluate(() => [$('#a').hasAttribute('value'), $('#b').files?.length, $('#c').value, $('#d').value]), [false, 1, '2', 0]);
});

livePage('the server can insist on a value, and the caret stays where it is', async ({ page }) => {
	await page.evaluate(() => show('<input id="a"><input id="b" type="checkbox">'));
	await page.focus('#a');
	await page.keyboard.type('abcd');
	const insist = (/** @type {string} */ value) => page.evaluate((value) => patch({ op: 'setProperty', node: at('#a'), name: 'value', value }), value);
	const caret = () => page.evaluate(() => [$('#a').value, $('#a').selectionStart, $('#a').selectionEnd]);
	await insist('ABCDE');
	assert.deepEqual(await caret(), ['ABCDE', 5, 5]);
	await page.evaluate(() => $('#a').setSelectionRange(2, 3));
	await insist('abcdef');
	assert.deepEqual(await caret(), ['abcdef', 2, 3]);
	await insist('');
	assert.deepEqual(await caret(), ['', 0, 0]);
	await page.keyboard.type('z');
	await page.evaluate(() =>
		patch({ op: 'setProperty', node: at('#a'), name: 'value', value: 'y' }, { op: 'setAttribute', node: at('#a'), name: 'value', value: 'x' }, { op: 'setProperty', node: at('#b'), name: 'indeterminate', value: true })
	);
	assert.deepEqual(await caret(), ['y', 1, 1]);
	await page.evaluate(() => patch({ op: 'setAttribute', node: at('#b'), name: 'checked', value: '' }));
	await page.evaluate(() => morph('<input id="a" value="x"><input id="b" type="checkbox" checked>'));
	assert.deepEqual(await page.evaluate(() => [$('#b').indeterminate, $('#b').checked]), [true, true]);
});

livePage('boxes follow the server, focused or not, and keep what the user clicked until then', async ({ page }) => {
	const html = '<input id="a" type="checkbox"><input id="r" name="r" type="radio" checked><input id="s" name="r" type="radio"><video id="v" muted></video>';
	await page.evaluate((html) => show(html), html);
	await page.click('#a');
	await page.click('#s');
	await page.evaluate(() => (/** @type {any} */ ($('#v')).muted = false));
	const states = () => page.evaluate(() => [$('#a').checked, $('#r').checked, $('#s').checked, /** @type {any} */ ($('#v')).muted]);
	await page.evaluate((html) => morph(`<p>before</p>${html}`), html);
	assert.deepEqual(await states(), [true, false, true, false]);
	await page.evaluate(() =>
		patch(
			{ op: 'setAttribute', node: at('#a'), name: 'checked', value: '' },
			{ op: 'removeAttribute', node: at('#r'), name: 'checked' },
			{ op: 'setAttribute', node: at('#s'), name: 'checked', value: '' },
			{ op: 'removeAttribute', node: at('#v'), name: 'muted' }
		)
	);
	assert.deepEqual(await states(), [true, false, true, false]);
	await page.focus('#a');
	await page.evaluate(() =>
		patch({ op: 'removeAttribute', node: at('#a'), name: 'checked' }, { op: 'setAttribute', node: at('#r'), name: 'checked', value: '' }, { op: 'setAttribute', node: at('#v'), name: 'muted', value: '' })
	);
	assert.deepEqual(await states(), [false, true, false, true]);
});

livePage('a choice follows the server unless the user is at it', async ({ page }) => {
	await page.evaluate(() => show('<select id="a"><option id="x" selected>x<option id="y">y<option id="z">z</select><select id="m" multiple><option id="n">n<option id="o">o</select><button>'));
	const chosen = () => page.evaluate(() => ['a', 'm'].map((id) => Array.from($(`#${id}`).querySelectorAll('option')).flatMap((option) => (option.selected ? [option.id] : [])).join()));
	const select = () =>
		page.evaluate(() =>
			patch(
				{ op: 'removeAttribute', node: at('#x'), name: 'selected' },
				{ op: 'setAttribute', node: at('#y'), name: 'selected', value: '' },
				{ op: 'setAttribute', node: at('#o'), name: 'selected', value: '' },
				{ op: 'insertBefore', node: at('#x'), html: '<option id="w">w</option>' },
				{ op: 'insertEnd', node: at('#a'), html: '<option id="v" selected>v</option>' },
				{ op: 'moveBefore', node: at('#z'), count: 1, before: at('#x') }
			)
		);
	await page.selectOption('#a', 'z');
	await page.focus('#a');
	await select();
	assert.deepEqual(await chosen(), ['z', 'o']);
	// What was chosen is gone: the browser takes the first.
	await page.evaluate(() => patch({ op: 'remove', node: at('#z'), count: 1 }));
	assert.equal((await chosen())[0], 'w');

	await page.evaluate(() => show('<select id="a"><option id="x" selected>x<option id="y">y<option id="z">z</select><select id="m" multiple><option id="n">n<option id="o">o</select><button>'));
	await page.selectOption('#a', 'z');
	await page.selectOption('#m', ['n']);
	await page.focus('button');
	await page.evaluate(() => patch({ op: 'insertBefore', node: at('#x'), html: '<option>u</option>' }, { op: 'moveBefore', node: at('#z'), count: 1, before: at('#x') }));
	assert.deepEqual(await chosen(), ['z', 'n']);
	await page.evaluate(() =>
		patch({ op: 'removeAttribute', node: at('#x'), name: 'selected' }, { op: 'setAttribute', node: at('#y'), name: 'selected', value: '' }, { op: 'setAttribute', node: at('#o'), name: 'selected', value: '' })
	);
	assert.deepEqual(await chosen(), ['y', 'n,o']);
	await page.focus('#m');
	await page.evaluate(() => patch({ op: 'removeAttribute', node: at('#o'), name: 'selected' }, { op: 'insertEnd', node: at('#m'), html: '<option selected id="p">p</option>' }));
	assert.deepEqual(await chosen(), ['y', 'n,o']);
	await page.selectOption('#m', []);
	await page.evaluate(() => patch({ op: 'setAttribute', node: at('#n'), name: 'selected', value: '' }));
	assert.deepEqual(await chosen(), ['y', '']);
	await page.focus('#a');
	await page.evaluate(() => patch({ op: 'setAttribute', node: at('#o'), name: 'selected', value: '' }));
	assert.deepEqual(await chosen(), ['y', 'o']);
	await page.evaluate(() => morph('<select id="a"><option id="y">y</select><select id="m" multiple><option selected id="n">n<option id="q" selected>q</select>'));
	assert.deepEqual(await chosen(), ['y', 'q']);
});

livePage('a choice survives a component that comes anew', async ({ page }) => {
	await page.evaluate(() => show('<select id="a"><option id="x">x<option id="y">y</select><button>'));
	const chosen = () => page.evaluate(() => $('#a').querySelector('option:checked')?.id);
	await page.selectOption('#a', 'y');
	await page.focus('button');
	await page.evaluate(() => morph('<select id="a"><option id="n">n<option id="y">y<optgroup><option id="x">x</optgroup></select><button>'));
	assert.equal(await chosen(), 'y');
	await page.evaluate(() => morph('<select id="a"><option id="y">y<option selected id="o">o</select><button>'));
	assert.equal(await chosen(), 'o');
	await page.selectOption('#a', 'y');
	await page.focus('#a');
	await page.evaluate(() => morph('<select id="a"><option id="y">y<option id="o">o<option selected id="p">p</select><button>'));
	assert.equal(await chosen(), 'y');
	await page.evaluate(() => morph('<select id="a"><option id="q">q<option selected id="r">r</select><button>'));
	assert.equal(await chosen(), 'r');
});

// Operations one by one: what each does, where it does not fit, and who is told.
import assert from 'node:assert/strict';

import { livePage } from './page.mjs';

livePage('an operation that does not fit is a misfit, and what follows it is not done', async ({ page }) => {
	const html = '<p id="p">text<b id="b">b</b></p><!--c--><ul id="u"><li>1</li><li>2</li></ul><textarea id="t">t</textarea><input id="i">';
	const problems = await page.evaluate(async (html) => {
		/** @type {[string, () => import('../../../packages/client/src/live/nodes.ts').NodeOperation][]} */
		const misfits = [
			['node 99 is not there', () => ({ op: 'setText', node: 99, text: 'x' })],
			['is no element', () => ({ op: 'setAttribute', node: at('#p', 0), name: 'a', value: '' })],
			['is no element', () => ({ op: 'removeAttribute', node: at('#p', 0), name: 'a' })],
			['is no element', () => ({ op: 'setProperty', node: at('#p', 0), name: 'a', value: '1' })],
			['is no element', () => ({ op: 'insertEnd', node: at('#p', 0), html: 'x' })],
			['is no text', () => ({ op: 'spliceText', node: at('#p'), at: 0, remove: 0, text: 'x' })],
			['a shorter one', () => ({ op: 'spliceText', node: at('#p', 0), at: 3, remove: 2, text: 'x' })],
			['more than text', () => ({ op: 'setText', node: at('#u'), text: 'x' })],
			['fewer siblings', () => ({ op: 'remove', node: at('#u'), count: 4 })],
			['fewer siblings', () => ({ op: 'renumber', node: at('#i'), count: 2 })],
			['is a container', () => ({ op: 'remove', node: 1, count: 1 })],
			['is a container', () => ({ op: 'replace', node: 1, count: 1, html: '' })],
			['is a container', () => ({ op: 'insertBefore', node: 1, html: '<p>' })],
			['is a container', () => ({ op: 'moveBefore', node: at('#p'), count: 1, before: 1 })],
			['is a container', () => ({ op: 'moveEnd', node: 1, count: 1, parent: at('#p') })],
			['before itself', () => ({ op: 'moveBefore', node: at('#p'), count: 3, before: at('#u') })],
			['HierarchyRequestError', () => ({ op: 'moveEnd', node: at('#p'), count: 1, parent: at('#b') })],
			['InvalidCharacterError', () => ({ op: 'setAttribute', node: at('#p'), name: 'a b', value: '' })],
			['TypeError', () => ({ op: 'setProperty', node: at('#p'), name: 'offsetTop', value: '1' })]
		];
		const wrong = [];
		for (const [problem, operation] of misfits) {
			show(html);
			const before = $('#live').cloneNode(true);
			try {
				await patch({ op: 'setText', node: at('#t'), text: 'done' }, operation(), { op: 'remove', node: at('#p'), count: 1 });
				wrong.push(`no misfit: ${problem}`);
			} catch (error) {
				if (!String(error).includes(problem)) wrong.push(`${error}, not ${problem}`);
			}
			if ($('#t').textContent !== 'done') wrong.push(`before ${problem}`);
			$('#t').textContent = 't';
			const changed = difference($('#live'), before);
			if (changed) wrong.push(`after ${problem}: ${changed}`);
		}
		return wrong;
	}, html);
	assert.deepEqual(problems, []);
});

livePage('what a script took away is a misfit, what it added is left alone', async ({ page }) => {
	await page.evaluate(() => show('<p id="a">a</p><p id="b">b</p><template id="t"><i>x</i></template>'));
	const result = await page.evaluate(async () => {
		const [a, text, inner] = [at('#a'), at('#b', 0), at('#t', 0)];
		$('#b').before(document.createElement('hr'), 'foreign');
		await patch({ op: 'setAttribute', node: inner, name: 'class', value: 'y' }, { op: 'moveEnd', node: a, count: 2, parent: 1 });
		const moved = $('#live').innerHTML;
		$('#b').remove();
		try {
			await patch({ op: 'setText', node: text, text: 'B' });
		} catch (error) {
			return [moved, String(error).replace(/\d+/, 'N')];
		}
	});
	assert.deepEqual(result, ['<hr>foreign<template id="t"><i class="y">x</i></template><p id="a">a</p><p id="b">b</p>', 'Error: node N is not there']);
});

livePage('markup is parsed for where it stands', async ({ page }) => {
	const wrong = await page.evaluate(async () => {
		const wrong = [];
		for (const [around, child] of [
			['<table><tbody id="x">|</tbody></table>', '<tr><td>1</td></tr>'],
			['<table><tbody><tr id="x">|</tr></tbody></table>', '<td>1</td><th>2</th>'],
			['<table id="x">|</table>', '<caption>c</caption><tbody></tbody>'],
			['<table><colgroup id="x">|</colgroup></table>', '<col span="2">'],
			['<select id="x">|</select>', '<option>1</option><optgroup label="g"><option>2</option></optgroup>'],
			['<svg id="x">|</svg>', '<circle r="1"></circle><foreignObject><p>h</p></foreignObject><a xlink:href="#y" viewBox="0">t</a>'],
			['<svg><foreignObject id="x">|</foreignObject></svg>', '<p>html</p><svg><g></g></svg>'],
			['<math id="x">|</math>', '<mi>x</mi><mrow></mrow>'],
			['<math><annotation-xml id="x">|</annotation-xml></math>', '<x-y>math</x-y>'],
			['<template id="x">|</template>', '<tr><td>1</td></tr>'],
			['<x-y id="x">|</x-y>', '<p>1</p>'],
			['<pre id="x">\n|</pre>', '\n\nx'],
			['<noscript id="x">|</noscript>', '<b>no</b>'],
			['<p id="x">|</p>', '<noscript><b>no</b></noscript><script>globalThis.ran = true</script>']
		]) {
			show((around ?? '').replace('|', ''));
			await patch({ op: 'insertEnd', node: at('#x'), html: child ?? '' });
			const found = difference($('#live'), fresh((around ?? '').replace('|', child ?? '')));
			if (found) wrong.push(found);
			if (document.querySelector('#x *') && nodes.get(nodes.count()) === undefined) wrong.push(`no numbers in ${around}`);
		}
		if ('ran' in globalThis) wrong.push('a script ran');
		return wrong;
	});
	assert.deepEqual(wrong, []);
});

livePage('any text becomes any other', async ({ page }) => {
	const wrong = await page.evaluate(async () => {
		const texts = ['a', 'b'];
		for (const text of texts) if (text.length < 4) texts.push(`${text}a`, `${text}b`);
		const wrong = [];
		for (const from of texts)
			for (const to of texts) {
				show(`<p>${from}</p>`);
				await patch({ op: 'setText', node: 3, text: to });
				if ($('p').textContent !== to) wrong.push([from, to, $('p').textContent]);
			}
		return wrong;
	});
	assert.deepEqual(wrong, []);
});

livePage('what is in a template changes as elsewhere', async ({ page }) => {
	const result = await page.evaluate(async () => {
		show('<template id="t"><p>a</p><p>b</p><p>c</p></template>');
		const [a, b, c] = [at('#t', 0), at('#t', 1), at('#t', 2)];
		await patch(
			{ op: 'insertBefore', node: a, html: '<tr><td>0</td></tr>' },
			{ op: 'moveBefore', node: c, count: 1, before: a },
			{ op: 'setText', node: a + 1, text: 'A' },
			{ op: 'replace', node: b, count: 1, html: '<i>B</i>' },
			{ op: 'moveEnd', node: a, count: 1, parent: at('#t') },
			{ op: 'remove', node: c, count: 1 }
		);
		const patched = $('#t').innerHTML;
		await morph('<template id="t"><p>a</p><i>B</i><p>n</p></template>');
		return [patched, $('#t').innerHTML, $('#t').childNodes.length];
	});
	assert.deepEqual(result, ['<tr><td>0</td></tr><i>B</i><p>A</p>', '<p>a</p><i>B</i><p>n</p>', 0]);
});

livePage('attributes have the namespaces that a parser gives them, and names that it reads', async ({ page }) => {
	const wrong = await page.evaluate(async () => {
		show('<svg id="s"><a id="a" xlink:href="#1"></a></svg><p id="p" a"b="1"></p>');
		await patch(
			...['xlink:href', 'xlink:title', 'xml:lang', 'viewBox', 'ts-on:click', 'class'].map((name) => ({ op: /** @type {const} */ ('setAttribute'), node: at('#a'), name, value: '#2' })),
			{ op: 'setAttribute', node: at('#s'), name: 'xmlns:xlink', value: 'http://www.w3.org/1999/xlink' },
			{ op: 'setAttribute', node: at('#s'), name: 'xmlns', value: 'http://www.w3.org/2000/svg' },
			{ op: 'setAttribute', node: at('#p'), name: 'xlink:href', value: 'html' },
			{ op: 'setAttribute', node: at('#p'), name: '@click', value: 'save' },
			{ op: 'setAttribute', node: at('#p'), name: 'a"b', value: '2' }
		);
		const set = difference(
			$('#live'),
			fresh(
				'<svg id="s" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><a id="a" xlink:href="#2" xlink:title="#2" xml:lang="#2" viewBox="#2" ts-on:click="#2" class="#2"></a></svg><p id="p" a"b="2" xlink:href="html" @click="save"></p>'
			)
		);
		await patch(
			...['xlink:href', 'xml:lang', 'viewBox', 'ts-on:click'].map((name) => ({ op: /** @type {const} */ ('removeAttribute'), node: at('#a'), name })),
			{ op: 'removeAttribute', node: at('#p'), name: '@click' }
		);
		return [set, difference($('#live'), fresh('<svg id="s" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><a id="a" xlink:title="#2" class="#2"></a></svg><p id="p" a"b="2" xlink:href="html"></p>'))];
	});
	assert.deepEqual(wrong, [undefined, undefined]);
});

livePage('what is ignored is its own inside, and the server\'s outside', async ({ page }) => {
	const result = await page.evaluate(async () => {
		const count = show('<div id="m" ts-ignore class="a"><b>server</b></div><p id="p">p</p>');
		$('#m').innerHTML = '<canvas></canvas>map';
		const canvas = $('canvas');
		await patch({ op: 'setAttribute', node: at('#m'), name: 'class', value: 'b' }, { op: 'moveEnd', node: at('#m'), count: 1, parent: 1 });
		await morph('<div id="m" ts-ignore class="c"><b>other</b></div><p id="p">p</p>');
		const kept = $('#live').innerHTML;
		const same = canvas === $('canvas');
		await morph('<div id="m"><b>server</b></div>');
		const given = $('#live').innerHTML;
		await morph('<div id="m" ts-ignore><i>once</i></div>');
		return [count, kept, same, given, $('#live').innerHTML, size()];
	});
	assert.deepEqual(result, [4, '<div id="m" ts-ignore="" class="c"><canvas></canvas>map</div><p id="p">p</p>', true, '<div id="m"><b>server</b></div>', '<div id="m" ts-ignore=""><i>once</i></div>', 2]);
});

livePage('who watches is told once of what came, changed and went, when a patch is done', async ({ page }) => {
	const take = () => page.evaluate(() => Object.fromEntries(Object.entries(told).map(([what, list]) => [what, list.splice(0)])));
	await page.evaluate(() => show('<ul id="u"><li id="a">a<b id="x">x</b></li><li id="b">b</li></ul><template id="t"></template>'));
	assert.deepEqual(await take(), { came: [], changed: [], went: [] });
	await page.evaluate(() =>
		patch(
			{ op: 'setText', node: at('#b', 0), text: 'B' },
			{ op: 'setAttribute', node: at('#b'), name: 'class', value: 'x' },
			{ op: 'remove', node: at('#a'), count: 1 },
			{ op: 'insertEnd', node: at('#u'), html: '<li id="c"><i id="d">c</i></li>' },
			{ op: 'insertEnd', node: at('#t'), html: '<li id="e"></li>' }
		)
	);
	assert.deepEqual(await take(), { came: ['li#c', 'i#d'], changed: ['li#b', 'ul#u', 'template#t'], went: ['li#a', 'b#x'] });
	await page.evaluate(() =>
		patch(
			{ op: 'insertBefore', node: at('#b'), html: '<li id="y"></li><li id="z"></li>' },
			{ op: 'remove', node: nodes.count() + 1, count: 1 },
			{ op: 'setAttribute', node: nodes.count() + 2, name: 'class', value: 'x' }
		)
	);
	assert.deepEqual(await take(), { came: ['li#z'], changed: ['ul#u'], went: [] });
	// Of one that does not fit, as far as it went.
	await page.evaluate(async () => patch({ op: 'replace', node: at('#b'), count: 2, html: '<li id="f"></li>' }, { op: 'insertEnd', node: 999, html: '' })).catch(() => {});
	assert.deepEqual((await take()).went, ['li#b', 'li#c', 'i#d']);
	await page.evaluate(() => morph('<ul id="u"><li id="f" class="x"></li><li id="g">g</li></ul>'));
	assert.deepEqual(await take(), { came: ['li#g'], changed: ['div#live', 'ul#u', 'li#f'], went: ['template#t', 'li#z'] });
	await page.evaluate(() => morph('<ul id="u"><li id="f" class="x"></li><li id="g">g</li><li id="h"></li></ul>'));
	assert.deepEqual(await take(), { came: ['li#h'], changed: ['ul#u'], went: [] });
});

livePage('what is gone is forgotten', async ({ page }) => {
	const rows = '<p>a</p><input id="f"><template><b>x</b></template>'.repeat(30);
	await page.evaluate((rows) => {
		show(`<div id="d">${rows}</div><select id="s"><option>1</select>`);
		Object.assign(globalThis, { gone: 0, registry: new FinalizationRegistry(() => globalThis.gone++) });
		for (const element of document.querySelectorAll('#d, #d *')) globalThis.registry.register(element, undefined);
		$('#f').focus();
	}, rows);
	await page.focus('#s');
	await page.evaluate(() => patch({ op: 'insertEnd', node: at('#s'), html: '<option>2' }));
	await page.focus('#f');
	await page.evaluate(() => patch({ op: 'remove', node: at('#d'), count: 1 }, { op: 'insertEnd', node: 1, html: '<p id="n">n</p>' }));
	// The browser remembers where the focus was.
	await page.focus('#s');
	const session = await page.context().newCDPSession(page);
	const wanted = 1 + 3 * 30;
	for (let tries = 0; tries < 50 && (await page.evaluate(() => globalThis.gone)) < wanted; tries++) await session.send('HeapProfiler.collectGarbage');
	assert.equal(await page.evaluate(() => globalThis.gone), wanted);
	// What a script takes away is forgotten when the component comes anew.
	await page.evaluate(() => $('#s').remove());
	await page.evaluate(() => (morph('<i>new</i>'), document.querySelector('#live')?.append('x')));
	assert.equal(await page.evaluate(() => size()), 3);
});

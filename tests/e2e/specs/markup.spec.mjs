// What components push is written as bytes by the embedded V8, and as text by Node: the page is the same.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { until } from '../development.mjs';
import { engine, serve } from '../harness.mjs';
import * as places from '../places.mjs';
import { startServer } from '../server.mjs';

const text = '<b> & "quotes" é – 日本';
const inText = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const inAttribute = inText.replaceAll('"', '&quot;');

/** The page as text, without what marks blocks for hydration. */
async function page(path = '/') {
	const { url } = await serve('markup');
	const response = await fetch(url + path);
	assert.equal(response.status, 200);
	const html = await response.text();
	// eslint-disable-next-line no-control-regex
	assert.doesNotMatch(html, /[\u0000-\u0008]/, 'a marker is left');
	return html.replaceAll(/<!--.*?-->/g, '');
}

test('texts and attributes are escaped once', async () => {
	const html = await page();
	for (const expected of [
		`<title>Markup: ${inText}</title>`,
		`<meta name="description" content="of ${inAttribute}"/>`,
		`<h1 title="is ${inAttribute}" style="width: 300px; color: red">${inText}</h1>`,
		'<p data-testid="values">1|||0|true|false|12345678901234567890|1,2,3</p>',
		`<em>raw</em> ${text.length}</p>`,
		`<textarea aria-label="area">${inText}</textarea>`,
		`<p>part of ${inText}</p>`,
		`<section><span>${inText}</span><span>300</span></section>`,
	])
		assert.ok(html.includes(expected), `${expected}\nis not in\n${html.slice(0, 4000)}`);
	assert.match(html, new RegExp(`<p[^>]* title="${inAttribute}"`));
});

test('an option is selected by its text', async () => {
	const html = await page();
	const select = html.slice(html.indexOf('<select'), html.indexOf('</select>'));
	assert.match(select, /<option>first<\/option>/);
	assert.match(select, /<option selected="">second &amp; best<\/option>/);
	assert.match(select, /<option>third<\/option>/);
	// This one Svelte renders first and then compares.
	assert.match(html, /<option>row 2<\/option>\s*<option selected="">row 3<\/option>/);
});

test('what a child gives back is in its parent', async () => {
	const html = await page('/bound');
	assert.ok(html.includes('<i>from the &lt;child></i>'), html.slice(0, 4000));
	assert.ok(html.includes('<u>from the &lt;child></u>'));
});

if (engine === 'v8') {
	test('pages are bytes, and rendered once', async () => {
		const server = await startServer(places.wellhead, ['serve', join(places.apps, 'markup'), '--port', '0', '--engine', engine], {
			WELLHEAD_LOG_LEVEL: 'wellhead_js=debug'
		});
		try {
			const pages = () => server.log().match(/markup was written as bytes/g)?.length ?? 0;
			for (const [before, path] of ['/', '/bound'].entries()) {
				await (await fetch(server.url + path)).text();
				await until(() => pages() > before, `the log says that ${path} was bytes`);
			}
			assert.doesNotMatch(server.log(), /rendered again/);
		} finally {
			await server.stop();
		}
	});
}

test('an app may read and change what it renders itself', async () => {
	const html = await page();
	assert.ok(html.includes('<p>Good day, reader</p>'), html.slice(0, 4000));
});

test('handle may wrap, read and drop a page', async () => {
	const [plain, wrapped, read, dropped] = await Promise.all(['/', '/?handle=wrap', '/?handle=read', '/?handle=drop'].map(page));
	const main = plain.slice(plain.indexOf('<h1'), plain.indexOf('</ol>'));
	assert.ok(main.length > 10_000);
	assert.ok(wrapped.includes(main));
	assert.ok(read.includes(main));
	assert.match(read, /<p>read twice<\/p>$/);
	assert.equal(dropped, 'another page');
});

test('many rows are all there, in their order', async () => {
	const html = await page();
	const rows = [...html.matchAll(/<li><a href="\/row\/(\d+)\?q=row \1">row \1<\/a>(<b>odd<\/b>)?(?:\s*<span>\1<\/span>\s*<span>row \1<\/span>)?\s*<\/li>/g)];
	assert.deepEqual(
		rows.map(([, number]) => Number(number)),
		Array.from({ length: 300 }, (_, number) => number)
	);
	assert.equal(rows.filter(([, , odd]) => odd).length, 150);
});

test('renders at the same time do not mix', async () => {
	const pages = await Promise.all(Array.from({ length: 40 }, () => page()));
	assert.equal(new Set(pages).size, 1);
});

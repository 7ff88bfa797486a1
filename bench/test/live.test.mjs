// The small parts of bench/live: options, what is calculated, bars, the scripts of a page, and the report.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { isMet, readBars } from '../live/bars.mjs';
import { blazorBatch, blazorMessage, calculated, phoenixClick, phoenixPrepend, phoenixReply, phoenixText } from '../live/calculated.mjs';
import { contenders } from '../live/contenders.mjs';
import { parseOptions } from '../live/options.mjs';
import { report, shareOfOthers } from '../live/report.mjs';
import { measureScripts, namedScripts } from '../live/scripts.mjs';

/** @param {number} value */
const all = (value) => ({ least: value, median: value, most: value });

/** @param {number} down @param {'text' | 'markup'} kind @param {number} beyond */
const bytes = (down, kind, beyond) => ({
	up: all(3),
	down: all(down),
	changed: { kind, bytes: all(down - beyond), beyond: all(beyond) },
	last: ''
});

/** @returns {import('../live/measure.mjs').Results} */
function results() {
	const clicks = [0.2, 0.3, 0.9].map((p50) => ({ ms: { p50, p99: 3 }, clicks: 10_000, seconds: 10, cpuMicroseconds: 40 }));
	const idle = [{ bytesEach: 16 * 1024, memory: 0, memoryBefore: 0 }];
	return {
		clicks: { wellhead: clicks, nicegui: clicks.map((click) => ({ ...click, cpuMicroseconds: 80 })) },
		idle: { wellhead: idle, nicegui: idle },
		bytes: {
			wellhead: { '/': bytes(6, 'text', 4), '/rows': bytes(21, 'markup', -31), '/cells': bytes(20, 'text', 13) },
			nicegui: { '/': bytes(290, 'text', 0), '/rows': bytes(4035, 'text', 0), '/cells': bytes(58, 'text', 0) }
		},
		scripts: { wellhead: { files: 2, bytes: 20_000, brotli: 8_192 }, nicegui: { files: 9, bytes: 1e6, brotli: 189_425 } },
		many: { clicks, idle, broadcasts: [{ msToTheLast: { p50: 170, max: 200 } }] }
	};
}

test('a live run has bounds, and one that is quick or leaves something out overwrites no results', () => {
	const options = parseOptions([], '/results.md');
	assert.deepEqual([options.rounds, options.many, options.out], [3, 10_000, '/results.md']);
	assert.equal(options.contenders, contenders);
	assert.equal(parseOptions(['--quick'], '/results.md').out, null);
	assert.equal(parseOptions(['--only', 'nicegui'], '/results.md').out, null);
	assert.match(parseOptions(['--load', '/somewhere/else', '--rounds', '2'], '').command, /run\.mjs --load FILE --rounds 2$/);
	assert.throws(() => parseOptions(['--rounds', '21'], ''), /from 1 to 20, not '21'/);
	assert.throws(() => parseOptions(['--only', 'rails'], ''), /does not know 'rails'/);
});

test('messages of Phoenix are as long as the specification says', () => {
	assert.equal(phoenixClick('inc', 14), '["4","14","lv:phx-GHoVqYDBXcLRpgAB","event",{"type":"click","event":"inc","value":{"value":""}}]');
	assert.equal(phoenixClick('inc', 14).length, 96);
	assert.equal(phoenixReply(14, phoenixText('1')).length, 94);
	assert.ok(Math.abs(calculated.phoenix.prepend - 9_850) < 100);
});

test('a row before others has all of itself, and of each other where it was', () => {
	const { 0: list } = phoenixPrepend(2, ['a']);
	assert.equal(JSON.stringify(list), '{"k":{"0":{"0":"a"},"1":0,"2":1,"kc":3,"km":true}}');
});

test('a batch of Blazor is as long as the specification says, and its end tells where its parts are', () => {
	const batch = blazorBatch('1');
	assert.equal(batch.length, 122);
	const view = new DataView(batch.buffer);
	const [components, frames, , , strings] = [5, 4, 3, 2, 1].map((back) => view.getInt32(batch.length - back * 4, true));
	assert.equal(view.getInt32(components, true), 1);
	assert.equal(view.getInt32(frames + 4, true), 2);
	const text = view.getInt32(strings, true);
	assert.deepEqual([...batch.slice(text, text + 2)], [1, '1'.charCodeAt(0)]);
});

test('the length before a message of Blazor is that of what follows', () => {
	const message = blazorMessage(14, blazorBatch('1'));
	assert.equal(message.length, 148);
	assert.deepEqual([...message.slice(0, 2)], [0x80 | (146 & 0x7f), 146 >> 7]);
});

test('a bar is read on the median of the rounds, and on the most of what does not vary', () => {
	const bars = readBars(results(), 10_000);
	const met = (/** @type {string} */ what) => {
		const bar = bars.find((bar) => bar.what === what);
		assert.ok(bar, what);
		return isMet(bar);
	};
	assert.equal(met('the same, p50'), true);
	assert.equal(met('the same, p99'), false);
	assert.equal(met('a row before 1,000, beyond its HTML'), true);
	assert.equal(met('one of 10,000 cells, beyond its text'), false);
	assert.equal(met('the client, brotli'), true);
	assert.equal(met('10,000 idle pages, resident memory of each'), false);
});

test('bars that name ten thousand pages are not read on fewer', () => {
	const bars = readBars(results(), 500).filter(({ what }) => what.includes('10,000 pages') || what.includes('10,000 idle'));
	assert.deepEqual(bars.map(isMet), [null, null, null]);
});

test('a patch that changed another kind of thing is no measurement of a bar', () => {
	const wrong = results();
	wrong.bytes.wellhead['/rows'] = bytes(21, 'text', 2);
	const bar = readBars(wrong, 10_000).find(({ what }) => what.startsWith('a row'));
	assert.deepEqual(bar?.rounds, []);
});

test('the report has each contender beside Wellhead, with a ratio', () => {
	const options = parseOptions(['--only', 'wellhead,nicegui'], '');
	const environment = { command: 'c', date: 'd', machine: 'm', versions: 'v', wellhead: 'w' };
	const text = report(options, results(), environment, 0.2);
	assert.match(text, /\*\*A partial run/);
	assert.match(text, /\*\*Others have used the machine/);
	assert.match(text, /\| used by others meanwhile \| 20 % of the machine \|/);
	assert.doesNotMatch(report(options, results(), environment, 0.05), /\*\*Others/);
	assert.match(text, /processor time of a click, µs \| 40 \| 80 · 2\.00× \|/);
	assert.match(text, /p50, ms \| 0\.300 \(0\.200 to 0\.900\) \|/);
	assert.match(text, /one of 10,000 cells, beyond its text \| ≤ 12 B \| 13 B \| \*\*not met\*\*/);
});

test('others have used what was busy and not the harness with its children', () => {
	assert.equal(shareOfOthers({ busy: 100, own: 40 }, { busy: 300, own: 140 }, 400), 0.25);
	assert.equal(shareOfOthers({ busy: 0, own: 0 }, { busy: 90, own: 100 }, 400), 0);
});

test('the scripts of a page are those it names, and the modules that modules import', async () => {
	/** @type {Record<string, string>} */
	const files = {
		'/': `<link rel="icon" href="/icon.svg"><link rel="modulepreload" href="/a.js"><script type="importmap">{"imports":{"vue":"/vue.js"}}</script>
			<script src="/old.js"></script><script type="module">import * as Vue from "vue"; import "/a.js";</script>
			<script type="application/json">{"src":"/none.js"}</script>`,
		'/a.js': 'import{b}from"./b.js";import("./later.js");export{b}',
		'/b.js': 'export const b="from nowhere"',
		'/vue.js': 'export default 1',
		'/old.js': 'var a = `\nimport "./unused.js"`'
	};
	const server = createServer((request, response) => {
		const body = files[request.url ?? ''];
		response.writeHead(body === undefined ? 404 : 200).end(body);
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
	try {
		const address = server.address();
		assert.ok(address && typeof address === 'object');
		const url = `http://127.0.0.1:${address.port}/`;
		const named = namedScripts(files['/'], url);
		assert.deepEqual(named.scripts, [`${url}old.js`]);
		assert.deepEqual(new Set(named.modules), new Set([`${url}a.js`, `${url}vue.js`]));
		const measured = await measureScripts(url);
		const expected = ['/a.js', '/b.js', '/vue.js', '/old.js'].map((name) => files[name].length);
		assert.deepEqual([measured.files, measured.bytes], [4, expected.reduce((sum, length) => sum + length)]);
	} finally {
		server.close();
	}
});

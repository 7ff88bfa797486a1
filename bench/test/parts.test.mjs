// The small parts: summaries, /proc, the check of pages, options, and a server that does not start.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { rotated } from '../measure.mjs';
import { median, medianRange, percentile, spread } from '../numbers.mjs';
import { parseOptions } from '../options.mjs';
import { startServer } from '../processes.mjs';
import { parseStat, processTree } from '../procfs.mjs';
import { comparable, pageFault } from '../verify.mjs';

test('percentiles take the nearest rank and leave their input as it was', () => {
	const values = [30, 10, 20];
	assert.equal(percentile(values, 0.5), 20);
	assert.equal(percentile(values, 0.99), 30);
	assert.equal(median([4, 1, 2, 3]), 2.5);
	assert.equal(spread([90, 100, 110]), 0.1);
	assert.deepEqual(values, [30, 10, 20]);
	assert.throws(() => median([]), /no values/);
});

test('the range of a median is that of the values while they are few, and narrows with more', () => {
	const upTo = (/** @type {number} */ count) => Array.from({ length: count }, (_, i) => count - i);
	assert.deepEqual(medianRange([7]), { low: 7, high: 7 });
	assert.deepEqual(medianRange(upTo(5)), { low: 1, high: 5 });
	assert.deepEqual(medianRange(upTo(11)), { low: 2, high: 10 });
	assert.deepEqual(medianRange(upTo(20)), { low: 6, high: 15 });
	assert.deepEqual(medianRange(upTo(100)), { low: 40, high: 61 });
});

test('a command name with spaces and brackets does not shift the fields of stat', () => {
	const line = '7 (a (b) c) S 3 7 7 0 -1 0 0 0 0 0 11 22 33 44 20 0 1 0 0';
	assert.deepEqual(parseStat(line), { parent: 3, cpuTicks: 33, waitedTicks: 77 });
});

test('a process tree begins with its root', () => {
	assert.equal(processTree(process.pid)[0], process.pid);
});

test('each round begins with the next contender', () => {
	assert.deepEqual(rotated(['a', 'b', 'c'], 0), ['a', 'b', 'c']);
	assert.deepEqual(rotated(['a', 'b', 'c'], 4), ['b', 'c', 'a']);
});

test('markup compares equal in spite of hashes, marks and UUIDs, and not in spite of text', () => {
	const one = '<body><!--[--><main class="svelte-1abc"> <b>0b8c1c3a-7f4e-4a52-9f1d-3a5a0c6c2f10</b></main>';
	const other = '<main class="svelte-zz9"><!----><b>5f8c1c3a-7f4e-4a52-9f1d-3a5a0c6c2f11</b></main>\n';
	assert.equal(comparable(one), comparable(other));
	assert.notEqual(comparable('<main>a</main>'), comparable('<main>b</main>'));
});

test('a page from a cache, compressed, cut short or failed is refused', () => {
	const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<main>Hello, world</main>', bytes: 25 };
	assert.equal(pageFault('/hello', page), null);
	assert.match(pageFault('/hello', { ...page, status: 304 }) ?? '', /304/);
	assert.match(pageFault('/hello', { ...page, headers: { ...page.headers, age: '3' } }) ?? '', /age: 3/);
	const gzip = { ...page.headers, 'content-encoding': 'gzip' };
	assert.match(pageFault('/hello', { ...page, headers: gzip }) ?? '', /gzip/);
	assert.match(pageFault('/spiral', page) ?? '', /0 tiles/);
	assert.match(pageFault('/table', page) ?? '', /0 rows/);
	assert.match(pageFault('/fresh', page) ?? '', /0 UUIDs, not 1000 and 2001/);
	assert.match(pageFault('/stream', page) ?? '', /lacks settled-0/);
});

test('an unknown contender is an error that lists the known ones', () => {
	assert.throws(() => parseOptions(['--only', 'nobody'], 'R.md'), /'nobody'.*wellhead.*sveltekit-1/);
	assert.throws(() => parseOptions(['--rounds', '0'], 'R.md'), /--rounds/);
});

test('the report shows no path of the machine that ran it', () => {
	const given = ['--json', '/home/me/a.json', '--rounds', '2', '--out=b.md', '--wellhead', './w', '--no-build', '--only=wellhead'];
	assert.equal(
		parseOptions(given, 'R.md').command,
		'node bench/run.mjs --json FILE --rounds 2 --out FILE --wellhead FILE --no-build --only wellhead'
	);
	assert.equal(parseOptions([], 'R.md').command, 'node bench/run.mjs');
});

test('only a whole run writes the results by itself', () => {
	assert.equal(parseOptions([], 'R.md').out, 'R.md');
	assert.equal(parseOptions(['--quick'], 'R.md').out, null);
	assert.equal(parseOptions(['--routes', 'table'], 'R.md').out, null);
	assert.match(parseOptions(['--quick', '--out', '/tmp/x.md'], 'R.md').out ?? '', /x\.md$/);
});

test('a server that ends before it answers is an error with what it printed', async () => {
	const command = { command: process.execPath, args: ['-e', 'console.error("no port left"); process.exit(3)'] };
	await assert.rejects(startServer('broken', command, '/'), /broken did not start.*code 3[\s\S]*no port left/);
	await assert.rejects(startServer('absent', { command: '/nonexistent', args: [] }, '/'), /could not start/);
});

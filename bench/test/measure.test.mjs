// The order of the measurements and what is checked around them, with servers of a few lines and a load generator that loads
// nothing.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';

import { doubts } from '../bars.mjs';
import { loadRound } from '../load.mjs';
import { measureFloors, measureThroughput } from '../measure.mjs';
import { parseOptions, processors } from '../options.mjs';

/** @typedef {import('../contenders.mjs').Contender} Contender */
/** @typedef {import('../contenders.mjs').Floor} Floor */

const folder = mkdtempSync(join(tmpdir(), 'wellhead-bench-'));
after(() => rmSync(folder, { recursive: true }));

/** One line of each round of load and of each loop, in the order of time. */
const log = join(folder, 'log');
beforeEach(() => writeFileSync(log, ''));
const logged = () => readFileSync(log, 'utf8').trim().split('\n');

const figures = {
	...{ requests: 10, duration: 1e6, p50: 1000, p99: 2000 },
	...{ connect: 0, read: 0, write: 0, status: 3, timeout: 0 }
};
const wrk = `#!/bin/sh\necho load >> '${log}'\necho '${JSON.stringify(figures)}'\n`;
writeFileSync(join(folder, 'wrk'), wrk, { mode: 0o755 });
process.env.PATH = `${folder}:${process.env.PATH}`;

/**
 * What the process of a contender runs: it serves *table* and *fresh*.
 * @param {'renders' | 'caches' | 'breaks'} kind  `breaks` sends one good page, the one that shows that it is ready
 */
async function serve(kind) {
	const { createServer } = await import('node:http');
	const uuid = () => crypto.randomUUID();
	const rows = Array.from({ length: 1000 }, () => `<tr><td>${uuid()}</td><td>${uuid()}</td></tr>`).join('');
	const cached = uuid();
	let answers = 0;
	const server = createServer((request, response) => {
		answers += 1;
		const made = kind === 'caches' ? cached : uuid();
		const page = `<main>${request.url === '/fresh' ? `<p>${made}</p>` : ''}${rows}</main>`;
		response.setHeader('content-type', 'text/html');
		response.end(kind === 'breaks' && answers > 1 ? '<main></main>' : page);
	});
	server.listen(0, '127.0.0.1', () => {
		const address = /** @type {import('node:net').AddressInfo} */ (server.address());
		console.log(`http://127.0.0.1:${address.port}`);
	});
}

/**
 * @param {string} name
 * @param {Parameters<typeof serve>[0]} kind
 * @param {Contender['floor']} floor
 * @returns {Contender}
 */
const contender = (name, kind, floor) => ({
	...{ name, label: name, routes: ['/table'], floor, also: [], build: () => [] },
	start: () => ({ command: process.execPath, args: ['-e', `(${serve})('${kind}')`] })
});

/** @param {Floor['name']} name @returns {Floor} */
const loop = (name) => ({
	name,
	build: () => [],
	run: () => ({ command: 'sh', args: ['-c', `echo ${name} >> '${log}'; echo '{"cpu_ns_per_render":7}'`] })
});

/** @param {Contender[]} contenders @returns {import('../options.mjs').Options} */
const options = (contenders) => ({
	...parseOptions(['--routes', 'table', '--rounds', '3'], 'R.md'),
	...{ contenders, floors: [loop('floor-v8'), loop('floor-node')], floorRounds: 2, connections: [1, 100], attempts: 1 }
});
/** No contender here needs any. */
const places = /** @type {import('../contenders.mjs').Places} */ ({});

test('rounds alternate between the contenders, and each begins with the next', async () => {
	const taking = ['a', 'b', 'c'].map((name) => contender(name, 'renders', null));
	const samples = await measureThroughput(options(taking), places, '/table');
	const rounds = ['a0', 'b0', 'c0', 'b1', 'c1', 'a1', 'c2', 'a2', 'b2'];
	assert.deepEqual(
		samples.map(({ connections, contender, round }) => `${connections} ${contender}${round}`),
		[1, 100].flatMap((connections) => rounds.map((round) => `${connections} ${round}`))
	);
});

test('whoever renders the table is measured on its twin, which nobody can cache', async () => {
	const taking = [contender('renderer', 'renders', 'floor-node'), contender('constant', 'caches', null)];
	const samples = await measureThroughput(options(taking), places, '/table');
	const fresh = samples.filter(({ route }) => route === '/fresh');
	assert.deepEqual(
		fresh.map(({ contender, connections }) => [contender, connections]),
		[['renderer', 25]]
	);
});

test('whoever caches or breaks under load ends the run', async () => {
	const measured = (/** @type {'caches' | 'breaks'} */ kind) =>
		measureThroughput(options([contender('peer', kind, 'floor-node')]), places, '/table');
	await assert.rejects(measured('caches'), /peer: 20 requests for \/fresh gave 1 renders/);
	await assert.rejects(measured('breaks'), /peer: \/table has 0 rows/);
});

test('a round of the server comes right before each of the floor of its engine', async () => {
	const floors = await measureFloors(options([contender('wellhead', 'renders', 'floor-v8')]), places);
	const together = (/** @type {string} */ name) => Array.from({ length: processors }, () => name);
	assert.deepEqual(logged(), [
		...['load', 'load', 'floor-v8', 'load', 'floor-v8', ...together('floor-v8')],
		...['floor-node', 'floor-node', ...together('floor-node')]
	]);
	assert.deepEqual(
		floors.map(({ nsPerRender, server }) => [nsPerRender.length, server.length]),
		[
			[2, 2],
			[2, 0]
		]
	);
});

test('requests that fail beside a floor are doubtful, and a server that breaks or caches there ends the run', async () => {
	const floors = await measureFloors(options([contender('wellhead', 'renders', 'floor-v8')]), places);
	const results = { bytes: {}, samples: [], floors, streams: [], starts: [], memory: [] };
	assert.deepEqual(doubts(results, new Map()), [
		'wellhead /table beside floor-v8, round 1: 3 of 10 requests failed',
		'wellhead /table beside floor-v8, round 2: 3 of 10 requests failed'
	]);
	const measured = (/** @type {'caches' | 'breaks'} */ kind) =>
		measureFloors(options([contender('wellhead', kind, 'floor-v8')]), places);
	await assert.rejects(measured('breaks'), /wellhead: \/table has 0 rows/);
	await assert.rejects(measured('caches'), /wellhead: 20 requests for \/fresh gave 1 renders/);
});

test('a round that others disturbed is measured again, and the least disturbed counts', async () => {
	const disturbances = async (/** @type {number[]} */ of, attempts = 3) => {
		const left = of.map((disturbance) => ({ disturbance }));
		const measure = () => Promise.resolve(/** @type {import('../load.mjs').Round} */ (left.shift()));
		const server = /** @type {import('../processes.mjs').Server} */ ({});
		const { disturbance, repeats } = await loadRound(server, '/table', 1, 1, attempts, measure);
		return { disturbance, repeats, left: left.length };
	};
	assert.deepEqual(await disturbances([0.1, 0]), { disturbance: 0.1, repeats: 0, left: 1 });
	assert.deepEqual(await disturbances([0.11, 0.02, 0]), { disturbance: 0.02, repeats: 1, left: 1 });
	assert.deepEqual(await disturbances([0.3, 0.2, 0.4, 0]), { disturbance: 0.2, repeats: 2, left: 1 });
	assert.deepEqual(await disturbances([0.3, 0], 1), { disturbance: 0.3, repeats: 0, left: 1 });
});

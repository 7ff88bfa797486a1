// The arithmetic of the bars and of what is doubtful, on made-up rounds.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { doubts, readBars, summary } from '../bars.mjs';

/** @returns {import('../bars.mjs').Results} */
const nothing = () => ({
	bytes: {},
	samples: [],
	floors: [],
	streams: [],
	starts: [],
	memory: []
});

/**
 * @param {string} contender
 * @param {import('../contenders.mjs').Route} route
 * @param {Partial<import('../measure.mjs').Sample>} figures
 * @returns {import('../measure.mjs').Sample}
 */
const sample = (contender, route, figures) => ({
	contender,
	route,
	connections: 25,
	round: 0,
	requests: 1000,
	requestsPerSecond: 100,
	p50: 1,
	p99: 3,
	cpuPerRequest: 1,
	residentKib: 1024,
	errors: 0,
	disturbance: 0,
	...figures
});

/**
 * @param {string} name
 * @param {number[]} nsPerRender
 * @param {number[]} cpuPerRequest
 * @returns {import('../measure.mjs').FloorResult}
 */
const floor = (name, nsPerRender, cpuPerRequest) => ({
	...{ name, route: '/table', nsPerRender, cpuPerRequest },
	nsPerRenderTogether: 400_000
});

/** @param {import('../bars.mjs').Results} results @param {string} what */
const barOf = (results, what) => readBars(results).find((bar) => bar.what.startsWith(what));

test('a run that measured nothing meets no bar and misses none', () => {
	for (const bar of readBars(nothing())) {
		assert.equal(bar.met, null, bar.what);
		assert.equal(bar.measured, null, bar.what);
	}
});

test('throughput is met at exactly the ratio and missed below it', () => {
	const results = nothing();
	const own = sample('wellhead', '/table', { requestsPerSecond: 400 });
	results.samples = [own, sample('sveltekit-1', '/table', {})];
	assert.equal(barOf(results, '*table* req/s to SvelteKit, 1')?.met, true);
	own.requestsPerSecond = 399;
	assert.equal(barOf(results, '*table* req/s to SvelteKit, 1')?.met, false);
});

test('p99 has to be at most half of the peer', () => {
	const results = nothing();
	const own = sample('wellhead', '/spiral', { p99: 1.5 });
	results.samples = [own, sample('sveltekit-1', '/spiral', { p99: 3 })];
	assert.equal(barOf(results, '*spiral* p99 to SvelteKit, 1')?.met, true);
	own.p99 = 1.6;
	assert.equal(barOf(results, '*spiral* p99 to SvelteKit, 1')?.met, false);
});

test('cpu is read against the first floor measured, alone on the machine and in the same rounds', () => {
	const results = nothing();
	const own = floor('floor-v8', [200_000, 190_000, 900_000], [0.329, 0.1, 0.4]);
	results.floors = [own, floor('floor-node', [100_000], [])];
	assert.equal(barOf(results, '*table* CPU')?.met, true);
	own.cpuPerRequest[0] = 0.331;
	assert.equal(barOf(results, '*table* CPU')?.met, false);
	own.cpuPerRequest = [];
	assert.equal(barOf(results, '*table* CPU')?.met, null);
});

test('memory that shrinks is within the bar', () => {
	const results = nothing();
	const last = { requests: 100_000, kib: [900] };
	results.memory = [{ contender: 'wellhead', after: [{ requests: 1000, kib: [1000] }, last] }];
	assert.equal(barOf(results, 'memory')?.met, true);
	last.kib = [1101];
	assert.equal(barOf(results, 'memory')?.met, false);
});

test('of several processes the one in the middle counts', () => {
	const results = nothing();
	const after = [
		{ requests: 1000, kib: [1000, 2000, 1000] },
		{ requests: 100_000, kib: [1300, 2100, 1000] }
	];
	results.memory = [{ contender: 'wellhead', after }];
	assert.match(barOf(results, 'memory')?.measured ?? '', /^\+5\.0 % .*3 processes, most \+30\.0 %$/);
	assert.equal(barOf(results, 'memory')?.met, true);
});

test('a summary takes the median round and the most memory, of its own rounds only', () => {
	const samples = [
		sample('wellhead', '/table', { requestsPerSecond: 10, residentKib: 5 }),
		sample('wellhead', '/table', { requestsPerSecond: 30, residentKib: 7 }),
		sample('wellhead', '/table', { requestsPerSecond: 20, residentKib: 6 }),
		sample('wellhead', '/table', { requestsPerSecond: 99, connections: 100 }),
		sample('sveltekit-1', '/table', { requestsPerSecond: 99 })
	];
	const figures = summary(samples, 'wellhead', '/table', 25);
	assert.equal(figures?.requestsPerSecond, 20);
	assert.equal(figures?.residentKib, 7);
	assert.equal(summary(samples, 'wellhead', '/hello', 25), null);
});

test('failed requests and renders cheaper than the floor are doubtful', () => {
	const results = nothing();
	results.floors = [floor('floor-node', [200_000], [])];
	results.samples = [
		sample('wellhead', '/table', { cpuPerRequest: 0.05 }),
		sample('node-constant', '/table', { cpuPerRequest: 0.05 }),
		sample('sveltekit-1', '/table', { errors: 3 })
	];
	const found = doubts(results, new Set(['wellhead', 'sveltekit-1']));
	assert.equal(found.length, 2);
	assert.match(found[0], /^wellhead .*cannot have rendered/);
	assert.match(found[1], /^sveltekit-1 .*3 of 1000 requests failed/);
});

// The arithmetic of the bars and of what is doubtful, on made-up rounds.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { doubts, readBars, summary } from '../bars.mjs';

/** @typedef {import('../contenders.mjs').FloorName} FloorName */
/** @typedef {import('../contenders.mjs').Route} Route */

/** @returns {import('../bars.mjs').Results} */
const nothing = () => ({
	bytes: {},
	samples: [],
	floors: [],
	streams: [],
	starts: [],
	memory: []
});

/** @type {import('../load.mjs').Round} */
const round = {
	requests: 1000,
	requestsPerSecond: 100,
	p50: 1,
	p99: 3,
	cpuPerRequest: 1,
	residentKib: 1024,
	errors: 0,
	disturbance: 0
};

/**
 * @param {string} contender
 * @param {Route} route
 * @param {Partial<import('../measure.mjs').Sample>} figures
 * @returns {import('../measure.mjs').Sample}
 */
const sample = (contender, route, figures) => ({ contender, route, connections: 25, round: 0, ...round, ...figures });

/**
 * @param {FloorName} name
 * @param {Route} route
 * @param {number[]} nsPerRender
 * @param {Partial<import('../load.mjs').Round>[]} server
 * @returns {import('../measure.mjs').FloorResult}
 */
const floor = (name, route, nsPerRender, server) => ({
	...{ name, route, nsPerRender, nsPerRenderTogether: 400_000 },
	server: server.map((figures) => ({ ...round, ...figures }))
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

test('cpu is read against the floor of the same engine, as medians of the same rounds', () => {
	const results = nothing();
	const server = [{ cpuPerRequest: 0.329 }, { cpuPerRequest: 0.1 }, { cpuPerRequest: 0.4 }];
	const own = floor('floor-v8', '/table', [200_000, 190_000, 900_000], server);
	results.floors = [floor('floor-node', '/table', [100_000], []), own];
	assert.equal(barOf(results, '*table* CPU')?.met, true);
	own.server[0].cpuPerRequest = 0.331;
	assert.equal(barOf(results, '*table* CPU')?.met, false);
	own.server = [];
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

/** @type {Map<string, FloorName>} */
const rendering = new Map([
	['wellhead', 'floor-v8'],
	['sveltekit-1', 'floor-node']
]);

test('failed requests are doubtful, in the rounds beside a floor too', () => {
	const results = nothing();
	results.samples = [sample('sveltekit-1', '/table', { errors: 3 }), sample('node-constant', '/table', { errors: 1 })];
	results.floors = [floor('floor-v8', '/table', [200_000, 200_000], [{}, { errors: 2 }])];
	assert.deepEqual(doubts(results, rendering), [
		'sveltekit-1 /table with 25 connections, round 1: 3 of 1000 requests failed',
		'node-constant /table with 25 connections, round 1: 1 of 1000 requests failed',
		'wellhead /table beside floor-v8, round 2: 2 of 1000 requests failed'
	]);
});

test('requests cheaper than half the floor of their own engine are doubtful', () => {
	const results = nothing();
	results.floors = [
		floor('floor-v8', '/spiral', [2e6, 2e6], [{ cpuPerRequest: 1 }, { cpuPerRequest: 0.99 }]),
		floor('floor-node', '/spiral', [4e6], [])
	];
	results.samples = [
		sample('wellhead', '/spiral', { cpuPerRequest: 1 }),
		sample('wellhead', '/spiral', { cpuPerRequest: 0.99 }),
		sample('sveltekit-1', '/spiral', { cpuPerRequest: 2 }),
		sample('sveltekit-1', '/spiral', { cpuPerRequest: 1.99 }),
		sample('node-constant', '/spiral', { cpuPerRequest: 0.1 })
	];
	const found = doubts(results, rendering);
	assert.equal(found.length, 3);
	assert.match(found[0], /^wellhead .*25 connections.* half the CPU of floor-v8/);
	assert.match(found[1], /^sveltekit-1 .* half the CPU of floor-node/);
	assert.match(found[2], /^wellhead .*beside floor-v8, round 2: .* half the CPU of floor-v8/);
});

test('a table that comes from a cache is doubtful although sending it costs half the floor', () => {
	const results = nothing();
	results.floors = [floor('floor-node', '/table', [200_000], [])];
	const table = sample('sveltekit-1', '/table-universal', { cpuPerRequest: 0.42 });
	const fresh = sample('sveltekit-1', '/fresh', { cpuPerRequest: 1.15 });
	results.samples = [table, fresh, sample('wellhead', '/table', { cpuPerRequest: 0.3 })];
	const found = doubts(results, rendering);
	assert.equal(found.length, 1);
	assert.match(found[0], /^sveltekit-1 \/table-universal .* half the CPU of \/fresh/);
	fresh.cpuPerRequest = 0.84;
	assert.deepEqual(doubts(results, rendering), []);
});

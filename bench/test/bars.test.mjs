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
	disturbance: 0,
	repeats: 0
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
function barOf(results, what) {
	const found = readBars(results).filter((bar) => bar.what.startsWith(what));
	assert.equal(found.length, 1, what);
	return found[0];
}

test('a run that measured nothing meets no bar and misses none', () => {
	for (const bar of readBars(nothing())) {
		assert.equal(bar.met, null, bar.what);
		assert.equal(bar.measured, null, bar.what);
		assert.equal(bar.withinNoise, false, bar.what);
	}
});

/** @param {string} contender @param {number[]} first @param {number[]} last */
const grown = (contender, first, last) => ({
	contender,
	after: [
		{ requests: 1000, kib: first },
		{ requests: 100_000, kib: last }
	]
});

/** @typedef {(figure: number) => Partial<import('../bars.mjs').Results>} ResultsOf */

/** @param {'requestsPerSecond' | 'p99'} figure @returns {(route: Route, peer: string) => ResultsOf} */
const beside = (figure) => (route, peer) => (own) => ({
	samples: [sample('wellhead', route, { [figure]: own }), sample(peer, route, { [figure]: 100 })]
});
const requests = beside('requestsPerSecond');
const p99 = beside('p99');
/** @param {Route} route @returns {ResultsOf} */
const cpu = (route) => (own) => ({ floors: [floor('floor-v8', route, [2e6], [{ cpuPerRequest: own }])] });
/** @type {ResultsOf} */
const firstByte = (own) => ({
	streams: [{ contender: 'wellhead', firstByte: [0], firstBodyByte: [own], end: [0] }]
});
/** @type {ResultsOf} */
const ready = (own) => ({ starts: [{ contender: 'wellhead', milliseconds: [own] }] });
/** @type {ResultsOf} */
const memory = (own) => ({ memory: [grown('wellhead', [1000], [own])] });

/**
 * Each bar, a figure that just meets it and one that just misses it. Those of a peer are 100, the floor is 2 ms, memory was 1000.
 * @type {[string, number, number, ResultsOf][]}
 */
const thresholds = [
	['*table* req/s to SvelteKit, 1 process', 400, 399, requests('/table', 'sveltekit-1')],
	['*table* req/s to SvelteKit, 2 processes', 200, 199, requests('/table', 'sveltekit-2')],
	['*table-universal* req/s to SvelteKit, 1 process', 400, 399, requests('/table-universal', 'sveltekit-1')],
	['*table-universal* req/s to SvelteKit, 2 processes', 200, 199, requests('/table-universal', 'sveltekit-2')],
	['*spiral* req/s to SvelteKit, 1 process', 180, 179, requests('/spiral', 'sveltekit-1')],
	['*spiral* req/s to SvelteKit, 2 processes', 110, 109, requests('/spiral', 'sveltekit-2')],
	['*table* p99 to SvelteKit, 1 process', 50, 51, p99('/table', 'sveltekit-1')],
	['*table* p99 to SvelteKit, 2 processes', 50, 51, p99('/table', 'sveltekit-2')],
	['*table-universal* p99 to SvelteKit, 1 process', 50, 51, p99('/table-universal', 'sveltekit-1')],
	['*table-universal* p99 to SvelteKit, 2 processes', 50, 51, p99('/table-universal', 'sveltekit-2')],
	['*spiral* p99 to SvelteKit, 1 process', 50, 51, p99('/spiral', 'sveltekit-1')],
	['*spiral* p99 to SvelteKit, 2 processes', 50, 51, p99('/spiral', 'sveltekit-2')],
	['*table* CPU per request', 2.399, 2.401, cpu('/table')],
	['*spiral* CPU per request', 2.399, 2.401, cpu('/spiral')],
	['*hello* req/s to axum, constant', 40, 39, requests('/hello', 'axum-constant')],
	['*stream* time to first byte of the body, p50', 2, 2.01, firstByte],
	['ready to serve, warm code cache, median', 150, 150.1, ready],
	['memory after many *table* requests', 1100, 1101, memory]
];

for (const [what, meets, misses, resultsOf] of thresholds) {
	test(`${what}: met at ${meets}, missed at ${misses}`, () => {
		assert.equal(barOf({ ...nothing(), ...resultsOf(meets) }, what).met, true);
		assert.equal(barOf({ ...nothing(), ...resultsOf(misses) }, what).met, false);
	});
}

test('every bar has a threshold above', () => {
	assert.deepEqual(
		readBars(nothing()).map(({ what }) => what),
		thresholds.map(([what]) => what)
	);
});

test('cpu is read against the floor of the same engine, as medians of the same rounds', () => {
	const results = nothing();
	const server = [{ cpuPerRequest: 0.329 }, { cpuPerRequest: 0.1 }, { cpuPerRequest: 0.4 }];
	const own = floor('floor-v8', '/table', [200_000, 190_000, 900_000], server);
	results.floors = [floor('floor-node', '/table', [100_000], []), own];
	assert.equal(barOf(results, '*table* CPU').met, true);
	own.server[0].cpuPerRequest = 0.331;
	assert.equal(barOf(results, '*table* CPU').met, false);
	own.server = [];
	assert.equal(barOf(results, '*table* CPU').met, null);
});

test('memory that shrinks is within the bar', () => {
	const results = nothing();
	results.memory = [grown('wellhead', [1000], [900])];
	assert.match(barOf(results, 'memory').measured ?? '', /^−10\.0 % /);
	assert.equal(barOf(results, 'memory').met, true);
});

test('of several processes the one in the middle counts', () => {
	const results = nothing();
	results.memory = [grown('wellhead', [1000, 2000, 1000], [1300, 2100, 1000])];
	assert.match(barOf(results, 'memory').measured ?? '', /^\+5\.0 % .*median of 3\)$/);
	assert.equal(barOf(results, 'memory').range, '+0.0 to +30.0');
	assert.equal(barOf(results, 'memory').met, true);
});

test('a bar whose target lies within its rounds is within noise, met or not', () => {
	const results = nothing();
	/** @param {number[]} own */
	const read = (own) => {
		results.samples = own.flatMap((requestsPerSecond) => [
			sample('wellhead', '/table', { requestsPerSecond }),
			sample('sveltekit-1', '/table', {})
		]);
		const { range, met, withinNoise } = barOf(results, '*table* req/s to SvelteKit, 1');
		return { range, met, withinNoise };
	};
	assert.deepEqual(read([390, 410, 500]), { range: '3.90 to 5.00', met: true, withinNoise: true });
	assert.deepEqual(read([300, 390, 410]), { range: '3.00 to 4.10', met: false, withinNoise: true });
	assert.deepEqual(read([401, 410, 500]), { range: '4.01 to 5.00', met: true, withinNoise: false });
	assert.deepEqual(read([300, 310, 399]), { range: '3.00 to 3.99', met: false, withinNoise: false });
	assert.deepEqual(read([400]), { range: null, met: true, withinNoise: false });
});

test('a ratio is taken of rounds that follow each other: a machine that is slow for both is no noise', () => {
	const results = nothing();
	results.samples = [100, 50, 200].flatMap((requestsPerSecond) => [
		sample('wellhead', '/table', { requestsPerSecond: 4.5 * requestsPerSecond }),
		sample('sveltekit-1', '/table', { requestsPerSecond })
	]);
	assert.equal(barOf(results, '*table* req/s to SvelteKit, 1').range, '4.50 to 4.50');
	results.floors = [
		floor('floor-v8', '/table', [1e6, 2e6], [{ cpuPerRequest: 1.1 }, { cpuPerRequest: 2.1 }])
	];
	assert.equal(barOf(results, '*table* CPU').range, '1.00 to 1.00');
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

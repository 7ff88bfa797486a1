// What Wellhead promises, as arithmetic on what was measured.
import { contenders, likeFresh } from './contenders.mjs';
import { median, medianRange, percentile, threeDigits } from './numbers.mjs';

/** @typedef {import('./contenders.mjs').FloorName} FloorName */
/** @typedef {import('./contenders.mjs').Route} Route */
/** @typedef {import('./load.mjs').Round} Round */
/** @typedef {import('./measure.mjs').Sample} Sample */

/**
 * Everything a run measured; what was left out is empty.
 * @typedef {object} Results
 * @property {import('./measure.mjs').Bytes} bytes
 * @property {Sample[]} samples
 * @property {import('./measure.mjs').FloorResult[]} floors
 * @property {import('./measure.mjs').StreamResult[]} streams
 * @property {import('./measure.mjs').StartResult[]} starts
 * @property {import('./measure.mjs').MemoryResult[]} memory
 */

/**
 * @typedef {object} Bar
 * @property {string} what
 * @property {string} target
 * @property {string | null} measured  null when this run did not measure it
 * @property {string | null} range  of `medianRange`; null too when there was one round, which says nothing of others
 * @property {boolean | null} met
 * @property {boolean} withinNoise  whether the target lies in that range: another run could decide otherwise
 */

/**
 * The figure of a bar.
 * @typedef {object} Reading
 * @property {number} value
 * @property {number[]} rounds  the same figure of each round alone
 * @property {string} [beside]  what else is shown
 */

/** The number of connections at which the bars are read. */
export const barConnections = 25;

/** The floor that the bars are read against: it runs in the same engine, in an isolate like the server's. @type {FloorName} */
const barFloor = 'floor-v8';

/**
 * The median round of each figure.
 * @param {Sample[]} samples
 * @param {string} contender
 * @param {Route} route
 * @param {number} connections
 */
export function summary(samples, contender, route, connections) {
	const rounds = samples.filter(
		(sample) =>
			sample.contender === contender && sample.route === route && sample.connections === connections
	);
	if (rounds.length === 0) return null;
	const middle = (/** @type {(sample: Sample) => number} */ of) => median(rounds.map(of));
	return {
		rounds,
		requestsPerSecond: middle((sample) => sample.requestsPerSecond),
		p50: middle((sample) => sample.p50),
		p99: middle((sample) => sample.p99),
		cpuPerRequest: middle((sample) => sample.cpuPerRequest),
		residentKib: Math.max(...rounds.map((sample) => sample.residentKib))
	};
}

/**
 * @param {Results} results
 * @param {FloorName} name
 * @param {Route} route
 */
function floorOf({ floors }, name, route) {
	const plain = route === '/table-universal' ? '/table' : route;
	return floors.find((floor) => floor.name === name && floor.route === plain) ?? null;
}

/** @typedef {{ digits: (value: number) => string, unit: string }} Format */

const twoDecimals = (/** @type {number} */ value) => value.toFixed(2);
const signedPercent = (/** @type {number} */ share) => `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(1)}`;
const formats = {
	times: { digits: twoDecimals, unit: '×' },
	floors: { digits: twoDecimals, unit: ' × floor + 0.1 ms' },
	milliseconds: { digits: threeDigits, unit: ' ms' },
	growth: { digits: signedPercent, unit: ' %' }
};
const inMilliseconds = (/** @type {number} */ value) => `${threeDigits(value)} ms`;

/**
 * @param {string} what
 * @param {{ atLeast: number } | { atMost: number }} target
 * @param {Format} format
 * @param {Reading | null} reading
 * @returns {Bar}
 */
function bar(what, target, { digits, unit }, reading) {
	const least = 'atLeast' in target;
	const limit = least ? target.atLeast : target.atMost;
	const stated = { what, target: `${least ? '≥' : '≤'} ${digits(limit)}${unit}` };
	if (!reading) return { ...stated, measured: null, range: null, met: null, withinNoise: false };
	const { value, rounds, beside } = reading;
	const { low, high } = medianRange(rounds);
	const several = rounds.length > 1;
	return {
		...stated,
		measured: `${digits(value)}${unit}${beside ? ` (${beside})` : ''}`,
		range: several ? `${digits(low)} to ${digits(high)}` : null,
		met: least ? value >= limit : value <= limit,
		withinNoise: several && low <= limit && limit <= high
	};
}

/**
 * @param {Results} results
 * @returns {Bar[]}
 */
export function readBars(results) {
	/**
	 * Wellhead's and a peer's figures of a page, and how the two relate in each round.
	 * @param {Route} route
	 * @param {string} peer
	 * @param {'requestsPerSecond' | 'p99'} figure
	 */
	const compared = (route, peer, figure) => {
		const own = summary(results.samples, 'wellhead', route, barConnections);
		const other = summary(results.samples, peer, route, barConnections);
		if (!own || !other) return null;
		return {
			own: own[figure],
			other: other[figure],
			value: own[figure] / other[figure],
			rounds: own.rounds.map((round, i) => round[figure] / other.rounds[i][figure])
		};
	};
	const labelOf = (/** @type {string} */ name) => contenders.find((contender) => contender.name === name)?.label;

	/** @param {Route} route @param {string} peer @param {number} atLeast */
	const throughput = (route, peer, atLeast) =>
		bar(`*${route.slice(1)}* req/s to ${labelOf(peer)}`, { atLeast }, formats.times, compared(route, peer, 'requestsPerSecond'));

	/** @param {Route} route @param {string} peer */
	const latency = (route, peer) => {
		const read = compared(route, peer, 'p99');
		const beside = read ? `${inMilliseconds(read.own)} to ${inMilliseconds(read.other)}` : '';
		return bar(`*${route.slice(1)}* p99 to ${labelOf(peer)}`, { atMost: 0.5 }, formats.times, read && { ...read, beside });
	};

	/** @param {Route} route @returns {Reading | null} */
	const cpu = (route) => {
		const floor = floorOf(results, barFloor, route);
		if (!floor || floor.server.length === 0) return null;
		const inFloors = (/** @type {number} */ server, /** @type {number} */ alone) => (server - 0.1) / alone;
		const server = floor.server.map(({ cpuPerRequest }) => cpuPerRequest);
		const alone = floor.nsPerRender.map((nanoseconds) => nanoseconds / 1e6);
		const floors = `${floor.name} ${inMilliseconds(median(alone))}`;
		const together = inMilliseconds(floor.nsPerRenderTogether / 1e6);
		return {
			value: inFloors(median(server), median(alone)),
			rounds: server.map((value, i) => inFloors(value, alone[i])),
			beside: `${inMilliseconds(median(server))}; ${floors}, ${together} with every processor rendering`
		};
	};

	/** @returns {Reading | null} */
	const firstByte = () => {
		const rounds = results.streams.find(({ contender }) => contender === 'wellhead')?.firstBodyByte;
		return rounds
			? { value: median(rounds), rounds, beside: `p99 ${inMilliseconds(percentile(rounds, 0.99))}` }
			: null;
	};

	/** @returns {Reading | null} */
	const ready = () => {
		const rounds = results.starts.find(({ contender }) => contender === 'wellhead')?.milliseconds;
		return rounds
			? { value: median(rounds), rounds, beside: `slowest ${inMilliseconds(Math.max(...rounds))}` }
			: null;
	};

	/** @returns {Reading | null} */
	const memory = () => {
		const after = results.memory.find(({ contender }) => contender === 'wellhead')?.after;
		if (!after) return null;
		const [first, last] = after;
		const rounds = first.kib.map((kib, i) => (last.kib[i] - kib) / kib);
		const requests = `from ${first.requests.toLocaleString('en')} to ${last.requests.toLocaleString('en')} requests`;
		return { value: median(rounds), rounds, beside: `${requests}, median of ${rounds.length}` };
	};

	return [
		throughput('/table', 'sveltekit-1', 4),
		throughput('/table', 'sveltekit-2', 2),
		throughput('/table-universal', 'sveltekit-1', 4),
		throughput('/table-universal', 'sveltekit-2', 2),
		throughput('/spiral', 'sveltekit-1', 1.8),
		throughput('/spiral', 'sveltekit-2', 1.1),
		latency('/table', 'sveltekit-1'),
		latency('/table', 'sveltekit-2'),
		latency('/table-universal', 'sveltekit-1'),
		latency('/table-universal', 'sveltekit-2'),
		latency('/spiral', 'sveltekit-1'),
		latency('/spiral', 'sveltekit-2'),
		bar('*table* CPU per request', { atMost: 1.15 }, formats.floors, cpu('/table')),
		bar('*spiral* CPU per request', { atMost: 1.15 }, formats.floors, cpu('/spiral')),
		throughput('/hello', 'axum-constant', 0.4),
		bar('*stream* time to first byte of the body, p50', { atMost: 2 }, formats.milliseconds, firstByte()),
		bar('ready to serve, warm code cache, median', { atMost: 150 }, formats.milliseconds, ready()),
		bar('memory after many *table* requests', { atMost: 0.1 }, formats.growth, memory())
	];
}

/**
 * What makes a run's figures not worth believing.
 * @param {Results} results
 * @param {Map<string, FloorName>} rendering  the floor of each contender that renders
 * @returns {string[]}
 */
export function doubts(results, rendering) {
	/** @type {string[]} */
	const found = [];

	/** @param {string} where @param {string} contender @param {Route} route @param {Round} round */
	const check = (where, contender, route, { errors, requests, cpuPerRequest }) => {
		if (errors > 0) found.push(`${where}: ${errors} of ${requests} requests failed`);
		const engine = rendering.get(contender);
		if (engine === undefined) return;
		const floor = floorOf(results, engine, route);
		const alone = floor ? median(floor.nsPerRender) / 1e6 : 0;
		// *hello* renders in about a microsecond: too little to see in a request.
		if (alone > 0.05 && cpuPerRequest < alone / 2) {
			found.push(`${where}: less than half the CPU of ${engine}, so it cannot have rendered each request`);
		}
		// On *table* a page from a cache costs more than that to send, but far less than the page's twin that cannot be cached.
		const fresh = likeFresh.includes(route)
			? summary(results.samples, contender, '/fresh', barConnections)
			: null;
		if (fresh && cpuPerRequest < fresh.cpuPerRequest / 2) {
			found.push(`${where}: less than half the CPU of /fresh, so it cannot have rendered each request`);
		}
	};

	for (const sample of results.samples) {
		const { contender, route, connections, round } = sample;
		check(`${contender} ${route} with ${connections} connections, round ${round + 1}`, contender, route, sample);
	}
	for (const { name, route, server } of results.floors) {
		for (const [index, round] of server.entries()) {
			check(`wellhead ${route} beside ${name}, round ${index + 1}`, 'wellhead', route, round);
		}
	}
	return found;
}

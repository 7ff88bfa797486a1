// What Wellhead promises, as arithmetic on what was measured.
import { likeFresh } from './contenders.mjs';
import { median, percentile } from './numbers.mjs';

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
 * @property {boolean | null} met
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

/**
 * The most CPU that a request may take where a render alone takes `floor` milliseconds.
 * @param {number} floor
 */
const cpuLimit = (floor) => 1.15 * floor + 0.1;

const times = (/** @type {number} */ value) => `${value.toFixed(2)}×`;
const milliseconds = (/** @type {number} */ value) => `${value.toFixed(value < 1 ? 3 : value < 10 ? 2 : 1)} ms`;

/**
 * @param {string} what
 * @param {string} target
 * @param {{ shown: string, met: boolean } | null} reading
 * @returns {Bar}
 */
const bar = (what, target, reading) => ({
	what,
	target,
	measured: reading?.shown ?? null,
	met: reading?.met ?? null
});

/**
 * @param {Results} results
 * @returns {Bar[]}
 */
export function readBars(results) {
	const at = (/** @type {string} */ contender, /** @type {Route} */ route) =>
		summary(results.samples, contender, route, barConnections);

	/** @param {Route} route @param {string} peer @param {number} least */
	const faster = (route, peer, least) => {
		const own = at('wellhead', route);
		const other = at(peer, route);
		if (!own || !other) return null;
		const ratio = own.requestsPerSecond / other.requestsPerSecond;
		return { shown: times(ratio), met: ratio >= least };
	};

	/** @param {Route} route @param {string} peer */
	const latency = (route, peer) => {
		const own = at('wellhead', route);
		const other = at(peer, route);
		if (!own || !other) return null;
		const shown = `${times(own.p99 / other.p99)} (${milliseconds(own.p99)} to ${milliseconds(other.p99)})`;
		return { shown, met: own.p99 <= other.p99 / 2 };
	};

	/** @param {Route} route */
	const cpu = (route) => {
		const floor = floorOf(results, barFloor, route);
		if (!floor || floor.server.length === 0) return null;
		const server = median(floor.server.map(({ cpuPerRequest }) => cpuPerRequest));
		const alone = median(floor.nsPerRender) / 1e6;
		const together = floor.nsPerRenderTogether / 1e6;
		const limit = cpuLimit(alone);
		const shown = `${milliseconds(server)}, limit ${milliseconds(limit)} (${floor.name} ${milliseconds(alone)}; with every processor rendering ${milliseconds(together)}, which would allow ${milliseconds(cpuLimit(together))})`;
		return { shown, met: server <= limit };
	};

	const firstByte = () => {
		const stream = results.streams.find(({ contender }) => contender === 'wellhead');
		if (!stream) return null;
		const value = median(stream.firstBodyByte);
		const tail = percentile(stream.firstBodyByte, 0.99);
		return { shown: `${milliseconds(value)} (p99 ${milliseconds(tail)})`, met: value <= 2 };
	};

	const ready = () => {
		const starts = results.starts.find(({ contender }) => contender === 'wellhead')?.milliseconds;
		if (!starts) return null;
		const shown = `${milliseconds(median(starts))} (slowest ${milliseconds(Math.max(...starts))})`;
		return { shown, met: median(starts) <= 150 };
	};

	const memory = () => {
		const after = results.memory.find(({ contender }) => contender === 'wellhead')?.after;
		if (!after) return null;
		const [first, last] = after;
		const growths = first.kib.map((kib, i) => last.kib[i] / kib - 1);
		const growth = median(growths);
		const percent = (/** @type {number} */ part) => `${part < 0 ? '−' : '+'}${Math.abs(part * 100).toFixed(1)} %`;
		const spread = growths.length > 1 ? `, median of ${growths.length} processes, most ${percent(Math.max(...growths))}` : '';
		const shown = `${percent(growth)} from ${first.requests.toLocaleString('en')} to ${last.requests.toLocaleString('en')} requests${spread}`;
		return { shown, met: growth <= 0.1 };
	};

	return [
		bar('*table* req/s to SvelteKit, 1 process', '≥ 4×', faster('/table', 'sveltekit-1', 4)),
		bar('*table* req/s to SvelteKit, 2 processes', '≥ 2×', faster('/table', 'sveltekit-2', 2)),
		bar('*table-universal* req/s to SvelteKit, 1 process', '≥ 4×', faster('/table-universal', 'sveltekit-1', 4)),
		bar('*table-universal* req/s to SvelteKit, 2 processes', '≥ 2×', faster('/table-universal', 'sveltekit-2', 2)),
		bar('*spiral* req/s to SvelteKit, 1 process', '≥ 1.8×', faster('/spiral', 'sveltekit-1', 1.8)),
		bar('*spiral* req/s to SvelteKit, 2 processes', '≥ 1.1×', faster('/spiral', 'sveltekit-2', 1.1)),
		bar('*table* p99 to SvelteKit, 1 process', '≤ 0.5×', latency('/table', 'sveltekit-1')),
		bar('*table* p99 to SvelteKit, 2 processes', '≤ 0.5×', latency('/table', 'sveltekit-2')),
		bar('*table-universal* p99 to SvelteKit, 1 process', '≤ 0.5×', latency('/table-universal', 'sveltekit-1')),
		bar('*table-universal* p99 to SvelteKit, 2 processes', '≤ 0.5×', latency('/table-universal', 'sveltekit-2')),
		bar('*spiral* p99 to SvelteKit, 1 process', '≤ 0.5×', latency('/spiral', 'sveltekit-1')),
		bar('*spiral* p99 to SvelteKit, 2 processes', '≤ 0.5×', latency('/spiral', 'sveltekit-2')),
		bar('*table* CPU per request', '≤ 1.15 × floor + 0.1 ms', cpu('/table')),
		bar('*spiral* CPU per request', '≤ 1.15 × floor + 0.1 ms', cpu('/spiral')),
		bar('*hello* req/s to axum, constant', '≥ 0.4×', faster('/hello', 'axum-constant', 0.4)),
		bar('*stream* time to first byte of the body, p50', '≤ 2 ms', firstByte()),
		bar('ready to serve, warm code cache, median', '≤ 150 ms', ready()),
		bar('memory after many *table* requests', '≤ +10 %', memory())
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

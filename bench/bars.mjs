// What Wellhead promises, as arithmetic on what was measured.
import { median, percentile } from './numbers.mjs';

/** @typedef {import('./contenders.mjs').Route} Route */
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
 * The floor that the bars are read against: the first of the table.
 * @param {Results} results
 * @param {Route} route
 * @returns {{ name: string, alone: number, together: number, server: number | null } | null} milliseconds per render, and
 *   per request of the server in the same rounds
 */
export function floorOf({ floors }, route) {
	const plain = route === '/table-universal' ? '/table' : route;
	const found = floors.find((floor) => floor.route === plain);
	if (!found) return null;
	return {
		name: found.name,
		alone: median(found.nsPerRender) / 1e6,
		together: found.nsPerRenderTogether / 1e6,
		server: found.cpuPerRequest.length > 0 ? median(found.cpuPerRequest) : null
	};
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
		const floor = floorOf(results, route);
		if (!floor || floor.server === null) return null;
		const limit = cpuLimit(floor.alone);
		const shown = `${milliseconds(floor.server)}, limit ${milliseconds(limit)} (${floor.name} ${milliseconds(floor.alone)}; with every processor rendering ${milliseconds(floor.together)}, which would allow ${milliseconds(cpuLimit(floor.together))})`;
		return { shown, met: floor.server <= limit };
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
 * @param {Set<string>} rendering  names of the contenders that render
 * @returns {string[]}
 */
export function doubts(results, rendering) {
	const found = [];
	for (const sample of results.samples) {
		const where = `${sample.contender} ${sample.route} with ${sample.connections} connections, round ${sample.round + 1}`;
		if (sample.errors > 0) {
			found.push(`${where}: ${sample.errors} of ${sample.requests} requests failed`);
		}
		const floor = floorOf(results, sample.route);
		// *hello* renders in about a microsecond: too little to see in a request.
		if (floor && floor.alone > 0.05 && rendering.has(sample.contender)) {
			if (sample.cpuPerRequest < floor.alone / 2) {
				found.push(`${where}: less than half the floor's CPU, so it cannot have rendered each request`);
			}
		}
	}
	return found;
}

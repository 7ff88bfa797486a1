// The measurements: for each a server is started anew, `wellhead-bench` is its browser, and its figures are read.
import { createServer } from 'node:net';

import { rotated } from '../measure.mjs';
import { run, startServer } from '../processes.mjs';
import { progress } from '../progress.mjs';
import { measureScripts } from './scripts.mjs';

/** @typedef {import('./contenders.mjs').Contender} Contender */
/** @typedef {import('./contenders.mjs').Places} Places */
/** @typedef {import('./options.mjs').Options} Options */
/** @typedef {'/' | '/rows' | '/cells'} Page */
/** @typedef {{ least: number, median: number, most: number }} Spread */

/** @typedef {{ ms: { p50: number, p99: number }, clicks: number, seconds: number, cpuMicroseconds: number }} Click */
/** @typedef {{ bytesEach: number, memory: number, memoryBefore: number }} Idle */
/** @typedef {{ msToTheLast: { p50: number, max: number } }} Broadcast */
/** @typedef {{ up: Spread, down: Spread, changed: { kind: 'text' | 'markup', bytes: Spread, beyond: Spread } | null, last: string }} Bytes */
/** @typedef {{ files: number, bytes: number, brotli: number }} Scripts */

/**
 * @typedef {object} Results
 * @property {Record<string, Click[]>} clicks  by contender
 * @property {Record<string, Idle[]>} idle
 * @property {Record<string, Record<Page, Bytes>>} bytes
 * @property {Record<string, Scripts>} scripts
 * @property {{ clicks: Click[], idle: Idle[], broadcasts: Broadcast[] }} many  of Wellhead, with as many pages as the bars name
 */

/** A click on each is counted this often, so that the counter shows one more in the end. */
const counted = 10;

/** What each page shows after them. @type {[Page, string][]} */
const pages = [
	['/', String(counted + 1)],
	['/rows', String(1_000 + counted + 1)],
	['/cells', String(70_000 + counted + 1)]
];

/** A port on the loopback that nobody listens at. @returns {Promise<number>} */
function freePort() {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.on('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			const port = address && typeof address === 'object' ? address.port : 0;
			server.close(() => resolve(port));
		});
	});
}

/**
 * @template T
 * @param {Contender} contender
 * @param {Places} places
 * @param {(server: import('../processes.mjs').Server) => Promise<T>} use
 */
async function withServer(contender, places, use) {
	const server = await startServer(contender.name, contender.start(places, await freePort()), '/');
	try {
		return await use(server);
	} finally {
		await server.stop();
	}
}

/**
 * @param {Places} places
 * @param {Contender} contender
 * @param {import('../processes.mjs').Server} server
 * @param {'click' | 'idle' | 'broadcast' | 'bytes'} scenario
 * @param {string} page
 * @param {Record<string, string | number>} options
 */
async function load(places, contender, server, scenario, page, options) {
	const given = Object.entries({ url: server.url + page, peer: contender.name, pid: server.pid, ...options });
	const args = [scenario, ...given.flatMap(([name, value]) => [`--${name}`, String(value)])];
	return JSON.parse(await run({ command: places.load, args }, 300));
}

/** @param {Places} places @param {Contender} contender @returns {Promise<{ scripts: Scripts, bytes: Record<Page, Bytes> }>} */
const measureBytes = (places, contender) =>
	withServer(contender, places, async (server) => {
		/** @type {Partial<Record<Page, Bytes>>} */
		const bytes = {};
		for (const [page, shows] of pages) {
			bytes[page] = await load(places, contender, server, 'bytes', page, { rounds: counted, shows });
		}
		return { scripts: await measureScripts(`${server.url}/`), bytes: /** @type {Record<Page, Bytes>} */ (bytes) };
	});

/**
 * @param {Options} options @param {Places} places @param {Contender} contender
 * @param {number} connections @param {number} rate
 * @returns {Promise<Click>}
 */
const measureClicks = ({ seconds, warmupSeconds }, places, contender, connections, rate) =>
	withServer(contender, places, async (server) => {
		await load(places, contender, server, 'click', '/', { connections: 100, rate: 10, seconds: warmupSeconds });
		return load(places, contender, server, 'click', '/', { connections, rate, seconds });
	});

/** @param {Places} places @param {Contender} contender @param {number} connections @returns {Promise<Idle>} */
const measureIdle = (places, contender, connections) =>
	withServer(contender, places, (server) =>
		load(places, contender, server, 'idle', '/', { connections, seconds: 10 })
	);

/** @param {Options} options @param {Places} places @param {Contender} contender @returns {Promise<Broadcast>} */
const measureBroadcasts = ({ many, broadcasts }, places, contender) =>
	withServer(contender, places, (server) =>
		load(places, contender, server, 'broadcast', '/broadcast', { connections: many, rounds: broadcasts })
	);

/**
 * @param {Options} options
 * @param {Places} places
 * @returns {Promise<Results>}
 */
export async function measure(options, places) {
	/** @type {Results} */
	const results = { clicks: {}, idle: {}, bytes: {}, scripts: {}, many: { clicks: [], idle: [], broadcasts: [] } };
	for (const contender of options.contenders) {
		progress(`counting the bytes of ${contender.name} …`);
		const { scripts, bytes } = await measureBytes(places, contender);
		results.scripts[contender.name] = scripts;
		results.bytes[contender.name] = bytes;
		results.clicks[contender.name] = [];
		results.idle[contender.name] = [];
	}
	for (let round = 0; round < options.rounds; round += 1) {
		progress(`round ${round + 1} of ${options.rounds} …`);
		for (const contender of rotated(options.contenders, round)) {
			results.clicks[contender.name].push(await measureClicks(options, places, contender, 100, 10));
		}
		for (const contender of rotated(options.contenders, round)) {
			results.idle[contender.name].push(await measureIdle(places, contender, options.idle));
		}
		const wellhead = options.contenders.find(({ name }) => name === 'wellhead');
		if (wellhead) {
			progress(`  Wellhead with ${options.many.toLocaleString('en')} pages …`);
			results.many.clicks.push(await measureClicks(options, places, wellhead, options.many, 1));
			results.many.idle.push(await measureIdle(places, wellhead, options.many));
			results.many.broadcasts.push(await measureBroadcasts(options, places, wellhead));
		}
	}
	return results;
}

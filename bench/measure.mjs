// The measurements. Each starts the servers it needs, ends them and gives plain data.
import { existsSync, writeFileSync } from 'node:fs';

import { barConnections } from './bars.mjs';
import { requestMany, timeBytes } from './client.mjs';
import { likeFresh, plainRoutes } from './contenders.mjs';
import { loadRound } from './load.mjs';
import { median } from './numbers.mjs';
import { processors } from './options.mjs';
import { run, startServer } from './processes.mjs';
import { residentKib } from './procfs.mjs';
import { progress } from './progress.mjs';
import { comparable, pageFault, rendersEveryRequest, verifiedPage } from './verify.mjs';

/** @typedef {import('./contenders.mjs').Contender} Contender */
/** @typedef {import('./contenders.mjs').Floor} Floor */
/** @typedef {import('./contenders.mjs').FloorName} FloorName */
/** @typedef {import('./contenders.mjs').Places} Places */
/** @typedef {import('./contenders.mjs').Route} Route */
/** @typedef {import('./load.mjs').Round} Round */
/** @typedef {import('./options.mjs').Options} Options */
/** @typedef {import('./processes.mjs').Server} Server */

/**
 * @typedef {Round & { contender: string, route: Route, connections: number, round: number }} Sample
 * @typedef {object} FloorResult
 * @property {FloorName} name
 * @property {Route} route
 * @property {number[]} nsPerRender  alone on the machine, one of each round
 * @property {Round[]} server  one of Wellhead's right before each of those; empty for the other engine's floor
 * @property {number} nsPerRenderTogether  with one such loop on each processor
 * @typedef {{ contender: string, firstByte: number[], firstBodyByte: number[], end: number[] }} StreamResult
 * @typedef {{ contender: string, milliseconds: number[] }} StartResult
 * @typedef {{ contender: string, after: { requests: number, kib: number[] }[] }} MemoryResult  `kib`: one of each process
 * @typedef {Record<string, Partial<Record<Route, number>>>} Bytes  length of each contender's pages
 */

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Starts `contender`, hands the server to `use` and ends it.
 * @template T
 * @param {Contender} contender
 * @param {Places} places
 * @param {Route} route
 * @param {(server: Server) => Promise<T>} use
 * @returns {Promise<T>}
 */
async function withServer(contender, places, route, use) {
	const server = await startServer(contender.name, contender.start(places, route), route);
	try {
		return await use(server);
	} finally {
		await server.stop();
	}
}

/**
 * Every contender in turn, and the turn begins with another one each round, so that nobody always runs first
 * or always after the same neighbour.
 * @template T
 * @param {T[]} items
 * @param {number} round
 */
export const rotated = (items, round) => [
	...items.slice(round % items.length),
	...items.slice(0, round % items.length)
];

/**
 * @param {Options} options
 * @param {Places} places
 * @param {Route} route
 * @returns {Promise<Sample[]>}
 */
export async function measureThroughput(options, places, route) {
	const taking = options.contenders.filter(({ routes }) => routes.includes(route));
	/** @type {Sample[]} */
	const samples = [];
	/** @type {Server[]} */
	const servers = [];
	try {
		for (const contender of taking) {
			servers.push(await startServer(contender.name, contender.start(places, route), route));
		}
		for (const server of servers) {
			await loadRound(server, route, barConnections, options.warmupSeconds);
		}
		for (const connections of options.connections) {
			for (let round = 0; round < options.rounds; round += 1) {
				for (const server of rotated(servers, round)) {
					const result = await loadRound(server, route, connections, options.seconds, options.attempts);
					samples.push({ contender: server.name, route, connections, round, ...result });
				}
			}
			progress(`  ${route} with ${connections} connections: ${options.rounds} rounds done`);
		}
		// What was measured must still be the whole page afterwards, and nobody may have begun to cache.
		for (const server of servers) await verifiedPage(server, route);
		for (const server of servers.filter((_, index) => taking[index].floor !== null)) {
			await rendersEveryRequest(server);
			if (likeFresh.includes(route)) samples.push(await measureFresh(options, server));
		}
	} finally {
		await Promise.all(servers.map((server) => server.stop()));
	}
	return samples;
}

/**
 * What *table* costs a contender when it cannot come from a cache.
 * @param {Options} options
 * @param {Server} server
 * @returns {Promise<Sample>}
 */
async function measureFresh(options, server) {
	const where = { contender: server.name, route: /** @type {const} */ ('/fresh'), connections: barConnections };
	await loadRound(server, where.route, barConnections, options.warmupSeconds);
	return { ...where, round: 0, ...(await loadRound(server, where.route, barConnections, options.seconds, options.attempts)) };
}

/**
 * The speed of a machine that others use too changes within seconds, by more than what the bars are about. So a round
 * is one of the server and, right after it, one of the floor that its bar is read against.
 * @param {Options} options
 * @param {Places} places
 * @returns {Promise<FloorResult[]>}
 */
export async function measureFloors(options, places) {
	/** @type {FloorResult[]} */
	const results = [];
	const own = options.contenders.find(({ name }) => name === 'wellhead');
	for (const route of options.routes.filter((route) => plainRoutes.includes(route))) {
		for (const floor of options.floors) {
			const renderLoop = () => nsPerRender(floor, places, route, options.floorSeconds);
			const rounds = async (/** @type {Server | null} */ server) => {
				/** @type {Pick<FloorResult, 'nsPerRender' | 'server'>} */
				const measured = { nsPerRender: [], server: [] };
				if (server) await loadRound(server, route, barConnections, options.warmupSeconds);
				for (let round = 0; round < options.floorRounds; round += 1) {
					if (server) measured.server.push(await loadRound(server, route, barConnections, options.floorSeconds, options.attempts));
					measured.nsPerRender.push(await renderLoop());
				}
				if (server) {
					await verifiedPage(server, route);
					await rendersEveryRequest(server);
				}
				return measured;
			};
			const beside = own?.floor === floor.name ? own : null;
			const measured = await (beside ? withServer(beside, places, route, rounds) : rounds(null));
			const together = await Promise.all(Array.from({ length: processors }, renderLoop));
			results.push({ name: floor.name, route, ...measured, nsPerRenderTogether: median(together) });
		}
		progress(`  ${route}: ${options.floorRounds} rounds done`);
	}
	return results;
}

/**
 * CPU time, not time that passed: a server's CPU is compared with it, garbage collection and all.
 * @param {Floor} floor
 * @param {Places} places
 * @param {Route} route
 * @param {number} seconds
 */
async function nsPerRender(floor, places, route, seconds) {
	const printed = await run(floor.run(places, route, seconds), 300);
	const line = printed.trim().split('\n').at(-1) ?? '';
	const nanoseconds = /** @type {unknown} */ (JSON.parse(line).cpu_ns_per_render);
	if (typeof nanoseconds !== 'number' || !(nanoseconds > 0)) {
		throw new Error(`${floor.name} printed no cpu_ns_per_render: ${line}`);
	}
	return nanoseconds;
}

/**
 * One request each 20 ms, each on a connection of its own, each read to its end: about fifty are open at once.
 * @param {Options} options
 * @param {Places} places
 * @param {Contender} contender
 * @returns {Promise<StreamResult>}
 */
export function measureStream(options, places, contender) {
	return withServer(contender, places, '/stream', async (server) => {
		const url = `${server.url}/stream`;
		const send = async (/** @type {number} */ requests) => {
			/** @type {ReturnType<typeof timeBytes>[]} */
			const pending = [];
			for (let i = 0; i < requests; i += 1) {
				const response = timeBytes(url);
				// A failure is reported where all are awaited; until then it must not count as unhandled.
				response.catch(() => {});
				pending.push(response);
				await pause(20);
			}
			return Promise.all(pending);
		};
		await send(Math.ceil(options.streamRequests / 4));
		const responses = await send(options.streamRequests);
		const shortest = 1000;
		for (const { text, end } of responses) {
			const page = { status: 200, headers: { 'content-type': 'text/html' }, body: text, bytes: text.length };
			const fault = pageFault('/stream', page);
			if (fault) throw new Error(`${contender.name}: /stream ${fault}\n${text.slice(0, 2000)}`);
			if (end < shortest) throw new Error(`${contender.name}: /stream ended after ${end} ms: too early`);
		}
		return {
			contender: contender.name,
			firstByte: responses.map(({ firstByte }) => firstByte),
			firstBodyByte: responses.map(({ firstBodyByte }) => firstBodyByte),
			end: responses.map(({ end }) => end)
		};
	});
}

/**
 * From the spawn to the first 200 of /hello. The first starts, not counted, fill the caches.
 * @param {Options} options
 * @param {Places} places
 * @param {Contender[]} taking
 * @returns {Promise<StartResult[]>}
 */
export async function measureStarts(options, places, taking) {
	const results = taking.map(({ name }) => ({ contender: name, milliseconds: /** @type {number[]} */ ([]) }));
	const uncounted = 2;
	for (let i = 0; i < uncounted + options.starts; i += 1) {
		for (const [index, contender] of taking.entries()) {
			const took = await withServer(contender, places, '/hello', async (server) => server.readyMilliseconds);
			if (i >= uncounted) results[index].milliseconds.push(took);
		}
	}
	return results;
}

/**
 * Resident memory after the first and the last number of requests for /table, at rest.
 * @param {Options} options
 * @param {Places} places
 * @param {Contender} contender
 * @param {number} processes  one after the other: when garbage is collected differs from one to the next
 * @returns {Promise<MemoryResult>}
 */
export async function measureMemory(options, places, contender, processes) {
	const after = options.memoryRequests.map((requests) => ({ requests, kib: /** @type {number[]} */ ([]) }));
	for (let i = 0; i < processes; i += 1) {
		await withServer(contender, places, '/table', async (server) => {
			let sent = 0;
			for (const { requests, kib } of after) {
				await requestMany(`${server.url}/table`, requests - sent, 25);
				sent = requests;
				await pause(2000);
				kib.push(residentKib(server.pid));
			}
			await verifiedPage(server, '/table');
		});
	}
	return { contender: contender.name, after };
}

/**
 * Fetches every page of every rendering contender, and keeps one contender's as what the constant peers send.
 * @param {Options} options
 * @param {Places} places
 * @returns {Promise<Bytes>}
 */
export async function verifyContenders(options, places) {
	/** @type {Bytes} */
	const bytes = {};
	/** @type {Map<Route, { name: string, text: string }>} */
	const reference = new Map();
	// The table's order makes Wellhead the first, so constants are of its size whenever it takes part.
	for (const contender of options.contenders.filter(({ floor }) => floor !== null)) {
		bytes[contender.name] = {};
		await withServer(contender, places, '/hello', async (server) => {
			await rendersEveryRequest(server);
			for (const route of contender.routes) {
				progress(`  ${contender.name} ${route}`);
				const page = await verifiedPage(server, route);
				bytes[contender.name][route] = page.bytes;
				const text = comparable(page.body);
				const known = reference.get(route);
				if (!known) {
					reference.set(route, { name: contender.name, text });
					writeFileSync(places.body(route), page.body);
				} else if (known.text !== text) {
					throw new Error(`${contender.name} and ${known.name} render ${route} differently`);
				}
			}
		});
	}
	for (const contender of options.contenders.filter(({ floor }) => floor === null)) {
		bytes[contender.name] = {};
		for (const route of contender.routes) {
			if (!existsSync(places.body(route))) {
				throw new Error(`${contender.name} needs a page to send: add a contender that renders to --only`);
			}
			await withServer(contender, places, route, async (server) => {
				bytes[contender.name][route] = (await verifiedPage(server, route)).bytes;
			});
		}
	}
	return bytes;
}

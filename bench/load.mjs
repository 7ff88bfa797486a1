// One round of load on one server with wrk, and what the round cost the server.
import { fileURLToPath } from 'node:url';

import { processors } from './options.mjs';
import { run } from './processes.mjs';
import { cpuMicroseconds, machineMicroseconds, residentKib } from './procfs.mjs';

const reportScript = fileURLToPath(new URL('wrk-report.lua', import.meta.url));

/**
 * @typedef {object} Round
 * @property {number} requests
 * @property {number} requestsPerSecond
 * @property {number} p50  milliseconds
 * @property {number} p99
 * @property {number} cpuPerRequest  the server's user + system time per request, in milliseconds
 * @property {number} residentKib  right after the round
 * @property {number} errors  responses other than 2xx and 3xx, failed and timed-out sockets
 * @property {number} disturbance  share of all processors used by neither the server nor the load, or kept by the host
 * @property {number} repeats  how often the round was measured again because it was disturbed
 */

/** From this share on a round is measured again. */
const disturbed = 0.1;
/**
 * A round; where others used much of the machine meanwhile, it is measured again, and the one that they disturbed least
 * counts. What it measured has no part in that choice.
 * @param {import('./processes.mjs').Server} server
 * @param {string} route
 * @param {number} connections
 * @param {number} seconds
 * @param {number} attempts  how often it is measured at most
 * @param {typeof measureOnce} measure
 * @returns {Promise<Round>}
 */
export async function loadRound(server, route, connections, seconds, attempts = 1, measure = measureOnce) {
	let best = await measure(server, route, connections, seconds);
	let repeats = 0;
	while (best.disturbance > disturbed && repeats < attempts - 1) {
		repeats += 1;
		const again = await measure(server, route, connections, seconds);
		if (again.disturbance < best.disturbance) best = again;
	}
	return { ...best, repeats };
}

/**
 * @param {import('./processes.mjs').Server} server
 * @param {string} route
 * @param {number} connections
 * @param {number} seconds
 * @returns {Promise<Round>}
 */
async function measureOnce(server, route, connections, seconds) {
	const machineBefore = machineMicroseconds();
	const cpuBefore = cpuMicroseconds(server.pid);
	const begin = performance.now();
	const printed = await run(
		{
			command: 'wrk',
			args: [
				...['--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`],
				...['--timeout', '30s', '--script', reportScript, server.url + route]
			]
		},
		seconds + 60
	);
	const wallMicroseconds = (performance.now() - begin) * 1000;
	const cpu = cpuMicroseconds(server.pid) - cpuBefore;
	const machine = machineMicroseconds();
	const line = printed.split('\n').find((text) => text.startsWith('{'));
	if (!line) throw new Error(`wrk printed no figures:\n${printed}`);
	const wrk = JSON.parse(line);
	if (wrk.requests === 0) throw new Error(`${server.name} answered nothing on ${route}:\n${printed}`);
	const others = machine.busy - machineBefore.busy - (machine.own - machineBefore.own) - cpu;
	return {
		requests: wrk.requests,
		requestsPerSecond: (wrk.requests * 1e6) / wrk.duration,
		p50: wrk.p50 / 1000,
		p99: wrk.p99 / 1000,
		cpuPerRequest: cpu / wrk.requests / 1000,
		residentKib: residentKib(server.pid),
		errors: wrk.connect + wrk.read + wrk.write + wrk.status + wrk.timeout,
		disturbance: Math.max(0, others / (wallMicroseconds * processors)),
		repeats: 0
	};
}

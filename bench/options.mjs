// The command line: how long, how often and what is measured.
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { contenders, floors, throughputRoutes } from './contenders.mjs';

export const usage = `Compares Wellhead with its peers and writes bench/RESULTS.md.

Usage: node bench/run.mjs [options]

  --quick            short rounds, to see that everything works; writes no RESULTS.md unless --out says where
  --only A,B         only these contenders: ${contenders.map(({ name }) => name).join(', ')}
  --parts A,B        only these measurements: throughput, floor, stream, start, memory
  --routes A,B       throughput and floor of these pages only: ${throughputRoutes.map((route) => route.slice(1)).join(', ')}
  --rounds N         rounds per contender, page and number of connections
  --seconds N        length of a round
  --wellhead FILE    use this wellhead binary; without it the harness builds target/release/wellhead
  --no-build         use what the last run built
  --out FILE         where the table goes
  --json FILE        every round, as JSON
  --help             this text

Example: node bench/run.mjs --quick --only sveltekit-1,node-render --routes table
`;

const allParts = /** @type {const} */ (['throughput', 'floor', 'stream', 'start', 'memory']);
/** @typedef {(typeof allParts)[number]} Part */

/**
 * @typedef {object} Options
 * @property {string} command  as it was given, but for the paths of this machine
 * @property {boolean} help
 * @property {boolean} quick
 * @property {boolean} partial  something was left out by an option
 * @property {import('./contenders.mjs').Contender[]} contenders
 * @property {import('./contenders.mjs').Floor[]} floors  none where the floor is not measured
 * @property {Part[]} parts
 * @property {import('./contenders.mjs').Route[]} routes
 * @property {number[]} connections
 * @property {number} rounds
 * @property {number} seconds  length of a round
 * @property {number} attempts  how often a round is measured at most, when others disturb it
 * @property {number} warmupSeconds
 * @property {number} floorRounds
 * @property {number} floorSeconds  of a round of the server, and of a loop to warm up and to measure
 * @property {number} streamRequests
 * @property {number} starts
 * @property {number[]} memoryRequests  the two numbers of requests after which memory is compared
 * @property {number} memoryProcesses  how many processes of Wellhead that is measured in
 * @property {string | null} wellhead
 * @property {boolean} build
 * @property {string | null} out
 * @property {string | null} json
 */

/**
 * @template T
 * @param {string} option
 * @param {string | undefined} given  comma-separated names
 * @param {readonly T[]} all
 * @param {(item: T) => string} nameOf
 * @returns {T[]}
 */
function select(option, given, all, nameOf) {
	if (given === undefined) return [...all];
	return given.split(',').map((name) => {
		const found = all.find((item) => nameOf(item) === name);
		if (found === undefined) {
			throw new Error(`--${option} does not know '${name}', only: ${all.map(nameOf).join(', ')}`);
		}
		return found;
	});
}

/**
 * @param {string} option
 * @param {string | undefined} given
 * @param {number} fallback
 */
function positive(option, given, fallback) {
	if (given === undefined) return fallback;
	const value = Number(given);
	if (!Number.isInteger(value) || value < 1 || value > 1000) {
		throw new Error(`--${option} takes a whole number from 1 to 1000, not '${given}'`);
	}
	return value;
}

/** Options that name a path, which says nothing on another machine: the report shows FILE. */
const files = ['wellhead', 'out', 'json'];

/**
 * @param {string[]} args
 * @param {string} defaultOut
 * @returns {Options}
 */
export function parseOptions(args, defaultOut) {
	const { values, tokens } = parseArgs({
		args,
		tokens: true,
		options: {
			quick: { type: 'boolean', default: false },
			only: { type: 'string' },
			parts: { type: 'string' },
			routes: { type: 'string' },
			rounds: { type: 'string' },
			seconds: { type: 'string' },
			wellhead: { type: 'string' },
			'no-build': { type: 'boolean', default: false },
			out: { type: 'string' },
			json: { type: 'string' },
			help: { type: 'boolean', default: false }
		}
	});
	const quick = values.quick === true;
	const partial = Boolean(values.only ?? values.parts ?? values.routes);
	const parts = select('parts', values.parts, allParts, (part) => part);
	const given = tokens.flatMap((token) => {
		if (token.kind !== 'option') return [];
		if (token.value === undefined) return [token.rawName];
		return [token.rawName, files.includes(token.name) ? 'FILE' : token.value];
	});
	return {
		command: ['node bench/run.mjs', ...given].join(' '),
		help: values.help === true,
		quick,
		partial,
		contenders: select('only', values.only, contenders, ({ name }) => name),
		floors: parts.includes('floor') ? floors : [],
		parts,
		routes: select('routes', values.routes, throughputRoutes, (route) => route.slice(1)),
		connections: [1, 25, 100],
		rounds: positive('rounds', values.rounds, quick ? 2 : 5),
		seconds: positive('seconds', values.seconds, quick ? 1 : 4),
		attempts: quick ? 1 : 3,
		warmupSeconds: quick ? 1 : 5,
		floorRounds: quick ? 2 : 11,
		floorSeconds: quick ? 1 : 2,
		streamRequests: quick ? 30 : 200,
		starts: quick ? 3 : 20,
		memoryRequests: quick ? [1_000, 3_000] : [1_000, 100_000],
		memoryProcesses: quick ? 1 : 5,
		wellhead: values.wellhead === undefined ? null : resolve(values.wellhead),
		build: values['no-build'] !== true,
		out: values.out ? resolve(values.out) : quick || partial ? null : defaultOut,
		json: values.json ? resolve(values.json) : null
	};
}

/** How many processors the load generator and the servers share. */
export const processors = cpus().length;

// The command line: how long, how often and who is measured.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { contenders } from './contenders.mjs';

export const usage = `Compares live pages of Wellhead with its peers and writes bench/live/RESULTS.md.

Usage: node bench/live/run.mjs [options]

  --quick            one short round, to see that everything works; writes no RESULTS.md unless --out says where
  --only A,B         only these contenders: ${contenders.map(({ name }) => name).join(', ')}
  --rounds N         rounds for each contender
  --seconds N        length of a measurement
  --wellhead FILE    use this wellhead binary; without it the harness builds target/release/wellhead
  --load FILE        use this wellhead-bench binary; without it the harness builds target/release/wellhead-bench
  --no-build         use what the last run built
  --out FILE         where the table goes
  --json FILE        every round, as JSON
  --help             this text
`;

/**
 * @typedef {object} Options
 * @property {string} command  as it was given, but for the paths of this machine
 * @property {boolean} help
 * @property {boolean} quick
 * @property {boolean} partial  something was left out by an option
 * @property {import('./contenders.mjs').Contender[]} contenders
 * @property {number} rounds
 * @property {number} seconds
 * @property {number} warmupSeconds
 * @property {number} idle  how many pages are open while nothing happens, side by side
 * @property {number} many  how many pages the bars are about that name ten thousand
 * @property {number} broadcasts
 * @property {string | null} wellhead
 * @property {string | null} load
 * @property {boolean} build
 * @property {string | null} out
 * @property {string | null} json
 */

/**
 * @param {string} option
 * @param {string | undefined} given
 * @param {number} fallback
 * @param {number} most
 */
function positive(option, given, fallback, most) {
	if (given === undefined) return fallback;
	const value = Number(given);
	if (!Number.isInteger(value) || value < 1 || value > most) {
		throw new Error(`--${option} takes a whole number from 1 to ${most}, not '${given}'`);
	}
	return value;
}

/** @param {string | undefined} given */
function selected(given) {
	if (given === undefined) return contenders;
	return given.split(',').map((name) => {
		const found = contenders.find((contender) => contender.name === name);
		if (!found) throw new Error(`--only does not know '${name}', only: ${contenders.map(({ name }) => name).join(', ')}`);
		return found;
	});
}

/** Options that name a path, which says nothing on another machine: the report shows FILE. */
const files = ['wellhead', 'load', 'out', 'json'];

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
			rounds: { type: 'string' },
			seconds: { type: 'string' },
			wellhead: { type: 'string' },
			load: { type: 'string' },
			'no-build': { type: 'boolean', default: false },
			out: { type: 'string' },
			json: { type: 'string' },
			help: { type: 'boolean', default: false }
		}
	});
	const quick = values.quick === true;
	const partial = values.only !== undefined;
	const given = tokens.flatMap((token) => {
		if (token.kind !== 'option') return [];
		if (token.value === undefined) return [token.rawName];
		return [token.rawName, files.includes(token.name) ? 'FILE' : token.value];
	});
	const path = (/** @type {string | undefined} */ file) => (file === undefined ? null : resolve(file));
	return {
		command: ['node bench/live/run.mjs', ...given].join(' '),
		help: values.help === true,
		quick,
		partial,
		contenders: selected(values.only),
		rounds: positive('rounds', values.rounds, quick ? 1 : 3, 20),
		seconds: positive('seconds', values.seconds, quick ? 2 : 10, 60),
		warmupSeconds: quick ? 1 : 3,
		idle: quick ? 100 : 1_000,
		many: quick ? 500 : 10_000,
		broadcasts: 5,
		wellhead: path(values.wellhead),
		load: path(values.load),
		build: values['no-build'] !== true,
		out: path(values.out) ?? (quick || partial ? null : defaultOut),
		json: path(values.json)
	};
}

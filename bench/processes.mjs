// Starts commands and servers, and ends each by its own process id.
import { spawn } from 'node:child_process';

import { getPage } from './client.mjs';
import { processTree } from './procfs.mjs';

/** @typedef {import('./contenders.mjs').Command} Command */
/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/**
 * @typedef {object} Server
 * @property {string} name
 * @property {string} url
 * @property {number} pid
 * @property {number} readyMilliseconds  from the spawn to the first 200
 * @property {() => Promise<void>} stop
 */

const keptOutput = 64 * 1024;
const readyWithinMilliseconds = 30_000;
const stopWithinMilliseconds = 10_000;

/** Everything started and not ended yet. @type {Set<ChildProcess>} */
const running = new Set();

/** @param {Command} command */
const shown = ({ command, args }) => [command, ...args].join(' ');

/** @param {Command} command */
function start({ command, args, cwd, env }) {
	const child = spawn(command, args, {
		cwd,
		env: { ...process.env, ...env },
		stdio: ['ignore', 'pipe', 'pipe']
	});
	running.add(child);
	let output = '';
	let stdout = '';
	const keep = (/** @type {string} */ text) => {
		output = (output + text).slice(-keptOutput);
	};
	child.stdout.setEncoding('utf8').on('data', (text) => {
		keep(text);
		stdout = (stdout + text).slice(-keptOutput);
	});
	child.stderr.setEncoding('utf8').on('data', keep);
	/** @type {Promise<string>} */
	const ended = new Promise((resolve) => {
		child.on('error', (error) => {
			running.delete(child);
			resolve(`could not start: ${error.message}`);
		});
		child.on('close', (code, signal) => {
			running.delete(child);
			resolve(signal ? `ended by ${signal}` : `ended with code ${code}`);
		});
	});
	return { child, ended, output: () => output, stdout: () => stdout };
}

/**
 * Runs a command to its end.
 * @param {Command} command
 * @param {number} seconds  how long it may take
 * @returns {Promise<string>} what it printed to stdout (the last 64 KiB)
 */
export async function run(command, seconds) {
	const started = start(command);
	const timer = setTimeout(() => started.child.kill('SIGKILL'), seconds * 1000);
	const how = await started.ended;
	clearTimeout(timer);
	if (how !== 'ended with code 0') {
		throw new Error(`\`${shown(command)}\` ${how} (limit ${seconds} s)\n${started.output()}`);
	}
	return started.stdout();
}

/**
 * Starts a server, waits until it prints its address and answers `path` with 200.
 * @param {string} name
 * @param {Command} command
 * @param {string} path
 * @returns {Promise<Server>}
 */
export async function startServer(name, command, path) {
	const begin = performance.now();
	const { child, ended, output } = start(command);
	/** @type {string | null} */
	let how = null;
	ended.then((text) => (how = text));
	const url = /http:\/\/(?:127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1?\]):(\d+)/;
	let last = 'printed no http://127.0.0.1:PORT';
	for (;;) {
		if (how !== null) {
			throw new Error(`${name} did not start: \`${shown(command)}\` ${how}\n${output()}`);
		}
		const port = output().match(url)?.[1];
		if (port) {
			const base = `http://127.0.0.1:${port}`;
			const status = await getPage(base + path).then((page) => page.status, (error) => error.message);
			if (status === 200) {
				const readyMilliseconds = performance.now() - begin;
				const pid = /** @type {number} */ (child.pid);
				return { name, url: base, pid, readyMilliseconds, stop: () => stop(name, child, ended) };
			}
			last = `${path} gave ${status}`;
		}
		if (performance.now() - begin > readyWithinMilliseconds) {
			await stop(name, child, ended);
			throw new Error(
				`${name} was not ready within ${readyWithinMilliseconds / 1000} s: ${last}\n\`${shown(command)}\`\n${output()}`
			);
		}
		await new Promise((resolve) => setTimeout(resolve, 1));
	}
}

/**
 * @param {string} name
 * @param {ChildProcess} child
 * @param {Promise<string>} ended
 */
async function stop(name, child, ended) {
	const tree = child.pid ? processTree(child.pid) : [];
	child.kill('SIGTERM');
	const timer = setTimeout(() => {
		console.error(`${name} did not end within ${stopWithinMilliseconds / 1000} s of SIGTERM: killed`);
		killAll(tree);
	}, stopWithinMilliseconds);
	await ended;
	clearTimeout(timer);
}

/** @param {number[]} pids */
function killAll(pids) {
	for (const pid of pids) {
		try {
			process.kill(pid, 'SIGKILL');
		} catch {
			// It has ended meanwhile.
		}
	}
}

/** Ends what is still running, when the harness itself ends early. */
export function endEverything() {
	for (const child of running) {
		if (child.pid) killAll(processTree(child.pid));
	}
}

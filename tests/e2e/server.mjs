// A server process under test: started, waited for, logged, ended.
import { spawn } from 'node:child_process';

/** How long a server may take to answer or to end before the test calls it hung. */
const patience = 60_000;
/** What is kept of a server's output. */
const longestLog = 1_000_000;

/**
 * @typedef {object} Server
 * @property {string} url  where it answers, without a slash at the end
 * @property {() => string} log  the last megabyte of its output
 * @property {import('node:child_process').ChildProcess} process
 * @property {() => Promise<void>} stop  asks it to end (SIGTERM); rejects unless it ends by itself with code 0
 */

/**
 * Starts a program that prints the address it listens on.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]  added to the environment
 * @returns {Promise<Server>}
 */
export async function startServer(program, args, env = {}) {
	const child = spawn(program, args, {
		env: { ...process.env, ...env },
		stdio: ['ignore', 'pipe', 'pipe']
	});
	let log = '';
	/** @type {Promise<number | string | null>} */
	const ended = new Promise((resolve) => {
		child.once('error', (error) => resolve(error.message));
		child.once('close', (code, signal) => resolve(signal ?? code));
	});
	/** @type {Promise<string>} */
	const address = new Promise((resolve) => {
		/** @param {Buffer} chunk */
		const read = (chunk) => {
			log = (log + chunk.toString()).slice(-longestLog);
			// The character after it shows that the port is complete.
			const found = /http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+(?=\D)/.exec(log);
			if (found) resolve(found[0]);
		};
		child.stdout.on('data', read);
		child.stderr.on('data', read);
	});
	// A test process that ends early takes its server with it.
	const kill = () => void child.kill('SIGKILL');
	process.once('exit', kill);
	void ended.then(() => process.off('exit', kill));

	const command = [program, ...args].join(' ');
	const outcome = await within(
		Promise.race([address.then((url) => ({ url })), ended.then((code) => ({ code }))])
	);
	if (outcome === undefined || 'code' in outcome) {
		kill();
		const why = outcome ? `ended (${outcome.code})` : `said nothing for ${patience / 1000} s`;
		throw new Error(`${command} ${why} before it printed an address\n${log}`);
	}
	return {
		url: outcome.url,
		log: () => log,
		process: child,
		async stop() {
			child.kill('SIGTERM');
			const code = await within(ended);
			if (code === 0) return;
			kill();
			const how = code === undefined ? 'did not end' : `ended with ${code}`;
			throw new Error(`${command} ${how} after SIGTERM\n${log}`);
		}
	};
}

/**
 * What the promise brings, or nothing if it takes too long.
 *
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T | undefined>}
 */
async function within(promise) {
	/** @type {NodeJS.Timeout | undefined} */
	let timer;
	/** @type {Promise<undefined>} */
	const late = new Promise((resolve) => (timer = setTimeout(() => resolve(undefined), patience)));
	try {
		return await Promise.race([promise, late]);
	} finally {
		clearTimeout(timer);
	}
}

// An app that is developed: a copy of its folder that a test may change, and `wellhead dev` in it.
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { visit } from './browser.mjs';
import * as places from './places.mjs';
import { startServer } from './server.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/**
 * @typedef {object} Development
 * @property {string} url  where it answers, without a slash at the end
 * @property {() => string} log
 * @property {(file: string) => Promise<string>} read
 * @property {(file: string, text: string | Buffer) => Promise<void>} write  as editors do: beside it, then in its place
 * @property {(file: string, from: string, to: string) => Promise<void>} replace
 * @property {(file: string) => Promise<void>} remove
 * @property {() => Promise<void>} settle  waits until what was written is built
 * @property {() => Promise<void>} restore  makes every file what it was, and waits until that is built
 * @property {() => Promise<void>} stop
 */

/**
 * Copies an app of `tests/e2e/apps` or `examples` to a temporary folder, with its packages or those of the tests.
 *
 * @param {string} app
 * @returns {Promise<{ folder: string, forget: () => Promise<void> }>}
 */
export async function copied(app) {
	const folder = await mkdtemp(join(tmpdir(), `wellhead-${app}-`));
	// What was just killed may still write.
	const forget = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
	try {
		const own = join(here, 'apps', app);
		const source = existsSync(own) ? own : join(here, '../../examples', app);
		await cp(source, folder, {
			recursive: true,
			filter: (path) => !/\/(node_modules|build|\.wellhead)$/.test(path)
		});
		const modules = join(source, 'node_modules');
		await symlink(existsSync(modules) ? modules : join(here, 'node_modules'), join(folder, 'node_modules'));
		return { folder, forget };
	} catch (error) {
		await forget();
		throw error;
	}
}

/**
 * Copies an app as `copied` does, and develops it there.
 *
 * @param {string} app
 * @param {string[]} args  of `wellhead dev`, beside the folder and the port
 * @returns {Promise<Development>}
 */
export async function develop(app, ...args) {
	const { folder, forget } = await copied(app);
	try {
		const env = { WELLHEAD_ENGINE_ENGINE: places.engine, WELLHEAD_ENGINE_WORKERS: '1' };
		const server = await startServer(places.wellhead, ['dev', folder, '--port', '0', ...args], env);
		// Nothing is cached yet, and an example is larger than what else is tested.
		await until(() => server.log().includes('built in'), 'the first build is done', 300_000).catch((error) => {
			server.process.kill('SIGKILL');
			throw new Error(`${error.message}\n${server.log()}`);
		});
		/** @param {string} file */
		const read = (file) => readFile(join(folder, file), 'utf8');
		/** What files were that a test has changed; nothing for those that were not there. @type {Map<string, string | undefined>} */
		const changed = new Map();
		let settled = 0;
		/** @param {string} file */
		const note = async (file) => {
			if (!changed.has(file)) changed.set(file, await read(file).catch(() => undefined));
		};
		/** @type {Development['write']} */
		const write = async (file, text) => {
			await note(file);
			const draft = join(folder, `${file}~`);
			await mkdir(dirname(draft), { recursive: true });
			await writeFile(draft, text);
			await rename(draft, join(folder, file));
		};
		const settle = async () => {
			// A name that means nothing tells in the log which build is the first with all that was written before.
			const mark = `name-${++settled}`;
			await write('wellhead.toml', (await read('wellhead.toml')).replace(/^name = .*$/m, `name = "${mark}"`));
			const built = new RegExp(`app\\.name = "${mark}"[^]*built in`);
			await until(() => built.test(server.log()), `a build after ${mark}`);
		};
		return {
			url: server.url,
			log: server.log,
			read,
			write,
			async replace(file, from, to) {
				const text = await read(file);
				if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
				await write(file, text.replace(from, to));
			},
			async remove(file) {
				await note(file);
				await rm(join(folder, file));
			},
			settle,
			async restore() {
				if (changed.size === 0) return;
				for (const [file, text] of changed) {
					if (text === undefined) await rm(join(folder, file), { force: true });
					else await write(file, text);
				}
				await settle();
				changed.clear();
			},
			async stop() {
				await server.stop();
				await forget();
			}
		};
	} catch (error) {
		await forget();
		throw error;
	}
}

/**
 * Gives what declares tests that visit a developed app, each with a fresh page; what it has changed is restored after it.
 *
 * @param {() => { app: Development, browser: import('playwright-core').Browser }} developed  asked when a test runs
 */
export const devTests =
	(developed) =>
	/**
	 * @param {string} name
	 * @param {(visit: import('./browser.mjs').Visit) => Promise<void>} body
	 */
	(name, body) =>
		test(name, { timeout: 120_000 }, async () => {
			const { app, browser } = developed();
			try {
				await visit(browser, { name: `dev ${name}`, url: app.url, log: app.log }, body);
			} finally {
				await app.restore();
			}
		});

/**
 * Waits for something that happens in the background, such as a line of a log.
 *
 * @param {() => boolean} condition
 * @param {string} what  for the error, should it never happen
 * @param {number} [patience]  in milliseconds
 */
export async function until(condition, what, patience = 30_000) {
	const deadline = Date.now() + patience;
	while (!condition()) {
		if (Date.now() > deadline) throw new Error(`it never came that ${what}`);
		// Between two looks, the build that is waited for has the processor.
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}

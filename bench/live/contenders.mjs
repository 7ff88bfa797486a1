// Who is compared in live pages, how each is set up and how each is started.
import { join } from 'node:path';

/** @typedef {import('../contenders.mjs').Command} Command */
/** @typedef {'wellhead' | 'liveviewjs' | 'nicegui'} Name */

/**
 * Paths that the commands need.
 * @typedef {object} Places
 * @property {string} repository  the checkout
 * @property {string} live  its `bench/live`
 * @property {string} work  `bench/.work/live`, everything built
 * @property {string} wellhead  the `wellhead` binary
 * @property {boolean} buildWellhead
 * @property {string} load  the `wellhead-bench` binary
 * @property {boolean} buildLoad
 */

/**
 * @typedef {object} Contender
 * @property {Name} name
 * @property {string} label
 * @property {(places: Places) => Command[]} packages  installs what its lock file names; run again when that file changes
 * @property {(places: Places) => string | null} lock
 * @property {(places: Places) => string} installed  what is there when they are
 * @property {(places: Places) => Command[]} build
 * @property {(places: Places, port: number) => Command} start  must print `http://127.0.0.1:PORT`
 */

/** Connections that a server of a bar must take, all of them from this machine. */
const connections = '20000';

/** @param {Places} places @param {...string} path */
const peer = (places, ...path) => join(places.live, 'peers', ...path);

/** @param {Places} places @param {string} program */
const inVenv = (places, program) => join(places.work, 'nicegui/bin', program);

/** @type {Contender[]} */
export const contenders = [
	{
		name: 'wellhead',
		label: 'Wellhead',
		packages: () => [],
		lock: () => null,
		installed: (places) => places.live,
		build: (places) => [
			...(places.buildWellhead
				? [{ command: 'cargo', args: ['build', '--release', '--package', 'wellhead-cli'], cwd: places.repository }]
				: []),
			{ command: places.wellhead, args: ['build', places.live, '--out', join(places.work, 'wellhead')] }
		],
		start: (places, port) => ({
			command: places.wellhead,
			args: ['serve', join(places.work, 'wellhead'), '--port', String(port)],
			env: {
				WELLHEAD_LIVE_CONNECTIONS_PER_ADDRESS: connections,
				WELLHEAD_LIVE_PARKED: connections,
				WELLHEAD_SERVER_MAX_CONNECTIONS: connections,
				WELLHEAD_LOG_ACCESS: 'false'
			}
		})
	},
	{
		name: 'liveviewjs',
		label: 'LiveViewJS',
		packages: (places) => [
			{ command: 'npm', args: ['ci', '--no-audit', '--no-fund', '--loglevel=error'], cwd: peer(places, 'liveviewjs') }
		],
		lock: (places) => peer(places, 'liveviewjs/package-lock.json'),
		installed: (places) => peer(places, 'liveviewjs/node_modules'),
		build: (places) => [
			{
				command: process.execPath,
				args: ['build.js', join(places.work, 'liveviewjs/client.js')],
				cwd: peer(places, 'liveviewjs')
			}
		],
		start: (places, port) => ({
			command: process.execPath,
			args: [peer(places, 'liveviewjs/server.js'), String(port), join(places.work, 'liveviewjs')],
			env: { NODE_ENV: 'production' }
		})
	},
	{
		name: 'nicegui',
		label: 'NiceGUI',
		packages: (places) => [
			{ command: 'python3', args: ['-m', 'venv', join(places.work, 'nicegui')] },
			{
				command: inVenv(places, 'python'),
				args: ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', peer(places, 'nicegui/requirements.txt')]
			}
		],
		lock: (places) => peer(places, 'nicegui/requirements.txt'),
		installed: (places) => inVenv(places, 'python'),
		build: () => [],
		start: (places, port) => ({
			command: inVenv(places, 'python'),
			args: [peer(places, 'nicegui/server.py'), String(port)],
			// It keeps a folder beside where it was started.
			cwd: places.work
		})
	}
];

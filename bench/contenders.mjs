// Who is compared, how each is built and how each is started. This table is all that names a contender's commands.
import { join } from 'node:path';

/** @typedef {'/hello' | '/table' | '/table-universal' | '/spiral' | '/stream' | '/fresh'} Route */
/** @typedef {'floor-v8' | 'floor-node'} FloorName */
/** @typedef {{ command: string, args: string[], cwd?: string, env?: Record<string, string> }} Command */

/**
 * Paths that the commands need.
 * @typedef {object} Places
 * @property {string} repository  the checkout
 * @property {string} bench  its `bench/`
 * @property {string} app  `bench/app`
 * @property {string} work  `bench/.work`, everything built
 * @property {string} node  the Node binary from npm that runs every Node peer
 * @property {string} wellhead  the `wellhead` binary
 * @property {boolean} buildWellhead  whether the harness builds that binary
 * @property {(route: Route) => string} body  file that holds the page to send as a constant
 */

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {string} label
 * @property {Route[]} routes  the pages it can serve
 * @property {FloorName | null} floor  of the engine that renders each request; null where a constant is sent
 * @property {('start' | 'memory')[]} also  the other measurements it takes part in
 * @property {(places: Places) => Command[]} build
 * @property {(places: Places, route: Route) => Command} start  must print `http://127.0.0.1:PORT`
 */

/** The pages whose throughput is measured. @type {Route[]} */
export const throughputRoutes = ['/hello', '/table', '/table-universal', '/spiral'];

/** The pages that differ where there is no framework: there, *table-universal* is *table*. @type {Route[]} */
export const plainRoutes = ['/hello', '/table', '/spiral'];

/** The pages that are *fresh*, but for the one UUID there that each render makes. @type {Route[]} */
export const likeFresh = ['/table', '/table-universal'];

/** @type {Route[]} */
const allRoutes = [...throughputRoutes, '/stream'];

/** @param {Places} places @param {...string} args @returns {Command} */
const vite = (places, ...args) => ({
	command: places.node,
	args: [join(places.app, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn', ...args],
	cwd: places.app
});

/** @param {Places} places */
const noFramework = (places) => vite(places, '--config', 'no-framework/vite.config.js');

/** @param {Places} places */
const pages = (places) => join(places.work, 'pages/pages.mjs');

const production = { NODE_ENV: 'production' };

/** @type {Contender[]} */
export const contenders = [
	{
		name: 'wellhead',
		label: 'Wellhead',
		routes: allRoutes,
		floor: 'floor-v8',
		also: ['start', 'memory'],
		build: (places) => [
			...(places.buildWellhead
				? [
						{
							command: 'cargo',
							args: ['build', '--release', '--package', 'wellhead-cli'],
							cwd: places.repository
						}
					]
				: []),
			{
				command: places.wellhead,
				args: ['build', places.app, '--out', join(places.work, 'wellhead')]
			}
		],
		// Nothing is tuned: the defaults decide the engine, the number of isolates and the limits.
		start: (places) => ({
			command: places.wellhead,
			args: ['serve', join(places.work, 'wellhead'), '--port', '0']
		})
	},
	{
		name: 'sveltekit-1',
		label: 'SvelteKit, 1 process',
		routes: allRoutes,
		floor: 'floor-node',
		also: ['start', 'memory'],
		build: (places) => [vite(places)],
		start: (places) => ({
			command: places.node,
			args: [join(places.work, 'sveltekit/index.js')],
			env: { ...production, HOST: '127.0.0.1', PORT: '0' }
		})
	},
	{
		name: 'sveltekit-2',
		label: 'SvelteKit, 2 processes',
		routes: throughputRoutes,
		floor: 'floor-node',
		also: [],
		// Runs what sveltekit-1 built, and builds it when that one is left out.
		build: (places) => [vite(places)],
		start: (places) => ({
			command: places.node,
			args: [join(places.bench, 'peers/cluster.mjs'), join(places.work, 'sveltekit/index.js'), '2'],
			env: production
		})
	},
	{
		name: 'node-render',
		label: 'node:http + `render`',
		routes: plainRoutes,
		floor: 'floor-node',
		also: ['start'],
		build: (places) => [noFramework(places)],
		start: (places) => ({
			command: places.node,
			args: [
				join(places.bench, 'peers/render.mjs'),
				pages(places),
				join(places.app, 'src/app.sveltekit.html')
			],
			env: production
		})
	},
	{
		name: 'node-constant',
		label: 'node:http, constant',
		routes: plainRoutes,
		floor: null,
		also: [],
		build: () => [],
		start: (places, route) => ({
			command: places.node,
			args: [join(places.bench, 'peers/constant.mjs'), places.body(route)],
			env: production
		})
	},
	{
		name: 'axum-constant',
		label: 'axum, constant',
		routes: ['/hello'],
		floor: null,
		also: [],
		build: (places) => [
			{
				command: 'cargo',
				args: ['build', '--release', '--locked'],
				cwd: join(places.bench, 'axum-constant')
			}
		],
		start: (places, route) => ({
			command: join(places.bench, 'axum-constant/target/release/axum-constant'),
			args: [places.body(route)]
		})
	}
];

/**
 * `render()` in a loop with no HTTP. The last line that each command prints is JSON, with user and system time of the process
 * as `cpu_ns_per_render`.
 * @typedef {object} Floor
 * @property {FloorName} name
 * @property {(places: Places) => Command[]} build
 * @property {(places: Places, route: Route, seconds: number) => Command} run
 */

/** @type {Floor[]} */
export const floors = [
	{
		name: 'floor-v8',
		build: (places) => [
			noFramework(places),
			{
				command: 'cargo',
				args: ['build', '--release', '--package', 'wellhead-js', '--example', 'floor'],
				cwd: places.repository
			}
		],
		run: (places, route, seconds) => ({
			command: join(places.repository, 'target/release/examples/floor'),
			args: [pages(places), route, String(seconds)]
		})
	},
	{
		name: 'floor-node',
		build: (places) => [noFramework(places)],
		run: (places, route, seconds) => ({
			command: places.node,
			args: [join(places.bench, 'peers/floor.mjs'), pages(places), route, String(seconds)],
			env: production
		})
	}
];

// Live pages with a server that does what the test says: no app and no server of Wellhead is needed.
//
//     liveTest('a click is an event', { body: '<button @click="more">0</button>' }, async ({ page, server }) => {
//         await page.getByRole('button').click();
//         await server.expect({ type: 'event', component: 0, handler: 'more' });
//         server.patch(1, { op: 'setText', node: 3, text: '1' });
//     });
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

import { launch, visit } from './browser.mjs';
import { accept } from './socket.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** @type {typeof import('../../packages/node_modules/esbuild/lib/main.js')} */
const { build } = createRequire(`${root}/packages/package.json`)('esbuild');

/** @typedef {Record<string, any>} Json  a message of the protocol, up or down */
/** @typedef {import('./socket.mjs').Socket} Socket */

/**
 * @typedef {object} LiveOptions
 * @property {string} [body]  what the component shows first
 * @property {string[]} [bodies]  of several components; their containers are #c0, #c1, …
 * @property {string} [around]  markup after the containers
 * @property {string} [before]  a script that runs before the client
 * @property {Json} [joined]  fields of `joined` that differ
 * @property {Json} [block]  fields of the page's block that differ
 * @property {string} [search]  of the address
 * @property {'inside' | 'development'} [client]
 * @property {boolean} [later]  the test visits the page itself
 * @property {string[]} [launch]  what Playwright turns off and the test does not want it to
 */

/** The client, as modules. @type {Promise<Map<string, string>> | undefined} */
let bundle;
async function bundled() {
	const { outputFiles } = await build({
		entryPoints: ['inside', 'development'].map((name) => fileURLToPath(new URL(`live/${name}.ts`, import.meta.url))),
		bundle: true,
		splitting: true,
		write: false,
		format: 'esm',
		target: 'es2022',
		outdir: '/client'
	});
	return new Map(outputFiles.map(({ path, text }) => [path, text]));
}

const heartbeat = 30_000;

/** The server of one test. */
export class LiveServer {
	/** @type {LiveOptions} */
	options;
	/** The connection that was made last. @type {Socket | null} */
	socket = null;
	/** How many connections there were. */
	connections = 0;
	/** What came of the browser and was not looked at yet. @type {Json[]} */
	heard = [];
	/** How many connections were not taken. */
	refused = 0;
	/** How connections ended. @type {number[]} */
	closed = [];
	/** All that was asked for over HTTP. @type {string[]} */
	requests = [];
	/** Answers to joins; without one they are not answered. @type {((join: Json) => Json | null) | null} */
	answer;
	/** Whether documents and sockets are answered. */
	isUp = true;
	/** Whether sockets are taken; documents are all the same. */
	takesSockets = true;
	url = '';
	/** @type {Set<() => void>} */
	#waiting = new Set();

	/** @param {LiveOptions} options */
	constructor(options) {
		this.options = { ...options };
		this.answer = (join) => ({
			type: 'joined',
			session: 's1',
			stream: join.resume ? 'continued' : 'new',
			events: join.resume?.events ?? 0,
			heartbeat,
			limits: { message: 262_144, chunk: 65_536, events: 50 },
			components: join.components.map((/** @type {Json} */ _, /** @type {number} */ component) => ({ component, state: 'current' })),
			...this.options.joined
		});
	}

	#look() {
		for (const look of [...this.#waiting]) look();
	}

	/** Waits until something is there. @template T @param {() => T | undefined | null | false} get @param {() => string} what @returns {Promise<T>} */
	async until(get, what = () => 'something') {
		const deadline = AbortSignal.timeout(15_000);
		for (;;) {
			const found = get();
			if (found) return found;
			await new Promise((resolve, reject) => {
				const look = () => {
					this.#waiting.delete(look);
					resolve(undefined);
				};
				this.#waiting.add(look);
				deadline.addEventListener('abort', () => reject(new Error(`the browser did not send ${what()}; it sent ${JSON.stringify(this.heard, null, 1)}`)));
			});
		}
	}

	/** The next message of a type. Those before it, but for heartbeats and acks, are an error. @param {string} type @returns {Promise<Json>} */
	async next(type) {
		const message = await this.until(
			() => {
				const quiet = this.heard.filter((message) => message.type === type || !/^(heartbeat|ack)$/.test(message.type));
				const [first] = quiet;
				if (!first) return null;
				assert.equal(first.type, type, JSON.stringify(first));
				this.heard.splice(0, this.heard.indexOf(first) + 1);
				return first;
			},
			() => type
		);
		return message;
	}

	/** The next message is this one. @param {Json} message */
	async expect(message) {
		assert.deepEqual(await this.next(message.type), message);
	}

	/** Some message is, or will be, this one; those before it do not matter. @param {Json} message */
	async eventually(message) {
		await this.until(
			() => {
				const at = this.heard.findIndex((other) => Object.entries(message).every(([name, value]) => isDeepStrictEqual(other[name], value)));
				if (at < 0) return false;
				this.heard.splice(0, at + 1);
				return true;
			},
			() => JSON.stringify(message)
		);
	}

	/** @param {Json} message */
	send(message) {
		this.socket?.send(JSON.stringify(message));
	}

	/** @param {number | number[]} settled @param {Json[]} operations */
	patch(settled, ...operations) {
		this.send({ type: 'patch', settled, operations });
	}

	/** Waits for another connection, and its join. @param {number} count */
	async connection(count) {
		await this.until(() => this.connections >= count, () => `connection ${count}`);
		return this.next('join');
	}

	/** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
	async serve(request, response) {
		const { pathname } = new URL(request.url ?? '/', 'http://localhost');
		this.requests.push(`${request.method} ${request.url}`);
		this.#look();
		const file = (await (bundle ??= bundled())).get(pathname);
		if (file !== undefined) return void response.writeHead(200, { 'content-type': 'text/javascript', 'cache-control': 'max-age=3600' }).end(file);
		if (!this.isUp) return void response.writeHead(503).end();
		response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(this.document());
	}

	document() {
		const { body = '', bodies = [body], around = '', block, client = 'inside' } = this.options;
		const components = bodies.map((_, index) => ({ id: `c${index}`, token: `t${index}`, digest: `${index + 1}`.repeat(16) }));
		const containers = bodies.map((body, index) => `<div id="c${index}">${body}</div>`).join('');
		const data = JSON.stringify({ token: 'page', components, ...block });
		return `<!doctype html><html><head><title>live</title><link rel="icon" href="data:,"></head><body>${containers}${around}<script type="application/json" id="wellhead-live">${data}</script><script type="module" src="/client/${client}.js"></script></body></html>`;
	}

	/** @param {import('node:http').IncomingMessage} request @param {import('node:stream').Duplex} stream */
	upgrade(request, stream) {
		if (!this.isUp || !this.takesSockets) {
			this.refused++;
			this.#look();
			return void stream.destroy();
		}
		const socket = accept(request, stream);
		this.socket = socket;
		this.connections++;
		socket.onMessage((message) => {
			const json = typeof message === 'string' ? JSON.parse(message) : { type: 'bytes', hex: message.toString('hex') };
			this.heard.push(json);
			const answer = json.type === 'join' ? this.answer?.(json) : null;
			if (answer) socket.send(JSON.stringify(answer));
			this.#look();
		});
		socket.onClose((code) => {
			this.closed.push(code);
			this.#look();
		});
		this.#look();
	}
}

/** @type {Map<string, ReturnType<typeof launch>>} */
const browsers = new Map();

/**
 * Declares a test with a live page, its server, and a browser of Chromium.
 *
 * @param {string} name
 * @param {LiveOptions} options
 * @param {(visit: import('./browser.mjs').Visit & { server: LiveServer, visitPage: () => Promise<Json> }) => Promise<void>} body
 */
export function liveTest(name, options, body) {
	test(name, { timeout: 120_000 }, async () => {
		const server = new LiveServer(options);
		const http = createServer((request, response) => void server.serve(request, response));
		http.on('upgrade', (request, stream) => server.upgrade(request, stream));
		await new Promise((resolve) => http.listen(0, '127.0.0.1', () => resolve(undefined)));
		const { port } = /** @type {import('node:net').AddressInfo} */ (http.address());
		server.url = `http://127.0.0.1:${port}`;
		const key = (options.launch ?? []).join();
		const browser = browsers.get(key) ?? launch(...(options.launch ?? []));
		browsers.set(key, browser);
		try {
			await visit(await browser, { name: `live ${name}`, url: server.url }, async (visited) => {
				if (options.before) await visited.page.addInitScript(options.before);
				const visitPage = async () => {
					await visited.page.goto(`/${options.search ?? ''}`);
					const join = await server.next(options.search?.includes('binary') ? 'bytes' : 'join');
					if (server.answer && !options.search?.includes('binary')) await visited.page.locator('html[data-live=connected]').waitFor({ state: 'attached' });
					return join;
				};
				if (!options.later) await visitPage();
				await body({ ...visited, server, visitPage });
			});
		} finally {
			http.close();
			http.closeAllConnections();
			server.socket?.destroy();
		}
	});
}

/**
 * The number of a node, as server and client count: `child` is the index of a node in the element. Nodes that came by patches have
 * other numbers.
 *
 * @param {import('playwright-core').Page} page @param {string} selector @param {number} [child]
 */
export const nodeAt = (page, selector, child) =>
	page.evaluate(
		({ selector, child }) => {
			const element = /** @type {Element} */ (document.querySelector(selector));
			const wanted = child === undefined ? element : element.childNodes[child];
			const container = /** @type {Element} */ (element.closest('[id^=c]:not(#c0 *):not(#c1 *)'));
			let count = 0;
			let found = 0;
			/** @param {Node} node */
			const walk = (node) => {
				count++;
				if (node === wanted) found = count;
				if (node instanceof Element && node.hasAttribute('ts-ignore')) return;
				(node instanceof HTMLTemplateElement ? node.content : node).childNodes.forEach(walk);
			};
			walk(container);
			return found;
		},
		{ selector, child }
	);

after(async () => {
	for (const browser of browsers.values()) await (await browser).close();
});

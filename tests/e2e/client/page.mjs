// The client of live pages in a page of its own: no app and no server of Wellhead is needed.
//
//     livePage('a text changes', async ({ page }) => {
//         await page.evaluate(() => show('<p>one</p>'));
//         await page.evaluate(() => patch({ op: 'setText', node: 3, text: 'two' }));
//     });
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { launch, visit } from '../browser.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** @type {typeof import('../../../packages/node_modules/esbuild/lib/main.js')} */
const { build } = createRequire(`${root}/packages/package.json`)('esbuild');

/** @type {ReturnType<typeof launch> | undefined} */
let browser;
/** @type {Promise<Site> | undefined} */
let site;

/**
 * @typedef {object} Site
 * @property {string} url
 * @property {Map<string, { type: string, body: string | Buffer }>} files  what else is served; anything not there is an empty answer
 * @property {() => void} close
 */

/** The server of the page. */
export function serve() {
	return (site ??= start());
}

/** @returns {Promise<Site>} */
async function start() {
	const { outputFiles } = await build({
		entryPoints: [fileURLToPath(new URL('inside.mjs', import.meta.url))],
		bundle: true,
		write: false,
		format: 'iife',
		target: 'es2022'
	});
	/** @type {Site['files']} */
	const files = new Map([
		['/', { type: 'text/html; charset=utf-8', body: '<!doctype html><title>live</title><link rel="icon" href="data:,"><script src="/inside.js"></script><body>' }],
		['/inside.js', { type: 'text/javascript; charset=utf-8', body: outputFiles[0]?.text ?? '' }],
		['/frame', { type: 'text/html', body: '<!doctype html><p>framed' }]
	]);
	const server = createServer((request, response) => {
		const file = files.get(new URL(request.url ?? '/', 'http://localhost').pathname);
		if (!file) return void response.writeHead(204).end();
		response.writeHead(200, { 'content-type': file.type }).end(file.body);
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
	const address = /** @type {import('node:net').AddressInfo} */ (server.address());
	return {
		url: `http://127.0.0.1:${address.port}`,
		files,
		close: () => {
			server.close();
			server.closeAllConnections();
		}
	};
}

/**
 * Declares a test in a fresh page that has the client, and `nodes` for one component in `#live`.
 *
 * @param {string} name
 * @param {(visit: import('../browser.mjs').Visit) => Promise<void>} body
 * @param {{ before?: string }} [options]  a script that runs before the client
 */
export function livePage(name, body, { before } = {}) {
	test(name, { timeout: 120_000 }, async () => {
		const { url } = await serve();
		browser ??= launch();
		await visit(await browser, { name: `client ${name}`, url }, async (visited) => {
			if (before) await visited.page.addInitScript(before);
			await visited.page.goto('/');
			await body(visited);
		});
	});
}

/** Browsers differ in how they move nodes: tests of what survives a move run in both ways. */
export const ways = /** @type {const} */ ([
	['with moveBefore', ''],
	['without moveBefore', 'for (const { prototype } of [Element, Document, DocumentFragment]) delete prototype.moveBefore;']
]);

after(async () => {
	await (await browser)?.close();
	(await site)?.close();
});

// Before anything is measured: every contender sends the whole page, the same page, and renders it for each request.
import { getPage } from './client.mjs';

/** @typedef {import('./client.mjs').Page} Page */

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** @param {string} text @param {RegExp} pattern */
const count = (text, pattern) => text.match(pattern)?.length ?? 0;

/** What a page must hold. @type {Record<string, (body: string) => string | null>} */
const contents = {
	'/hello': (body) => (count(body, /Hello, world/g) === 1 ? null : 'does not say "Hello, world" once'),
	'/table': (body) => {
		const rows = count(body, /<tr[\s>]/g);
		const distinct = new Set(body.match(uuid)).size;
		return rows === 1000 && distinct === 2000
			? null
			: `has ${rows} rows and ${distinct} UUIDs, not 1000 and 2000`;
	},
	'/table-universal': (body) => contents['/table'](body),
	'/spiral': (body) => {
		const tiles = count(body, /<div class="tile[ "]/g);
		return tiles === 2398 ? null : `has ${tiles} tiles, not 2398`;
	},
	'/stream': (body) => {
		const missing = Array.from({ length: 10 }, (_, i) => `settled-${i}`).filter(
			(value) => !body.includes(value)
		);
		return missing.length === 0 ? null : `lacks ${missing.join(', ')}`;
	}
};

/**
 * The page's own markup, without what may differ between builds and renders: UUIDs, hashes of scoped styles, hydration
 * marks and the white space between tags.
 * @param {string} body
 */
export function comparable(body) {
	const main = body.match(/<main[\s\S]*<\/main>/)?.[0] ?? '';
	return main
		.replace(uuid, 'UUID')
		.replace(/svelte-[a-z0-9]+/g, 'svelte-HASH')
		.replace(/<!--.*?-->/g, '')
		.replace(/>\s+</g, '><');
}

/**
 * @param {string} route
 * @param {Page} page
 * @returns {string | null} what is wrong with it
 */
export function pageFault(route, page) {
	if (page.status !== 200) return `answers ${page.status}`;
	for (const name of ['content-encoding', 'age', 'x-cache', 'cf-cache-status']) {
		if (page.headers[name]) return `sends ${name}: ${page.headers[name]}`;
	}
	if (!page.headers['content-type']?.startsWith('text/html')) return 'is not text/html';
	return contents[route](page.body);
}

/**
 * @param {import('./processes.mjs').Server} server
 * @param {string} route
 * @returns {Promise<Page>}
 */
export async function verifiedPage(server, route) {
	const page = await getPage(server.url + route);
	const fault = pageFault(route, page);
	if (fault) throw new Error(`${server.name}: ${route} ${fault}\n${page.body.slice(0, 2000)}`);
	return page;
}

/**
 * Asks for /fresh, whose every render gives a new UUID: one that comes twice was not rendered.
 * @param {import('./processes.mjs').Server} server
 */
export async function rendersEveryRequest(server) {
	const asked = 20;
	const seen = new Set();
	for (let i = 0; i < asked; i += 1) {
		const page = await getPage(`${server.url}/fresh`);
		const found = page.status === 200 ? page.body.match(uuid) : null;
		if (!found) throw new Error(`${server.name}: /fresh answers ${page.status} and no UUID`);
		seen.add(found[0]);
	}
	if (seen.size !== asked) {
		throw new Error(`${server.name}: ${asked} requests for /fresh gave ${seen.size} renders: it caches`);
	}
}

// Before and after the measurements: every contender sends the whole page, the same page, and renders it for each request.
import { getPage } from './client.mjs';

/** @typedef {import('./client.mjs').Page} Page */
/** @typedef {import('./contenders.mjs').Route} Route */
/** @typedef {import('./processes.mjs').Server} Server */

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** @param {string} text @param {RegExp} pattern */
const count = (text, pattern) => text.match(pattern)?.length ?? 0;

/** @param {number} uuids */
const tableOf = (uuids) => (/** @type {string} */ body) => {
	const rows = count(body, /<tr[\s>]/g);
	const distinct = new Set(body.match(uuid)).size;
	return rows === 1000 && distinct === uuids
		? null
		: `has ${rows} rows and ${distinct} UUIDs, not 1000 and ${uuids}`;
};

/** What a page must hold. @type {Record<Route, (body: string) => string | null>} */
const contents = {
	'/hello': (body) => (count(body, /Hello, world/g) === 1 ? null : 'does not say "Hello, world" once'),
	'/table': tableOf(2000),
	'/table-universal': tableOf(2000),
	'/fresh': tableOf(2001),
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
 * @param {Route} route
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
 * @param {Server} server
 * @param {Route} route
 * @returns {Promise<Page>}
 */
export async function verifiedPage(server, route) {
	const page = await getPage(server.url + route);
	const fault = pageFault(route, page);
	if (fault) throw new Error(`${server.name}: ${route} ${fault}\n${page.body.slice(0, 2000)}`);
	return page;
}

/**
 * Asks for /fresh, which is *table* and a UUID that each render makes: one that comes twice was not rendered.
 * @param {Server} server
 */
export async function rendersEveryRequest(server) {
	const asked = 20;
	const seen = new Set();
	for (let i = 0; i < asked; i += 1) {
		const { body } = await verifiedPage(server, '/fresh');
		const made = body.match(/<p[^>]*>([^<]+)<\/p>/)?.[1];
		if (made === undefined) throw new Error(`${server.name}: /fresh has no UUID of its own`);
		seen.add(made);
	}
	if (seen.size !== asked) {
		throw new Error(`${server.name}: ${asked} requests for /fresh gave ${seen.size} renders: it caches`);
	}
}

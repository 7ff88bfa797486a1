// What scripts a browser loads for a page, before anything is clicked, and how large they are.
import { brotliCompressSync } from 'node:zlib';

import { getPage } from '../client.mjs';

/**
 * The names of modules that a module imports statically.
 * @param {string} source
 */
const imported = (source) =>
	[...source.matchAll(/(?:^|[\s;}])(?:import|export)\b[^'"();]*?["']([^'"\n]+)["']/g)].map(([, name]) => name);

/**
 * The addresses of a page's scripts and modules, as far as the page itself names them.
 * @param {string} html
 * @param {string} base  the page's address
 * @returns {{ scripts: string[], modules: string[], resolve: (name: string, from: string) => string | null }}
 */
export function namedScripts(html, base) {
	const tags = [...html.matchAll(/<(link)\b([^>]*)>|<(script)\b([^>]*)>([\s\S]*?)<\/script>/g)].map(
		([, link, ofLink, , ofScript, content = '']) => ({ isLink: Boolean(link), attributes: ofLink ?? ofScript, content })
	);
	/** @type {Record<string, string>} */
	let names = {};
	for (const { attributes, content } of tags) {
		if (/type="importmap"/.test(attributes)) names = JSON.parse(content).imports;
	}
	const resolve = (/** @type {string} */ name, /** @type {string} */ from) => {
		const path = names[name] ?? name;
		return /^(\.{0,2}\/|https?:)/.test(path) ? new URL(path, from).href : null;
	};
	/** @type {string[]} */
	const scripts = [];
	/** @type {string[]} */
	const modules = [];
	for (const { isLink, attributes, content } of tags) {
		const address = attributes.match(/(?:src|href)="([^"]+)"/)?.[1];
		const isModule = /type="?module|rel="?modulepreload/.test(attributes);
		if (isLink && !isModule) continue;
		if (address) (isModule ? modules : scripts).push(new URL(address, base).href);
		else if (isModule) modules.push(...imported(content).flatMap((name) => resolve(name, base) ?? []));
	}
	return { scripts, modules, resolve };
}

/**
 * @param {string} url
 * @returns {Promise<{ files: number, bytes: number, brotli: number }>}  `brotli` is what brotli at its best leaves of them, each by itself
 */
export async function measureScripts(url) {
	const { scripts, modules, resolve } = namedScripts((await getPage(url)).body, url);
	const waiting = [...scripts.map((address) => ({ address, follow: false })), ...modules.map((address) => ({ address, follow: true }))];
	/** @type {Set<string>} */
	const seen = new Set();
	let [bytes, brotli] = [0, 0];
	for (const { address, follow } of waiting) {
		if (seen.has(address)) continue;
		seen.add(address);
		const { status, body } = await getPage(address);
		if (status !== 200) throw new Error(`${address} gave ${status}`);
		bytes += Buffer.byteLength(body);
		brotli += brotliCompressSync(body).length;
		if (!follow) continue;
		for (const name of imported(body)) {
			const found = resolve(name, address);
			if (found) waiting.push({ address: found, follow });
		}
	}
	return { files: seen.size, bytes, brotli };
}

// A gate that apps under test wait at: what they fetch from it comes when the test says so, whichever worker asks.
import { createServer } from 'node:http';

/** @typedef {import('node:http').ServerResponse} ServerResponse */

/**
 * @typedef {object} Gate
 * @property {string} url  apps fetch `URL/NAME`, and get NAME once it is open
 * @property {(name: string) => void} open  for who waits there, and for who comes later
 * @property {() => Promise<void>} close  breaks off who still waits
 */

/** @returns {Promise<Gate>} */
export async function startGate() {
	/** @type {Map<string, ServerResponse[]>} */
	const waiting = new Map();
	/** @type {Set<string>} */
	const opened = new Set();
	const server = createServer((request, response) => {
		const name = (request.url ?? '/').slice(1);
		if (opened.has(name)) response.end(name);
		else waiting.set(name, [...(waiting.get(name) ?? []), response]);
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
	const address = /** @type {import('node:net').AddressInfo} */ (server.address());
	return {
		url: `http://127.0.0.1:${address.port}`,
		open(name) {
			opened.add(name);
			for (const response of waiting.get(name) ?? []) response.end(name);
			waiting.delete(name);
		},
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			})
	};
}

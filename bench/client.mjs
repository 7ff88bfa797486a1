// A small HTTP client for what the load generator does not do: single pages, counted requests, time to first byte.
import { Agent, get } from 'node:http';
import { connect } from 'node:net';

const timeoutMilliseconds = 30_000;

/**
 * @typedef {object} Page
 * @property {number} status
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {string} body
 * @property {number} bytes  length of the body as sent
 */

/**
 * Fetches a page with no Accept-Encoding, on a connection of its own unless `agent` is given.
 * @param {string} url
 * @param {Agent | false} agent
 * @returns {Promise<Page>}
 */
export function getPage(url, agent = false) {
	return new Promise((resolve, reject) => {
		const request = get(url, { agent, timeout: timeoutMilliseconds }, (response) => {
			/** @type {Buffer[]} */
			const chunks = [];
			response.on('data', (chunk) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () => {
				const body = Buffer.concat(chunks);
				const status = response.statusCode ?? 0;
				resolve({ status, headers: response.headers, body: body.toString(), bytes: body.length });
			});
		});
		request.on('timeout', () => request.destroy(new Error(`${url} took over 30 s`)));
		request.on('error', reject);
	});
}

/**
 * Sends exactly `count` requests over `connections` kept-alive connections.
 * @param {string} url
 * @param {number} count
 * @param {number} connections
 */
export async function requestMany(url, count, connections) {
	const agent = new Agent({ keepAlive: true, maxSockets: connections });
	let left = count;
	const worker = async () => {
		while (left > 0) {
			left -= 1;
			const { status } = await getPage(url, agent);
			if (status !== 200) throw new Error(`${url} gave ${status}`);
		}
	};
	try {
		await Promise.all(Array.from({ length: connections }, worker));
	} finally {
		agent.destroy();
	}
}

/**
 * Requests a page on a connection opened beforehand and reads it to its end.
 * @param {string} url
 * @returns {Promise<{ firstByte: number, firstBodyByte: number, end: number, text: string }>} milliseconds from when the request is sent
 */
export function timeBytes(url) {
	const { hostname, port, pathname, host } = new URL(url);
	return new Promise((resolve, reject) => {
		const socket = connect({ host: hostname, port: Number(port), noDelay: true });
		let sent = 0;
		let firstByte = 0;
		let firstBodyByte = 0;
		let text = '';
		socket.setEncoding('utf8');
		socket.setTimeout(timeoutMilliseconds, () => socket.destroy(new Error(`${url} took over 30 s`)));
		socket.on('connect', () => {
			sent = performance.now();
			socket.write(`GET ${pathname} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
		});
		socket.on('data', (chunk) => {
			const now = performance.now() - sent;
			text += chunk;
			firstByte ||= now;
			const head = text.indexOf('\r\n\r\n');
			if (!firstBodyByte && head >= 0 && text.length > head + 4) firstBodyByte = now;
		});
		socket.on('error', reject);
		socket.on('end', () => {
			const end = performance.now() - sent;
			if (!text.startsWith('HTTP/1.1 200 ')) {
				reject(new Error(`${url} gave ${text.slice(0, text.indexOf('\r\n'))}`));
			} else {
				resolve({ firstByte, firstBodyByte, end, text });
			}
		});
	});
}

// Responses read as they come, over HTTP/1.1 and HTTP/2.
import http from 'node:http';
import http2 from 'node:http2';
import * as zlib from 'node:zlib';

/** How long a piece may take before it is not expected any more. */
const patience = 60_000;

/**
 * @typedef {object} Pieces
 * @property {number} status
 * @property {Record<string, unknown>} headers
 * @property {(pattern: RegExp) => Promise<string>} until  all that has come, once it has what is looked for
 * @property {() => Promise<string>} whole  the whole text; rejects when the response is broken off
 */

/** What the server can send and this version of Node can read. @type {Record<string, () => import('node:stream').Duplex>} */
export const decoders = { gzip: zlib.createGunzip, br: zlib.createBrotliDecompress };
// From version 22.15 on.
if ('createZstdDecompress' in zlib) decoders.zstd = /** @type {any} */ (zlib).createZstdDecompress;

/**
 * Asks over HTTP/1.1, on a connection of its own.
 *
 * @param {string} url
 * @param {Record<string, string>} [headers]
 * @returns {Promise<Pieces>}
 */
export function ask(url, headers = {}) {
	return new Promise((resolve, reject) => {
		const request = http.get(url, { headers, agent: false }, (response) => {
			resolve({ status: response.statusCode ?? 0, headers: response.headers, ...gather(response, response.headers['content-encoding']) });
		});
		request.on('error', reject);
	});
}

/**
 * Asks over HTTP/2.
 *
 * @param {http2.ClientHttp2Session} session
 * @param {string} path
 * @returns {Promise<Pieces>}
 */
export function askSession(session, path) {
	return new Promise((resolve, reject) => {
		const stream = session.request({ ':path': path });
		stream.on('error', reject);
		stream.on('response', (headers) => {
			resolve({ status: headers[':status'] ?? 0, headers, ...gather(stream, headers['content-encoding']) });
		});
	});
}

/**
 * @param {import('node:stream').Readable} body
 * @param {string} [encoding]
 */
function gather(body, encoding) {
	const decoder = encoding ? decoders[encoding]() : undefined;
	const texts = decoder ? body.pipe(decoder) : body;
	let text = '';
	/** @type {(() => void)[]} */
	let lookers = [];
	const look = () => {
		for (const looker of lookers.splice(0)) looker();
	};
	texts.setEncoding('utf8');
	texts.on('data', (/** @type {string} */ piece) => {
		text += piece;
		look();
	});
	/** @type {Promise<string>} */
	const whole = new Promise((resolve, reject) => {
		texts.once('end', () => resolve(text));
		body.once('error', reject);
		decoder?.once('error', reject);
		// A response over HTTP/2 that is reset without an error only closes.
		body.once('close', () => body.readableEnded || reject(new Error('the response was broken off')));
	});
	whole.then(look, look);
	return {
		whole: () => whole,
		/** @param {RegExp} pattern */
		async until(pattern) {
			const deadline = AbortSignal.timeout(patience);
			deadline.addEventListener('abort', look);
			let ended = false;
			whole.then(
				() => (ended = true),
				() => (ended = true)
			);
			while (!pattern.test(text)) {
				if (ended || deadline.aborted) throw new Error(`${ended ? 'it ended' : 'nothing more came'} without ${pattern}:\n${text}`);
				await new Promise((resolve) => lookers.push(() => resolve(undefined)));
			}
			return text;
		}
	};
}

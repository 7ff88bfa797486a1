// The atlas over plain HTTP: what programs, proxies and caches rely on.
import assert from 'node:assert/strict';
import http from 'node:http';
import http2 from 'node:http2';
import { test } from 'node:test';
import * as zlib from 'node:zlib';

import { serve } from '../harness.mjs';

/**
 * Asks without the conveniences of `fetch`: nothing is decompressed, nothing followed.
 *
 * @param {string} path
 * @param {Record<string, string>} [headers]
 * @param {string} [method]
 * @param {string} [body]
 * @returns {Promise<{ status: number, headers: http.IncomingHttpHeaders, body: Buffer }>}
 */
async function ask(path, headers = {}, method = 'GET', body = '') {
	const { url } = await serve('atlas');
	return new Promise((resolve, reject) => {
		const request = http.request(url + path, { method, headers, agent: false }, (response) => {
			/** @type {Buffer[]} */
			const chunks = [];
			response.on('data', (chunk) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }));
		});
		request.on('error', reject);
		request.end(body);
	});
}

/** The path of the largest script of the first page: small ones are not compressed. */
async function script() {
	const { body } = await ask('/');
	const paths = [...body.toString().matchAll(/href="(\/_app\/immutable\/[^"]+\.js)"/g)].map(([, path]) => path);
	const sizes = await Promise.all(paths.map(async (path) => ({ path, size: (await ask(path)).body.length })));
	return sizes.sort((a, b) => b.size - a.size)[0]?.path ?? assert.fail('no script');
}

test('HEAD is GET without the body', async () => {
	const [get, head] = await Promise.all([ask('/names'), ask('/names', {}, 'HEAD')]);
	assert.equal(head.status, 200);
	assert.equal(head.body.length, 0);
	for (const name of ['content-type', 'etag', 'content-language', 'content-length']) assert.equal(head.headers[name], get.headers[name], name);
	assert.equal(get.headers['content-language'], 'en');
});

test('an endpoint answers the methods that it has', async () => {
	const found = await ask('/api/countries?q=norw&limit=1');
	assert.equal(JSON.parse(found.body.toString()).countries[0].code, 'NOR');
	assert.equal(found.headers['cache-control'], 'public, max-age=300');
	const head = await ask('/api/countries?region=europe', {}, 'HEAD');
	assert.deepEqual([head.status, Number(head.headers['x-total-count']) > 40, head.body.length], [200, true, 0]);
	const wrong = await ask('/api/countries', { 'content-type': 'application/json' }, 'DELETE');
	assert.deepEqual([wrong.status, wrong.headers.allow], [405, 'GET, HEAD']);
	const bad = await ask('/api/countries?limit=x', { accept: 'application/json' });
	assert.deepEqual([bad.status, JSON.parse(bad.body.toString()).message], [400, '`limit` is a whole number from 0 on.']);
	const none = await ask('/api/nothing', { accept: 'application/json' });
	assert.equal(none.status, 404);
});

test('an unchanged page is not sent again', async () => {
	const { headers } = await ask('/docs');
	const tag = headers.etag ?? assert.fail('no tag');
	assert.equal((await ask('/docs', { 'if-none-match': tag })).status, 304);
	assert.equal((await ask('/docs', { 'if-none-match': '"other"' })).status, 200);
});

test('hashed files are kept forever, others are asked about', async () => {
	const path = await script();
	const { headers } = await ask(path);
	assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
	const unchanged = await ask(path, { 'if-none-match': headers.etag ?? '' });
	assert.deepEqual([unchanged.status, unchanged.body.length], [304, 0]);
	const robots = await ask('/robots.txt');
	assert.doesNotMatch(robots.headers['cache-control'] ?? '', /immutable/);
	assert.equal((await ask('/robots.txt', { 'if-none-match': robots.headers.etag ?? '' })).status, 304);
	assert.equal((await ask('/_app/immutable/gone.js')).status, 404);
});

test('parts of a file can be had', async () => {
	const whole = await ask('/favicon.svg');
	const part = await ask('/favicon.svg', { range: 'bytes=5-14' });
	assert.deepEqual([part.status, part.headers['content-range']], [206, `bytes 5-14/${whole.body.length}`]);
	assert.deepEqual(part.body, whole.body.subarray(5, 15));
	assert.equal((await ask('/favicon.svg', { range: 'bytes=999999-' })).status, 416);
});

/** @type {Record<string, (body: Buffer) => Buffer>} */
const decoders = { br: zlib.brotliDecompressSync, gzip: zlib.gunzipSync };
// Node has it from version 22.15 on.
if ('zstdDecompressSync' in zlib) decoders.zstd = /** @type {any} */ (zlib).zstdDecompressSync;

for (const encoding of ['br', 'gzip', 'zstd']) {
	test(`pages and files come as ${encoding} to who asks for it`, async () => {
		const path = await script();
		for (const asked of ['/names', path]) {
			const plain = await ask(asked);
			const packed = await ask(asked, { 'accept-encoding': encoding });
			assert.match(plain.headers.vary ?? '', /accept-encoding/i);
			// Files are compressed by the build, which makes no zstd.
			if (encoding === 'zstd' && asked === path) {
				assert.equal(packed.headers['content-encoding'], undefined);
				continue;
			}
			assert.equal(packed.headers['content-encoding'], encoding, asked);
			assert.ok(packed.body.length < plain.body.length / 2, asked);
			const decode = decoders[encoding];
			if (decode) assert.deepEqual(decode(packed.body), plain.body, asked);
			else assert.deepEqual(packed.body.subarray(0, 4), Buffer.from([0x28, 0xb5, 0x2f, 0xfd]));
		}
	});
}

test('what comes piece by piece says so to proxies', async () => {
	const { headers, body } = await ask('/country/NOR');
	assert.equal(headers['x-accel-buffering'], 'no');
	assert.equal(headers['transfer-encoding'], 'chunked');
	assert.match(body.toString(), /data-wellhead-late/);
});

test('every answer has a trace id, the time of its render and the headers that keep it safe', async () => {
	const { headers } = await ask('/', { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
	assert.equal(headers['x-trace-id'], '0af7651916cd43dd8448eb211c80319c');
	assert.match(String(headers['server-timing']), /^trace;desc="[0-9a-f]{32}", render;dur=\d+\.\d+$/);
	assert.equal(headers['x-content-type-options'], 'nosniff');
	assert.equal(headers['x-frame-options'], 'SAMEORIGIN');
	assert.equal(headers['referrer-policy'], 'strict-origin-when-cross-origin');
	assert.equal(headers['content-security-policy'], "base-uri 'self'; frame-ancestors 'self'; object-src 'none'");
});

test('no answer lets a browser guess what it is', async () => {
	const form = { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.test' };
	const answers = await Promise.all([
		ask('/favicon.svg'),
		ask(await script()),
		ask('/api/countries'),
		ask('/country/NOR/__data.json'),
		ask('/random'),
		ask('/country/XXX'),
		ask('/_app/immutable/gone.js'),
		ask('/country/%ff'),
		ask('/api/countries', { 'content-type': 'application/json' }, 'DELETE'),
		ask('/api/theme', form, 'POST', 'theme=dark'),
		ask('/-/readyz')
	]);
	const said = answers.map(({ status, headers }) => `${status} ${headers['x-content-type-options']}`);
	assert.deepEqual(said, [200, 200, 200, 200, 307, 404, 404, 400, 405, 403, 200].map((status) => `${status} nosniff`));
});

test('a slash too many is a redirect, and an address that is no text a bad request', async () => {
	const slash = await ask('/about/?a=b');
	assert.deepEqual([slash.status, slash.headers.location], [308, '/about?a=b']);
	const bad = await ask('/country/%ff');
	assert.equal(bad.status, 400);
	assert.match(bad.body.toString(), /not valid UTF-8/);
});

test('what is too large is refused before it is read', async () => {
	const body = 'x'.repeat(2 * 1024 * 1024);
	const large = await ask('/api/theme', { 'content-type': 'application/octet-stream', 'content-length': String(100 * 1024 * 1024), expect: '100-continue' }, 'POST').catch((error) => error);
	assert.equal(large.status ?? 413, 413);
	const form = { 'content-type': 'application/x-www-form-urlencoded', origin: (await serve('atlas')).url };
	assert.equal((await ask('/api/theme', form, 'POST', body)).status, 413);
	assert.equal((await ask('/', { 'x-large': 'x'.repeat(100 * 1024) })).status, 431);
});

test('forms of other sites are refused', async () => {
	const { url } = await serve('atlas');
	const form = { 'content-type': 'application/x-www-form-urlencoded' };
	assert.equal((await ask('/api/theme', { ...form, origin: 'https://evil.test' }, 'POST', 'theme=dark')).status, 403);
	const own = await ask('/api/theme', { ...form, origin: url }, 'POST', 'theme=dark&back=/about');
	assert.deepEqual([own.status, own.headers.location], [303, '/about']);
	assert.match(String(own.headers['set-cookie']), /^atlas-theme=dark;/);
});

test('health, readiness and metrics are told', async () => {
	assert.equal((await ask('/-/healthz')).status, 200);
	assert.equal((await ask('/-/readyz')).body.toString(), 'ready\n');
	await ask('/country/NOR');
	const metrics = (await ask('/-/metrics')).body.toString();
	assert.match(metrics, /wellhead_pool_/);
	assert.match(metrics, /route="\/\(app\)\/country\/\[cca3\]"/);
});

test('HTTP/2 works without TLS, also with many requests at a time', async () => {
	const { url } = await serve('atlas');
	const session = http2.connect(url);
	try {
		const statuses = await Promise.all(
			['/', '/names', '/country/NOR', '/country/SWE', '/api/countries'].map(
				(path) =>
					new Promise((resolve, reject) => {
						const stream = session.request({ ':path': path });
						/** @type {unknown} */
						let status;
						stream.on('response', (headers) => (status = headers[':status']));
						stream.on('error', reject);
						stream.on('end', () => resolve(status));
						stream.resume();
					})
			)
		);
		assert.deepEqual(statuses, [200, 200, 200, 200, 200]);
	} finally {
		session.close();
	}
});

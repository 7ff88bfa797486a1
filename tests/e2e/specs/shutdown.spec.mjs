// SIGTERM on the real program: what is half sent is finished, nothing new is taken, and it ends by itself.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { until } from '../development.mjs';
import { startGate } from '../gate.mjs';
import { eventually } from '../harness.mjs';
import { ask, askSession } from '../pieces.mjs';
import * as places from '../places.mjs';
import { startServer } from '../server.mjs';

/** @typedef {import('../server.mjs').Server} Server */

/** @type {import('../gate.mjs').Gate} */
let gate;
before(async () => {
	gate = await startGate();
});
after(() => gate?.close());

const timeout = 120_000;

/**
 * A server of the test's own, which may take as long to finish as it is given.
 *
 * @param {number} shutdown  in milliseconds
 * @param {(server: Server, ended: Promise<[number | null, string | null]>) => Promise<void>} body
 */
async function serving(shutdown, body) {
	const args = ['serve', join(places.apps, 'gates'), '--port', '0', '--engine', places.engine];
	const server = await startServer(places.wellhead, args, { GATE: gate.url, WELLHEAD_SERVER_SHUTDOWN_MS: String(shutdown) });
	try {
		const ended = /** @type {Promise<[number | null, string | null]>} */ (once(server.process, 'exit'));
		await body(server, ended);
	} finally {
		server.process.kill('SIGKILL');
	}
}

/** @param {Server} server */
async function terminate(server) {
	server.process.kill('SIGTERM');
	await until(() => server.log().includes('shutting down'), 'the log says that it ends');
}

/**
 * Connects, and rejects if nobody listens.
 *
 * @param {string} url
 * @returns {Promise<net.Socket>}
 */
function connect(url) {
	return new Promise((resolve, reject) => {
		const socket = net.connect(Number(new URL(url).port), '127.0.0.1', () => resolve(socket));
		socket.on('error', reject);
	});
}

test('what is half sent is finished, over HTTP/1.1 and HTTP/2, and nothing new is taken', { timeout }, () =>
	serving(600_000, async (server, ended) => {
		const session = http2.connect(server.url);
		const goodbye = once(session, 'goaway');
		const idle = await connect(server.url);
		idle.write('GET /-/healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
		await once(idle, 'data');
		const closed = once(idle, 'close');
		const pages = await Promise.all([ask(`${server.url}/late?gate=drained`), askSession(session, '/late?gate=drained'), ask(`${server.url}/lines?gate=drained`)]);
		await Promise.all([pages[0].until(/wellhead-state/), pages[1].until(/wellhead-state/), pages[2].until(/\n/)]);

		await terminate(server);
		// Who has nothing in flight is sent away at once, who has, is told not to ask for more.
		await Promise.all([closed, goodbye]);
		await assert.rejects(connect(server.url), /ECONNREFUSED/);
		assert.equal(server.process.exitCode, null);

		gate.open('drained-first');
		gate.open('drained-second');
		const [one, two, lines] = await Promise.all(pages.map((page) => page.whole()));
		for (const page of [one, two]) {
			assert.match(page, /<h1>here now<\/h1>[^]*<\/html>\s*$/);
			for (const name of ['drained-first', 'drained-second']) assert.match(page, new RegExp(`data-wellhead-late>[^<]*${name}`));
		}
		assert.equal(lines, 'the first line\ndrained-first\n');
		assert.deepEqual(await ended, [0, null]);
	})
);

test('what is not finished in time is broken off', { timeout }, () =>
	serving(1, async (server, ended) => {
		const page = await ask(`${server.url}/late?gate=never`);
		await page.until(/wellhead-state/);
		const whole = assert.rejects(page.whole());
		server.process.kill('SIGTERM');
		assert.deepEqual(await ended, [0, null]);
		await whole;
	})
);

test('a second signal ends it at once', { timeout }, () =>
	serving(600_000, async (server, ended) => {
		const page = await ask(`${server.url}/late?gate=never`);
		await page.until(/wellhead-state/);
		const whole = assert.rejects(page.whole());
		await terminate(server);
		let over = false;
		void ended.then(() => (over = true));
		// What listens for it is started with the end, not before it.
		await eventually(async () => {
			server.process.kill('SIGTERM');
			await new Promise((resolve) => setTimeout(resolve, 50));
			assert.ok(over, 'it still runs');
		});
		await whole;
		assert.equal(server.process.signalCode, null);
	})
);

// The log as programs read it: a JSON object on each line, and one trace id for all that a request did.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { until } from '../development.mjs';
import { startGate } from '../gate.mjs';
import { ask } from '../pieces.mjs';
import * as places from '../places.mjs';
import { startServer } from '../server.mjs';

/** @typedef {Record<string, unknown>} Entry */

/** @type {import('../gate.mjs').Gate} */
let gate;
/** @type {import('../server.mjs').Server} */
let server;
before(async () => {
	gate = await startGate();
	const args = ['serve', join(places.apps, 'gates'), '--port', '0', '--engine', places.engine];
	// One worker, so that requests at the same time are in the same realm.
	server = await startServer(places.wellhead, args, { GATE: gate.url, WELLHEAD_LOG_FORMAT: 'json', WELLHEAD_ENGINE_WORKERS: '1' });
});
after(async () => {
	await gate?.close();
	await server?.stop();
});

/** What the log says so far; beside it the server prints only its address. */
const entries = () => {
	const lines = server.log().split('\n').slice(0, -1);
	return lines.filter((line) => line !== server.url).map((line) => /** @type {Entry} */ (JSON.parse(line)));
};

/**
 * Waits for the line that a request ends with, and returns all with its trace id.
 *
 * @param {unknown} trace
 */
async function logged(trace) {
	const own = () => entries().filter((entry) => entry.trace === trace);
	await until(() => own().some(({ target }) => target === 'wellhead::access'), `the log has the request ${trace}`);
	return own();
}

test('a request is a line with all that is known of it', async () => {
	const page = await ask(`${server.url}/?a=b`);
	const whole = await page.whole();
	const [entry, ...more] = await logged(page.headers['x-trace-id']);
	assert.deepEqual(more, []);
	const { method, path, route, status, level, bytes } = entry;
	assert.deepEqual({ method, path, route, status, level }, { method: 'GET', path: '/', route: '/', status: 200, level: 'INFO' });
	assert.equal(bytes, whole.length);
	assert.ok(typeof entry.ms === 'number' && entry.ms >= 0, `it took ${entry.ms}`);
	assert.ok(Date.parse(String(entry.timestamp)) > 0, `it was at ${entry.timestamp}`);
});

test('what has no page has a line too', async () => {
	const none = await ask(`${server.url}/none`, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
	await none.whole();
	const [{ path, status, trace }] = await logged(none.headers['x-trace-id']);
	assert.deepEqual({ path, status, trace }, { path: '/none', status: 404, trace: '0af7651916cd43dd8448eb211c80319c' });
});

test('what the app says is in lines of JSON, whatever it says', async () => {
	gate.open('alone');
	await (await ask(`${server.url}/warns?gate=alone`)).whole();
	const said = () => entries().filter(({ target, level }) => target === 'app' && level === 'WARN');
	await until(() => said().some(({ message }) => /and.*an.*object/.test(String(message))), 'the log has the message');
	const text = said().map(({ message }) => message).join('\n');
	assert.match(text, /^alone before\nalone after, on\ntwo "lines" with \u001b\[31mcolour /);
});

test('what the app says during a request has its trace id, also where others were in between', { timeout: 120_000 }, async () => {
	const names = ['one', 'two'];
	const pages = names.map((name) => ask(`${server.url}/warns?gate=${name}`));
	// Both wait; the second one goes on first.
	await until(() => names.every((name) => server.log().includes(`${name} before`)), 'both are there');
	gate.open('two');
	await (await pages[1]).whole();
	gate.open('one');
	for (const [index, name] of names.entries()) {
		const page = await pages[index];
		await page.whole();
		const said = (await logged(page.headers['x-trace-id'])).filter(({ target }) => target === 'app');
		assert.deepEqual(said.map(({ level }) => level), ['WARN', 'WARN']);
		const [first, second] = said.map(({ message }) => String(message));
		assert.equal(first, `${name} before`);
		assert.ok(second.startsWith(`${name} after, on\ntwo "lines" with \u001b[31mcolour`), second);
		assert.match(second, /and: \[ ?["']an["'], ["']object["'] ?\]/);
	}
});

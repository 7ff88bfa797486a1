// What goes wrong in production: people see that, and a trace id, and nothing of the inside.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until } from '../development.mjs';
import { browserTest, serve } from '../harness.mjs';

/** What only developers may see: the message, the files. */
const inside = /SECRET|\.svelte|\.ts\b|src\/|at .*:\d+:\d+/;

for (const [what, path, status] of /** @type {const} */ ([
	['component', '/ssr', 500],
	['server load', '/load', 500],
	['server load, asked for its data', '/load/__data.json', 200],
	['endpoint, asked by a browser', '/api/boom', 500],
	['promise that comes late', '/late', 200],
	['path that is none', '/nowhere', 404]
])) {
	test(`of a ${what} that fails nothing gets out`, async () => {
		const server = await serve('faults');
		const response = await fetch(server.url + path, { headers: { accept: 'text/html' } });
		const text = await response.text();
		assert.equal(response.status, status);
		assert.doesNotMatch(text, inside);
		assert.doesNotMatch(text, /\/-\/dev/);
		const trace = response.headers.get('x-trace-id') ?? '';
		assert.match(trace, /^[0-9a-f]{32}$/);
		if (status === 500) assert.ok(text.includes(trace), `the page names the trace id: ${text}`);
		// The log has it all, under the same id.
		if (path !== '/nowhere') await until(() => logged(server.log(), trace).some((line) => /SECRET/.test(line)), 'the log has the error');
	});
}

test('of an endpoint that fails a program gets JSON', async () => {
	const server = await serve('faults');
	const response = await fetch(`${server.url}/api/boom`, { headers: { accept: 'application/json' } });
	assert.equal(response.status, 500);
	assert.deepEqual(await response.json(), { message: 'Internal Error', trace: response.headers.get('x-trace-id') });
});

browserTest('the error page of an app without its own says what is needed', { app: 'faults', javascript: ['on', 'off'] }, async ({ page, complaints }) => {
	complaints.expect(/status of 500/);
	const response = await page.goto('/load');
	await page.getByRole('heading', { name: '500' }).waitFor();
	await page.getByText('Internal Error').waitFor();
	await page.getByText(`trace ${response?.headers()['x-trace-id']}`).waitFor();
	assert.equal(await page.locator('wellhead-overlay').count(), 0);
});

browserTest('what fails in the browser only becomes an error page too', { app: 'faults' }, async ({ page, complaints }) => {
	complaints.expect(/SECRET of the component in the browser/);
	await page.goto('/hydrate');
	await page.getByText('Internal Error').waitFor();
	assert.equal(await page.locator('wellhead-overlay').count(), 0);
});

browserTest('a promise that fails late shows that, and no more', { app: 'faults' }, async ({ page }) => {
	await page.goto('/late');
	await page.getByTestId('late').filter({ hasText: /^Internal Error$/ }).waitFor();
});

/**
 * @param {string} log
 * @param {string} trace
 */
const logged = (log, trace) => log.split('\n').filter((line) => line.includes(trace));

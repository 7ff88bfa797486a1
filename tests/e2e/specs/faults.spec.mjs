// What goes wrong in production: people see that, and a trace id, and nothing of the inside.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until } from '../development.mjs';
import { browserTest, eventually, serve } from '../harness.mjs';

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

for (const [what, path, message] of /** @type {const} */ ([
	['component', '/hydrate', /SECRET of the component in the browser/],
	['effect', '/effect', /SECRET of the effect/],
	['universal load', '/universal', /SECRET of the universal load/]
])) {
	browserTest(`of a ${what} that fails in the browser only the error page names the trace id of the document`, { app: 'faults' }, async ({ page, complaints }) => {
		complaints.expect(message);
		const response = await page.goto(path);
		assert.equal(response?.status(), 200);
		await page.getByRole('heading', { name: '500' }).waitFor();
		await page.getByText('Internal Error', { exact: true }).waitFor();
		await page.getByText(`trace ${response.headers()['x-trace-id']}`, { exact: true }).waitFor();
		assert.doesNotMatch(await page.content(), inside);
		assert.equal(await page.locator('wellhead-overlay').count(), 0);
	});
}

browserTest('an event handler that fails leaves the page as it is', { app: 'faults' }, async ({ page, complaints }) => {
	complaints.expect(/SECRET of the event handler/);
	complaints.expect(/SECRET of the promise/);
	await page.goto('/click');
	for (const [name, message] of /** @type {const} */ ([['Throw', /SECRET of the event handler/], ['Reject', /SECRET of the promise/]])) {
		// Before the page is hydrated a click has no effect.
		await eventually(async () => {
			const failed = page.waitForEvent('pageerror', { predicate: (error) => message.test(error.message), timeout: 2000 });
			await Promise.all([failed, page.getByRole('button', { name }).click()]);
		});
		assert.equal(await page.getByRole('heading').innerText(), 'Until it is clicked');
		assert.doesNotMatch(await page.content(), inside);
		assert.equal(await page.locator('wellhead-overlay').count(), 0);
	}
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

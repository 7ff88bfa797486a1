// The harness fails when it must: tried against a small server that needs no Wellhead.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { launch, visit } from './browser.mjs';
import { startServer } from './server.mjs';

const program = fileURLToPath(new URL('harness.server.mjs', import.meta.url));

/** @type {Awaited<ReturnType<typeof launch>>} */
let browser;
/** @type {import('./server.mjs').Server} */
let server;
/** @type {string} */
let output;

before(async () => {
	output = await mkdtemp(join(tmpdir(), 'wellhead-e2e-'));
	server = await startServer(process.execPath, [program]);
	browser = await launch();
});

after(async () => {
	await browser?.close();
	await server?.stop();
	if (output) await rm(output, { recursive: true });
});

/**
 * @param {Partial<import('./browser.mjs').PageOptions>} options
 * @param {(visit: import('./browser.mjs').Visit) => Promise<void>} body
 */
const tryVisit = (options, body) =>
	visit(browser, { name: 'a visit', url: server.url, log: server.log, output, ...options }, body);

test('a page that behaves passes', () =>
	tryVisit({}, async ({ page }) => {
		await page.goto('/');
		await page.getByText('scripted').waitFor();
	}));

test('without JavaScript the page keeps what the server sent', () =>
	tryVisit({ javascript: 'off' }, async ({ page }) => {
		await page.goto('/');
		assert.equal(await page.textContent('p'), 'plain');
	}));

for (const [path, complaint] of /** @type {const} */ ([
	['/error', /unexpected console error: it broke/],
	['/warning', /unexpected console warning: it may break/],
	['/throw', /unexpected uncaught: Error: nobody caught it/],
	['/reject', /unexpected uncaught: Error: nobody awaited it/],
	['/missing', /unexpected console error: Failed to load resource.*404/]
])) {
	test(`a complaint on ${path} fails the test`, async () => {
		const failing = tryVisit({}, async ({ page }) => void (await page.goto(path)));
		await assert.rejects(failing, complaint);
	});

	test(`an expected complaint on ${path} passes`, () =>
		tryVisit({}, async ({ page, complaints }) => {
			complaints.expect(new RegExp(complaint.source.replace('unexpected ', '')));
			await page.goto(path);
		}));
}

test('an expected complaint that does not come fails the test', async () => {
	const failing = tryVisit({}, async ({ page, complaints }) => {
		complaints.expect(/it broke/);
		await page.goto('/');
	});
	await assert.rejects(failing, /expected but not heard: \/it broke\//);
});

test('a failing test keeps the picture, the page and the log of the server', async () => {
	const failing = tryVisit({ name: 'Kept: it fails!' }, async ({ page }) => {
		await page.goto('/');
		assert.fail('on purpose');
	});
	await assert.rejects(failing, /on purpose/);
	const kept = (await readdir(output)).filter((file) => file.startsWith('kept-it-fails'));
	assert.deepEqual(kept.sort(), ['kept-it-fails.html', 'kept-it-fails.png', 'kept-it-fails.server.log']);
	assert.match(await readFile(join(output, 'kept-it-fails.server.log'), 'utf8'), /GET \//);
	assert.match(await readFile(join(output, 'kept-it-fails.html'), 'utf8'), /<p>scripted<\/p>/);
	assert.ok((await stat(join(output, 'kept-it-fails.png'))).size > 1000);
});

test('a page in a phone is as wide as a phone', () =>
	tryVisit({ viewport: 'phone' }, async ({ page }) => {
		await page.goto('/');
		assert.equal(await page.evaluate('innerWidth'), 390);
	}));

test('a server that ends before it listens is an error with its output', async () => {
	const starting = startServer(process.execPath, ['-e', 'console.error("port in use"); process.exit(3)']);
	await assert.rejects(starting, /ended \(3\) before it printed an address\nport in use/);
});

test('a program that is not there is an error', async () => {
	await assert.rejects(startServer('/nowhere/wellhead', []), /ended \(spawn \/nowhere\/wellhead ENOENT\)/);
});

test('a server that ends badly when asked to end is an error', async () => {
	const bad = await startServer(process.execPath, [program], { EXIT_CODE: '4' });
	await assert.rejects(bad.stop(), /ended with 4 after SIGTERM/);
});

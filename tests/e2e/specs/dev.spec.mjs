// `wellhead dev` in the browser: what goes wrong is shown over the page with its place, and goes when it is mended.
import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { launch, visit } from '../browser.mjs';
import { copied, develop, devTests, until } from '../development.mjs';
import { clickFor, eventually } from '../harness.mjs';
import * as places from '../places.mjs';
import { startServer } from '../server.mjs';

/** @typedef {import('../browser.mjs').Visit} Visit */

/** @type {import('../development.mjs').Development} */
let app;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
	[app, browser] = await Promise.all([develop('faults'), launch()]);
});
after(async () => {
	await browser?.close();
	await app?.stop();
});

const devTest = devTests(() => ({ app, browser }));

/** @param {Visit['page']} page */
const overlay = (page) => page.locator('wellhead-overlay .card');

/**
 * Waits for the overlay and compares what it says.
 *
 * @param {Visit['page']} page
 * @param {{ title: string, message: RegExp, place: RegExp, line: RegExp }} expected  `line`: the one that is marked in the code
 */
async function shows(page, { title, message, place, line }) {
	const shown = overlay(page);
	await shown.locator('.message').filter({ hasText: message }).first().waitFor();
	const found = await shown.locator('article').filter({ hasText: message }).first();
	assert.equal(await found.locator('h2').textContent(), title);
	assert.match((await found.locator('.place').textContent()) ?? '', place);
	assert.match((await found.locator('.here').first().textContent()) ?? '', line);
}

/**
 * Waits until the terminal says something; the log is written in the background.
 *
 * @param {RegExp} pattern
 */
async function told(pattern) {
	await until(() => pattern.test(app.log()), `the terminal says ${pattern}`);
}

/** @param {Visit['page']} page */
const isGone = (page) => overlay(page).waitFor({ state: 'detached' });

/** @param {Visit['page']} page */
async function hydrated(page) {
	const button = page.getByRole('button', { name: /^Clicked/ });
	await clickFor(button, page.getByRole('button', { name: /^Clicked [1-9]/ }));
}

devTest('a file that breaks while its page is open is shown until it is mended', async ({ page }) => {
	const file = 'src/routes/+page.svelte';
	const source = await app.read(file);
	await page.goto('/');
	await hydrated(page);
	await app.replace(file, '</ul>', '{#if}');
	await shows(page, {
		title: 'expected_whitespace',
		message: /Expected whitespace/,
		place: /^src\/routes\/\+page\.svelte:\d+:\d+$/,
		line: /^> +\d+ \| \{#if\}/
	});
	assert.match((await overlay(page).locator('.hint').textContent()) ?? '', /svelte\.dev\/e\/expected_whitespace/);
	await told(/error: .*expected_whitespace[^]*src\/routes\/\+page\.svelte:\d+:\d+/);
	// The page of before is still there, and a new one shows the same.
	assert.equal(await page.locator('h1').textContent(), 'All is well');
	await page.reload();
	await overlay(page).waitFor();

	await page.evaluate('window.before = true');
	await app.write(file, source.replace('All is well', 'All is well again'));
	await page.getByRole('heading', { name: 'All is well again' }).waitFor();
	await isGone(page);
	assert.equal(await page.evaluate('window.before'), undefined, 'the page was loaded again');
	await app.write(file, source);
	await page.getByRole('heading', { name: 'All is well', exact: true }).waitFor();
});

devTest('the overlay can be closed, and gives the focus back', async ({ page }) => {
	const file = 'src/routes/+page.svelte';
	const source = await app.read(file);
	await page.goto('/');
	await hydrated(page);
	await page.getByRole('button').focus();
	await app.write(file, `${source}{#if}`);
	await overlay(page).waitFor();
	await page.keyboard.press('Escape');
	await isGone(page);
	assert.equal(await page.evaluate('document.activeElement.localName'), 'button');
	await app.write(file, source);
	await page.waitForLoadState();
});

devTest('a component that throws on the server only', async ({ page, complaints }) => {
	complaints.expect(/status of 500/);
	const response = await page.goto('/ssr');
	assert.equal(response?.status(), 500);
	await shows(page, {
		title: 'render_threw',
		message: /SECRET of the component on the server/,
		place: /^src\/routes\/ssr\/\+page\.svelte:4:\d+$/,
		line: /^> +4 \| .*throw new Error/
	});
	await told(/SECRET of the component on the server[^]*src\/routes\/ssr\/\+page\.svelte:4/);
	const source = await app.read('src/routes/ssr/+page.svelte');
	await app.replace('src/routes/ssr/+page.svelte', 'if (!browser) throw', 'if (false) throw');
	await page.getByRole('heading', { name: 'Only in the browser' }).waitFor();
	await isGone(page);
	await app.write('src/routes/ssr/+page.svelte', source);
	await overlay(page).waitFor();
});

devTest('a component that throws in the browser only', async ({ page, complaints }) => {
	complaints.expect(/SECRET of the component in the browser/);
	await page.goto('/hydrate');
	await shows(page, {
		title: 'Error in the browser',
		message: /SECRET of the component in the browser/,
		place: /^src\/routes\/hydrate\/\+page\.svelte:4:\d+$/,
		line: /^> +4 \| .*throw new Error/
	});
	await told(/in the browser[^]*SECRET of the component in the browser[^]*src\/routes\/hydrate\/\+page\.svelte:4/);
});

devTest('an effect that throws', async ({ page, complaints }) => {
	complaints.expect(/SECRET of the effect/);
	await page.goto('/effect');
	await shows(page, {
		title: 'Error in the browser',
		message: /SECRET of the effect/,
		place: /^src\/routes\/effect\/\+page\.svelte:3:\d+$/,
		line: /^> +3 \| .*throw new Error/
	});
});

devTest('an event handler that throws, and a promise that nobody waits for', async ({ page, complaints }) => {
	complaints.expect(/SECRET of the event handler/);
	complaints.expect(/SECRET of the promise/);
	await page.goto('/click');
	await clickFor(page.getByRole('button', { name: 'Throw' }), overlay(page));
	await shows(page, {
		title: 'Uncaught in the browser',
		message: /SECRET of the event handler/,
		place: /^src\/routes\/click\/\+page\.svelte:3:\d+$/,
		line: /^> +3 \| .*throw new Error/
	});
	await page.keyboard.press('Escape');
	await page.getByRole('button', { name: 'Reject' }).click();
	await shows(page, {
		title: 'Unhandled rejection in the browser',
		message: /SECRET of the promise/,
		place: /^src\/routes\/click\/\+page\.svelte:6:\d+$/,
		line: /^> +6 \| .*throw new Error/
	});
});

devTest('a universal load that throws while the app navigates', async ({ page, complaints }) => {
	complaints.expect(/SECRET of the universal load/);
	await page.goto('/');
	await hydrated(page);
	await page.getByRole('link', { name: 'universal' }).click();
	await shows(page, {
		title: 'Error in the browser',
		message: /SECRET of the universal load/,
		place: /^src\/routes\/universal\/\+page\.ts:4:\d+$/,
		line: /^> +4 \| .*throw new Error/
	});
	// Under it is the app's error page, and on the page before is nothing wrong.
	await page.getByText('Internal Error', { exact: true }).waitFor();
	await page.goBack();
	await isGone(page);
	await page.getByRole('heading', { name: 'All is well' }).waitFor();
});

devTest('a server load that throws, for a document and while the app navigates', async ({ page, complaints }) => {
	complaints.expect(/status of 500/);
	const expected = {
		title: 'render_threw',
		message: /SECRET of the server load/,
		place: /^src\/routes\/load\/\+page\.server\.ts:2:\d+$/,
		line: /^> +2 \| .*throw new Error/
	};
	await page.goto('/load');
	await shows(page, expected);
	await page.goto('/');
	await hydrated(page);
	await page.getByRole('link', { name: 'load', exact: true }).click();
	await shows(page, expected);
	await page.getByText('Internal Error', { exact: true }).waitFor();
});

devTest('what the app changes at run time of its configuration is used, the rest asks for a restart', async ({ page }) => {
	const file = 'wellhead.toml';
	const source = await app.read(file);
	const header = async () => (await page.request.get('/')).headers()['x-tried'];
	await page.goto('/');
	assert.equal(await header(), undefined);
	await app.write(file, `${source}\n[security]\nheaders = { x-tried = "yes" }\n\n[server]\nmax_connections = 99\n`);
	await eventually(async () => assert.equal(await header(), 'yes'));
	await told(/wellhead\.toml: server\.max_connections = 99: restart needed/);
	await told(/wellhead\.toml: security\.headers = .*x-tried/);
	await app.write(file, source);
	await eventually(async () => assert.equal(await header(), undefined));
});

devTest('a broken configuration is shown with its line and what was meant', async ({ page }) => {
	const file = 'wellhead.toml';
	const source = await app.read(file);
	await page.goto('/');
	await hydrated(page);
	await app.write(file, `${source}\n[server]\nprot = 3000\n`);
	await shows(page, {
		title: 'configuration',
		message: /`server\.prot`: unknown key/,
		place: /^wellhead\.toml:6$/,
		line: /^> +6 \| prot = 3000/
	});
	assert.equal(await overlay(page).locator('.hint').textContent(), 'did you mean `port`?');
	await told(/wellhead\.toml:6[^]*did you mean `port`\?/);
	await app.write(file, source);
	await isGone(page);
	await page.getByRole('heading', { name: 'All is well' }).waitFor();
});

devTest('a page that is added is there, one that is removed is not', async ({ page, complaints }) => {
	complaints.expect(/status of 404/);
	// No page of the app is open while it changes: it would load itself again, in the middle of the next navigation.
	await app.write('src/routes/late/+page.svelte', '<h1>Here now</h1>');
	await app.settle();
	await page.goto('/late');
	assert.equal(await page.locator('h1').textContent(), 'Here now');
	await page.goto('about:blank');
	await app.remove('src/routes/click/+page.svelte');
	await app.settle();
	assert.equal((await page.goto('/click'))?.status(), 404);
});

devTest('two routes with one path are both named', async ({ page }) => {
	await page.goto('/');
	await hydrated(page);
	await app.write('src/routes/(one)/same/+page.svelte', '<p>one</p>');
	await app.write('src/routes/(two)/same/+page.svelte', '<p>two</p>');
	await told(/error: .*[^]*src\/routes\/\(one\)\/same/);
	const shown = overlay(page);
	await shown.locator('article').filter({ hasText: 'src/routes/(one)/same' }).first().waitFor();
	await shown.locator('article').filter({ hasText: 'src/routes/(two)/same' }).first().waitFor();
	await app.remove('src/routes/(two)/same/+page.svelte');
	await isGone(page);
	await page.goto('/same');
	await page.getByText('one', { exact: true }).waitFor();
	await page.goto('about:blank');
});

devTest('a file that is no text is named', async ({ page }) => {
	const file = 'src/routes/+page.svelte';
	await page.goto('/');
	await hydrated(page);
	const source = await app.read(file);
	await app.write(file, Buffer.from([0xff, 0xfe, 0x00]));
	const found = overlay(page).locator('article').filter({ hasText: 'the file is not UTF-8 text' }).first();
	await found.waitFor();
	assert.equal(await found.locator('.place').textContent(), file);
	assert.match((await found.locator('.hint').textContent()) ?? '', /save it as UTF-8/);
	await app.write(file, source);
	await isGone(page);
	await page.getByRole('heading', { name: 'All is well' }).waitFor();
});

/**
 * Visits an app that is broken before it is developed.
 *
 * @param {string} name
 * @param {(folder: string) => Promise<void>} spoil
 * @param {(visit: Visit, folder: string, log: () => string) => Promise<void>} body
 */
function startTest(name, spoil, body) {
	test(name, { timeout: 120_000 }, async () => {
		const { folder, forget } = await copied('faults');
		try {
			await spoil(folder);
			const env = { WELLHEAD_ENGINE_ENGINE: places.engine, WELLHEAD_ENGINE_WORKERS: '1' };
			const server = await startServer(places.wellhead, ['dev', folder, '--port', '0'], env);
			try {
				// The browser is not to wait for the first build.
				await until(() => server.log().includes('error: '), 'the terminal says what is wrong');
				const about = { name: `dev ${name}`, url: server.url, log: server.log };
				await visit(browser, about, (visit) => body(visit, folder, server.log));
			} finally {
				await server.stop();
			}
		} finally {
			await forget();
		}
	});
}

startTest(
	'a configuration that is broken at the start is shown until it is mended',
	(folder) => writeFile(join(folder, 'wellhead.toml'), '[server]\nprot = 3000\n'),
	async ({ page }, folder) => {
		await page.goto('/');
		await shows(page, {
			title: 'configuration',
			message: /`server\.prot`: unknown key/,
			place: /^wellhead\.toml:2$/,
			line: /^> +2 \| prot = 3000/
		});
		// The app is there under it, with the defaults.
		await page.getByRole('heading', { name: 'All is well' }).waitFor();
		await writeFile(join(folder, 'wellhead.toml'), '[security]\nheaders = { x-mended = "yes" }\n');
		await isGone(page);
		assert.equal((await page.request.get('/')).headers()['x-mended'], 'yes');
	}
);

startTest(
	'packages that are installed while the app is developed are found',
	async (folder) => {
		await writeFile(join(folder, 'package.json'), '{ "dependencies": { "svelte": "5" } }');
		await rename(join(folder, 'node_modules'), join(folder, 'aside'));
	},
	async ({ page, complaints }, folder, log) => {
		complaints.expect(/status of 50/);
		await page.goto('/');
		const found = overlay(page).locator('article').filter({ hasText: 'there is no node_modules' }).first();
		await found.waitFor();
		assert.equal(await found.locator('.hint').textContent(), 'run `npm install`');
		await rename(join(folder, 'aside'), join(folder, 'node_modules'));
		await until(() => log().includes('built in'), 'the app is built');
		await page.getByRole('heading', { name: 'All is well' }).waitFor();
		await isGone(page);
		await hydrated(page);
	}
);

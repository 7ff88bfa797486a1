// Chrome's own DevTools, opened from chrome://inspect as people open it: it finds the server, and in it the app's files.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { launchWith } from '../browser.mjs';
import { develop } from '../development.mjs';
import { eventually } from '../harness.mjs';

test('DevTools of Chrome shows the files of the app', { timeout: 120_000 }, async () => {
	const profile = await mkdtemp(join(tmpdir(), 'wellhead-devtools-'));
	const app = await develop('faults', '--inspect=0');
	try {
		const [, address] = /&ws=([^/\s]+)\//.exec(app.log()) ?? assert.fail(app.log());
		// Where chrome://inspect looks for servers.
		await mkdir(join(profile, 'Default'));
		const devtools = { discover_tcp_targets: true, tcp_discovery_config: [address] };
		await writeFile(join(profile, 'Default/Preferences'), JSON.stringify({ devtools }));
		const context = await launchWith(profile);
		try {
			const page = await context.newPage();
			await page.goto('chrome://inspect/#devices');
			await page.getByText('inspect', { exact: true }).first().click({ timeout: 30_000 });
			// Modules are loaded when a page needs them.
			assert.equal((await fetch(`${app.url}/load`)).status, 500);
			const browser = await context.browser()?.newBrowserCDPSession();
			assert.ok(browser);
			await eventually(async () => {
				const files = await sources(browser);
				assert.ok(files.some((url) => url.endsWith('/src/routes/load/+page.server.ts')), files.join('\n'));
			});
		} finally {
			await context.close();
		}
	} finally {
		await app.stop();
		await rm(profile, { recursive: true, force: true, maxRetries: 5 });
	}
});

/**
 * What is in the panel *Sources* of the window of DevTools, which is no page of the browser's.
 *
 * @param {import('playwright-core').CDPSession} browser
 * @returns {Promise<string[]>}
 */
async function sources(browser) {
	const { targetInfos } = await browser.send('Target.getTargets');
	const window = targetInfos.find(({ url }) => url.startsWith('devtools://'));
	assert.ok(window, 'there is a window of DevTools');
	const { sessionId } = await browser.send('Target.attachToTarget', { targetId: window.targetId, flatten: false });
	/** @type {Promise<string>} */
	const answer = new Promise((resolve) => {
		browser.on('Target.receivedMessageFromTarget', (told) => void (told.sessionId === sessionId && resolve(told.message)));
	});
	const expression = `import('./models/workspace/workspace.js').then(({ Workspace }) =>
		Workspace.WorkspaceImpl.instance().uiSourceCodes().map((file) => file.url()))`;
	const params = { expression, awaitPromise: true, returnByValue: true };
	await browser.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }) });
	const { result } = JSON.parse(await answer);
	await browser.send('Target.detachFromTarget', { sessionId });
	return result.result.value ?? assert.fail(JSON.stringify(result));
}

// The tools of development.
import assert from 'node:assert/strict';

import { liveTest } from '../live.mjs';

const options = /** @type {const} */ ({ client: 'development', body: '<button id="b" @click="more">0</button>', search: '?wire=json' });

liveTest('messages are written where one reads them, when asked', options, async ({ page, server }) => {
	assert.deepEqual(server.socket?.offered, ['wellhead.v1.json']);
	await page.evaluate('wellheadLive.log(true)');
	const said = page.waitForEvent('console', (message) => message.text().includes('→ event'));
	await page.click('#b');
	await said;
	const heard = page.waitForEvent('console', (message) => message.text().includes('← patch'));
	server.patch(1, { op: 'setText', node: 3, text: '1' });
	await heard;
	await page.getByText('1').waitFor();
});

liveTest('bytes are the usual form there too', { ...options, search: '?wire=binary' }, async ({ server }) => {
	assert.deepEqual(server.socket?.offered, ['wellhead.v1']);
});

liveTest('round trips take as long as asked', options, async ({ page, server }) => {
	await page.evaluate('wellheadLive.latency(600)');
	await page.evaluate(() => {
		const button = /** @type {HTMLElement} */ (document.querySelector('#b'));
		const started = performance.now();
		new MutationObserver(() => button.textContent === '1' && (document.title = String(performance.now() - started))).observe(button, { characterData: true, subtree: true });
		button.click();
	});
	await server.next('event');
	server.patch(1, { op: 'setText', node: 3, text: '1' });
	await page.getByText('1').waitFor();
	assert.ok(Number(await page.title()) >= 590, await page.title());
	// Messages keep their order when it is turned off meanwhile.
	await page.evaluate(() => {
		const button = /** @type {HTMLElement} */ (document.querySelector('#b'));
		new MutationObserver(() => (button.title += button.textContent)).observe(button, { characterData: true, subtree: true });
	});
	server.patch(0, { op: 'setText', node: 3, text: '2' });
	await page.evaluate('wellheadLive.latency(0)');
	server.patch(0, { op: 'setText', node: 3, text: '3' });
	await page.locator('#b[title="23"]').waitFor();
});

liveTest('errors of handlers are shown over the page', { ...options, before: "addEventListener('wellhead:error', ({ detail }) => (document.title = JSON.stringify(detail)))" }, async ({ page, server }) => {
	server.send({ type: 'error', code: 'handler', message: 'It failed.', trace: 'abc' });
	await page.waitForFunction(() => document.title === '{"trace":"abc"}');
});

// What the server says while the user presses something: a browser that finds another element under the pointer when it is released
// dispatches no click at what was pressed.
import assert from 'node:assert/strict';

import { liveTest, nodeAt } from '../live.mjs';

const body = '<p id="error"></p><button id="b" @click="go">go</button>';
const joined = { type: 'joined', session: 's1', stream: 'continued', events: 0, heartbeat: 30_000, limits: { message: 262_144, chunk: 65_536, events: 50 } };

/** Stops the page's clock, so that only the test says how long something is pressed. @param {import('playwright-core').Page} page */
async function stopClock(page) {
	await page.clock.install({ time: 0 });
	await page.clock.pauseAt(60_000);
}

/** Moves the pointer to the button. @param {import('playwright-core').Page} page */
async function pointAt(page) {
	const { x, y } = /** @type {{ x: number, y: number }} */ (await page.locator('#b').boundingBox());
	await page.mouse.move(x + 2, y + 2);
}

/** Has the server push the button down the page. @param {import('playwright-core').Page} page @param {import('../live.mjs').LiveServer} server */
async function pushDown(page, server) {
	server.patch(0, { op: 'insertEnd', node: await nodeAt(page, '#error'), html: '<b style="display:block;height:200px">wrong</b>' });
	server.send({ ...joined, components: [{ component: 0, state: 'refused' }] });
	// That waits for nothing, so the patch has come.
	await page.locator('#c0[data-live=gone]').waitFor();
}

liveTest('a patch that moves what is pressed waits for the click', { body, later: true }, async ({ page, server, visitPage }) => {
	await stopClock(page);
	await visitPage();
	await pointAt(page);
	await page.mouse.down();
	await pushDown(page, server);
	await page.mouse.up();
	await server.expect({ type: 'event', component: 0, handler: 'go' });
	await page.clock.runFor(1);
	await page.getByText('wrong').waitFor();
});

liveTest('what is dragged sees patches', { body, later: true }, async ({ page, server, visitPage }) => {
	await stopClock(page);
	await visitPage();
	await pointAt(page);
	await page.mouse.down();
	await pushDown(page, server);
	await page.clock.runFor(199);
	assert.equal(await page.getByText('wrong').count(), 0);
	await page.clock.runFor(1);
	await page.getByText('wrong').waitFor();
});

liveTest('a touch that scrolls holds nothing up', { body, later: true }, async ({ page, server, visitPage }) => {
	await stopClock(page);
	await visitPage();
	await page.dispatchEvent('#b', 'pointerdown');
	await pushDown(page, server);
	await page.dispatchEvent('#b', 'pointercancel');
	await page.clock.runFor(1);
	await page.getByText('wrong').waitFor();
});

liveTest('a key that presses a button does so wherever patches put it meanwhile', { body }, async ({ page, server }) => {
	const [button, text, before] = await Promise.all([nodeAt(page, '#b'), nodeAt(page, '#b', 0), nodeAt(page, '#error')]);
	await page.focus('#b');
	await page.keyboard.down('Space');
	await pushDown(page, server);
	server.patch(0, { op: 'moveBefore', node: button, count: 1, before }, { op: 'setText', node: text, text: 'moved' });
	await page.locator('#b', { hasText: 'moved' }).waitFor();
	await page.keyboard.up('Space');
	await server.expect({ type: 'event', component: 0, handler: 'go' });
});

// The connection of a live page: joined, kept, lost, resumed, given up.
import assert from 'node:assert/strict';

import { liveTest, nodeAt } from '../live.mjs';

const counter = { body: '<button id="b" @click="more">0</button>' };

liveTest('a click is an event, and its answer a patch', counter, async ({ page, server }) => {
	await page.click('#b');
	await server.expect({ type: 'event', component: 0, handler: 'more' });
	server.patch(1, { op: 'setText', node: 3, text: '1' });
	await page.getByText('1').waitFor();
});

liveTest('the page joins with what it was given', { ...counter, later: true }, async ({ server, visitPage }) => {
	const join = await visitPage();
	assert.deepEqual(join, { type: 'join', token: 'page', url: `${server.url}/`, components: [{ token: 't0', nodes: 3, digest: '0'.repeat(16) }] });
});

import { assert, mount, test } from 'wellhead/test';

import Counter from './+live';

test('counts up and down', async () => {
	const page = mount(Counter);
	assert.strictEqual(await page.text('output'), '0');
	await page.click('button:last-child').click('button:last-child').click('button:first-child');
	assert.strictEqual(await page.text('output'), '1');
	assert.strictEqual(await page.title(), 'Counter');
});

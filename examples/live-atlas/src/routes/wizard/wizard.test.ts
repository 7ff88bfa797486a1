import { assert, describe, mount, test } from 'wellhead/test';

import Wizard from './+live';

const open = (url = '/wizard') => mount(Wizard, { url });

/** A page on its third step. */
const filled = () =>
	open()
		.type('#name', 'Ada Lovelace')
		.type('#email', 'ada@example.org')
		.submit('#you')
		.select('#country', 'NOR')
		.type('#days', '14')
		.check('input[value=Food]')
		.submit('#journey')
		.waitFor('#last');

test('a step that is not complete stays, and says what is missing', async () => {
	const page = open().submit('#you');
	assert.deepEqual(await page.texts('.error p'), ['Please tell us your name.', 'This is no address for e-mail.']);
	assert.strictEqual(await page.url(), '/wizard');
	await page.type('#name', 'Ada');
	assert.deepEqual(await page.texts('.error p'), ['This is no address for e-mail.']);
});

test('three steps lead to a permit', async () => {
	const page = filled();
	assert.include(await page.url(), '/wizard?step=3');
	assert.deepEqual(await page.texts('.summary dd'), ['Ada Lovelace', 'ada@example.org', '🇳🇴 Norway', '14', 'Food']);
	await page.submit('#last');
	assert.strictEqual(await page.text('#agree-errors'), 'We need your word.');
	await page.check('input[name=agree]').submit('#last').waitFor('.granted');
	assert.match(await page.text('.granted h2'), /^Permit [0-9A-F]{8}$/);
	assert.strictEqual(await page.title(), 'Granted – Live atlas');
});

test('nobody comes to a step before its time', async () => {
	const page = open('/wizard?step=3');
	assert.strictEqual(await page.count('#you'), 1);
});

test('what was entered is still there after the connection was lost', async () => {
	const page = open().type('#name', 'Ada Lovelace').disconnect().reconnect();
	assert.strictEqual(await page.value('#name'), 'Ada Lovelace');
});

describe('the photograph', () => {
	test('arrives, and is part of the permit', async () => {
		const page = filled().upload('#photo', { name: 'ada.png', type: 'image/png', content: new Uint8Array(100_000) });
		await page.waitFor({ text: 'arrived' }).check('input[name=agree]').submit('#last').waitFor('.granted');
		assert.include(await page.text('.granted'), 'With the photograph ada.png');
	});
	test('is refused if it is none', async () => {
		const page = filled();
		await assert.rejects(page.upload('#photo', { name: 'ada.txt', content: 'Ada' }), /not_accepted/);
		await page.waitFor({ text: 'Only JPEG and PNG.' });
	});
});

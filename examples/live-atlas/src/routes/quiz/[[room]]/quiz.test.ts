import { assert, mount, test } from 'wellhead/test';

import Quiz from './+live';

let rooms = 0;

/** Two players in a room of their own. */
async function players() {
	const url = `/quiz/test-${++rooms}`;
	const join = (name: string) => mount(Quiz, { url }).type('input[name=name]', name).submit('form');
	const ada = join('Ada');
	await ada;
	const bob = join('Bob');
	await bob;
	await ada.waitFor('.players li + li');
	return { ada, bob };
}

test('all who have joined see each other, and the same question', async () => {
	const { ada, bob } = await players();
	assert.deepEqual(await ada.texts('.players .name'), ['Ada (you)', 'Bob']);
	assert.deepEqual(await bob.texts('.players .name'), ['Ada', 'Bob (you)']);
	await ada.click('.stage button');
	await bob.waitFor('.choices');
	assert.deepEqual(await bob.texts('.choices button'), await ada.texts('.choices button'));
	assert.strictEqual(await bob.title(), 'Question 1 of 5 – Live atlas');
});

test('who has answered waits for the others', async () => {
	const { ada, bob } = await players();
	await ada.click('.stage button');
	await bob.waitFor('.choices');
	await ada.click('.choices li:first-child button');
	await bob.waitFor('.badge');
	assert.strictEqual(await ada.attribute('.choices li:first-child button', 'aria-pressed'), 'true');
	assert.strictEqual(await bob.attribute('.choices li:first-child button', 'aria-pressed'), 'false');
	await bob.click('.choices li:last-child button').waitFor('button.right');
	await ada.waitFor('button.right');
});

test('who goes is gone for the others', async () => {
	const { ada, bob } = await players();
	await bob.close();
	await ada.waitFor({ gone: '.players li + li' });
});

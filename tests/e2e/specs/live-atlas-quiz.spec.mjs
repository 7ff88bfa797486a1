// A quiz for all who are there: one clock, one question, each his own answer.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { visitLive, withCompany } from '../company.mjs';
import { browserTest } from '../harness.mjs';

const app = 'live-atlas';
/** @typedef {import('playwright-core').Page} Page */

/** @type {{ name: { common: string }, capital: string[] }[]} */
const countries = JSON.parse(await readFile(new URL('../../../examples/live-atlas/node_modules/world-countries/countries.json', import.meta.url), 'utf8'));

/** @param {Page} page */
async function join(page, /** @type {string} */ room, /** @type {string} */ name) {
	await visitLive(page, `/quiz/${room}`);
	await page.getByLabel('Your name').fill(name);
	await page.getByRole('button', { name: 'Join' }).click();
	await player(page, `${name} (you)`).waitFor();
}

/** @param {Page} page */
const player = (page, /** @type {string} */ name) => page.locator('.players li', { hasText: name });

/** @param {Page} page */
const score = (page, /** @type {string} */ name, /** @type {RegExp} */ points) => player(page, name).locator('.score').filter({ hasText: points }).waitFor();

/** @param {Page} page */
const questionNumber = (page, /** @type {number} */ number) => page.getByText(`Question ${number} of 5`).waitFor();

/** @param {Page} page */
const asked = async (page) => (await page.locator('.asked').textContent())?.trim();

/** The right button and a wrong one. @param {Page} page */
async function choices(page) {
	const name = /capital of (.+)\?$/.exec((await asked(page)) ?? '')?.[1];
	const capital = countries.find((country) => country.name.common === name)?.capital[0];
	assert.ok(capital, `the capital of ${name}`);
	const right = page.locator('.choices button').filter({ hasText: capital });
	const wrong = page.locator('.choices button').filter({ hasNotText: capital }).first();
	return { right, wrong, capital };
}

browserTest('two play a game: the same questions, points for who is right', { app }, async ({ page, url }) => {
	await join(page, 'game', 'Ada');
	await withCompany(page, url, async (guest) => {
		await join(guest, 'game', 'Mary');
		await player(page, 'Mary').waitFor();
		await page.getByRole('button', { name: 'Start' }).click();
		for (let number = 1; number <= 5; number++) {
			await Promise.all([questionNumber(page, number), questionNumber(guest, number)]);
			assert.equal(await asked(page), await asked(guest));
			assert.deepEqual(await page.locator('.choices button').allTextContents(), await guest.locator('.choices button').allTextContents());
			assert.equal(await page.title(), `Question ${number} of 5 – Live atlas`);
			const { right, capital } = await choices(page);
			await right.click();
			await player(guest, 'Ada').getByText('answered').waitFor();
			assert.equal(await page.locator('.choices .right').count(), 0, 'nothing is told before all have answered');
			await (await choices(guest)).wrong.click();
			// All have answered: nobody waits for the clock.
			await page.locator('.choices .right', { hasText: capital }).waitFor();
			await guest.locator('.choices .wrong').waitFor();
			await page.getByRole('status').filter({ hasText: /^\s*Right! \d points?\.\s*$/ }).waitFor();
			await guest.getByRole('status').filter({ hasText: `No, it is ${capital}.` }).waitFor();
			await page.getByRole('button', { name: 'Go on' }).click();
		}
		await page.getByRole('heading', { name: 'Ada has won' }).waitFor();
		await guest.getByRole('heading', { name: 'Ada has won' }).waitFor();
		await score(guest, 'Ada', /^(?:[5-9]|1[0-5])$/);
		await score(guest, 'Mary', /^0$/);
		assert.equal(await page.title(), 'Quiz – Live atlas');

		await guest.getByRole('button', { name: 'Play again' }).click();
		await questionNumber(page, 1);
		await score(page, 'Ada', /^0$/);
		assert.equal(await page.getByText('Right!').count(), 0, 'what was said of the last answer is gone');
	});
	await player(page, 'Mary').waitFor({ state: 'detached' });
});

browserTest('one clock runs for all, and when time is up it is up', { app }, async ({ page, url }) => {
	await join(page, 'clock', 'Ada');
	await withCompany(page, url, async (guest) => {
		await join(guest, 'clock', 'Mary');
		await page.getByRole('button', { name: 'Start' }).click();
		for (const seconds of ['10 s', '8 s']) await Promise.all([page, guest].map((one) => one.getByRole('timer').filter({ hasText: seconds }).waitFor()));
		const { capital } = await choices(page);
		await page.getByRole('status').filter({ hasText: `Time is up. It is ${capital}.` }).waitFor();
		await guest.getByRole('status').filter({ hasText: `Time is up. It is ${capital}.` }).waitFor();
		await Promise.all([questionNumber(page, 2), questionNumber(guest, 2)]);
	});
});

browserTest('who comes late sees the question and the scores, and plays on', { app }, async ({ page, url }) => {
	await join(page, 'late', 'Ada');
	await page.getByRole('button', { name: 'Start' }).click();
	await questionNumber(page, 1);
	await (await choices(page)).right.click();
	await page.getByRole('button', { name: 'Go on' }).click();
	await questionNumber(page, 2);
	await score(page, 'Ada', /^[1-3]$/);
	await withCompany(page, url, async (guest) => {
		await visitLive(guest, '/quiz/late');
		await questionNumber(guest, 2);
		assert.equal(await asked(guest), await asked(page));
		assert.equal(await guest.locator('.choices button').first().isDisabled(), true, 'who only looks does not answer');
		await score(guest, 'Ada', /^[1-3]$/);
		await guest.getByLabel('Your name').fill('Mary');
		await guest.getByRole('button', { name: 'Join' }).click();
		await player(page, 'Mary').waitFor();
		await (await choices(guest)).right.click();
		await player(page, 'Mary').getByText('answered').waitFor();
		await (await choices(page)).right.click();
		await score(page, 'Mary', /^[1-3]$/);
	});
});

browserTest('a game goes on when players leave, whoever it is', { app }, async ({ page, url }) => {
	await join(page, 'leave', 'Ada');
	await withCompany(page, url, async (guest) => {
		await join(guest, 'leave', 'Mary');
		await withCompany(page, url, async (third) => {
			await join(third, 'leave', 'Grace');
			await player(page, 'Grace').waitFor();
			await player(page, 'Mary').waitFor();
			await page.getByRole('button', { name: 'Start' }).click();
			await questionNumber(third, 1);
		});
	});
	await player(page, 'Mary').waitFor({ state: 'detached' });
	await player(page, 'Grace').waitFor({ state: 'detached' });
	// Nobody else is there to wait for.
	await (await choices(page)).right.click();
	await page.getByRole('button', { name: 'Go on' }).click();
	await questionNumber(page, 2);
});

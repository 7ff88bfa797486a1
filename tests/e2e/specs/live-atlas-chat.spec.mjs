// Rooms: what is said in one browser is read in the others.
import assert from 'node:assert/strict';

import { network, visitLive, withCompany } from '../company.mjs';
import { browserTest } from '../harness.mjs';

const app = 'live-atlas';
/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page */
const field = (page) => page.getByLabel('Message', { exact: true });

/** @param {Page} page */
const text = (page, /** @type {string} */ said) => page.locator('.text').filter({ hasText: new RegExp(`^${said}$`) });

/** @param {Page} page */
async function say(page, /** @type {string} */ said) {
	await field(page).fill(said);
	await field(page).press('Enter');
	await text(page, said).waitFor();
}

/** @param {Page} page */
async function becomeKnownAs(page, /** @type {string} */ name) {
	await page.getByRole('button', { name: /person|people/ }).click();
	await page.getByLabel('Your name').fill(name);
	await page.keyboard.press('Enter');
	await page.locator('#people li', { hasText: `${name} (you)` }).waitFor();
}

/** @param {Page} page */
const isAtEnd = (page) =>
	page.waitForFunction(() => {
		const list = /** @type {HTMLElement} */ (document.querySelector('#messages'));
		return list.scrollHeight > list.clientHeight && list.scrollHeight - list.scrollTop - list.clientHeight < 2;
	});

browserTest('who is in a room is known by name to all', { app }, async ({ page, url }) => {
	await visitLive(page, '/chat/africa');
	await becomeKnownAs(page, 'Ada');
	await withCompany(page, url, async (guest) => {
		await visitLive(guest, '/chat/africa');
		await page.getByRole('button', { name: '2 people' }).waitFor();
		await becomeKnownAs(guest, 'Mary');
		await page.locator('#people li', { hasText: 'Mary' }).waitFor();
		await guest.locator('#people li').filter({ hasText: /^Ada$/ }).waitFor();
		await say(guest, 'Good morning');
		await text(page, 'Good morning').waitFor();
		assert.equal(await page.locator('.messages strong').textContent(), 'Mary');
		assert.equal(await page.locator('.messages .own').count(), 0);
		assert.equal(await guest.locator('.messages .own').count(), 1);
	});
	await page.locator('#people li', { hasText: 'Mary' }).waitFor({ state: 'detached' });
	await page.getByRole('button', { name: '1 person' }).waitFor();
});

browserTest('a half-written message keeps its text, caret and focus while others talk', { app }, async ({ page, url }) => {
	await visitLive(page, '/chat/americas');
	await withCompany(page, url, async (guest) => {
		await visitLive(guest, '/chat/americas');
		await field(page).fill('half a message');
		await field(page).evaluate((area) => /** @type {HTMLTextAreaElement} */ (area).setSelectionRange(4, 6));
		for (const said of ['one', 'two', 'three']) await say(guest, said);
		await text(page, 'three').waitFor();
		assert.deepEqual(
			await field(page).evaluate((element) => {
				const area = /** @type {HTMLTextAreaElement} */ (element);
				return [area.value, area.selectionStart, area.selectionEnd, area === document.activeElement];
			}),
			['half a message', 4, 6, true]
		);
		await field(page).press('End');
		await field(page).press('Shift+Enter');
		await page.keyboard.type('and more');
		await field(page).press('Enter');
		await guest.locator('.text', { hasText: 'half a message' }).waitFor();
		assert.equal(await guest.locator('.text').last().textContent(), 'half a message\nand more');
		assert.equal(await field(page).inputValue(), '');
		assert.ok(await field(page).evaluate((area) => area === document.activeElement));
		await page.getByRole('button', { name: 'Send' }).click();
		await say(page, 'not empty');
		assert.equal(await page.locator('.own').count(), 2, 'what is empty is not said');
	});
});

browserTest('others see who is writing, and it costs little', { app }, async ({ page, url }) => {
	const net = await network(page);
	await visitLive(page, '/chat/oceania');
	await becomeKnownAs(page, 'Ada');
	await withCompany(page, url, async (guest) => {
		await visitLive(guest, '/chat/oceania');
		const before = net.sent();
		await field(page).pressSequentially('a long sentence of thirty keys');
		await guest.locator('#writing', { hasText: 'Ada is writing…' }).waitFor();
		assert.equal(await page.locator('#writing').textContent(), '', 'who writes knows it');
		assert.ok(net.sent() - before < 12, `${net.sent() - before} messages for thirty keys`);
		// Who stops is forgotten; who has said it, at once.
		await guest.locator('#writing').filter({ hasText: /^$/ }).waitFor({ state: 'attached' });
		await field(page).press('Enter');
		await guest.locator('.text').waitFor();
		assert.equal(await guest.locator('#writing').textContent(), '');
	});
});

browserTest('who comes late reads what was said, as far as it is kept', { app }, async ({ page, url }) => {
	await visitLive(page, '/chat/europe');
	for (let i = 1; i <= 52; i++) await say(page, `message ${i}`);
	assert.equal(await page.locator('.text').count(), 50);
	assert.equal(await page.locator('.text').first().textContent(), 'message 3');
	await withCompany(page, url, async (guest) => {
		await visitLive(guest, '/chat/europe');
		await text(guest, 'message 52').waitFor();
		assert.equal(await guest.locator('.text').count(), 50);
		assert.equal(await guest.locator('.text').first().textContent(), 'message 3');
		await isAtEnd(guest);
	});
});

browserTest('the list stays at its end, and where somebody reads', { app }, async ({ page, url }) => {
	await visitLive(page, '/chat/asia');
	await withCompany(page, url, async (guest) => {
		await visitLive(guest, '/chat/asia');
		for (let i = 1; i <= 15; i++) await say(guest, `line ${i}`);
		await text(page, 'line 15').waitFor();
		await isAtEnd(page);
		await page.locator('#messages').evaluate((list) => list.scrollTo(0, 60));
		await say(guest, 'line 16');
		await text(page, 'line 16').waitFor();
		assert.equal(await page.locator('#messages').evaluate((list) => list.scrollTop), 60);
		await page.locator('#messages').evaluate((list) => list.scrollTo(0, list.scrollHeight));
		await say(guest, 'line 17');
		await text(page, 'line 17').waitFor();
		await isAtEnd(page);
		// What takes its room away does not hide it.
		await page.getByRole('button', { name: '2 people' }).click();
		await page.locator('#people').waitFor();
		await isAtEnd(page);
	});
});

browserTest('what needs no server happens without it', { app }, async ({ page }) => {
	const net = await network(page);
	await visitLive(page, '/chat/world');
	const people = page.getByRole('button', { name: '1 person' });
	await people.waitFor();
	await net.fail();
	assert.equal(await people.getAttribute('aria-expanded'), 'false');
	assert.equal(await page.locator('#people').isVisible(), false);
	await people.click();
	await page.locator('#people').waitFor();
	assert.equal(await people.getAttribute('aria-expanded'), 'true');
	await page.getByRole('button', { name: 'Write' }).click();
	await page.waitForFunction(() => document.activeElement?.id === 'text');
	await net.recover();
	// What a command has shown stays, whatever the server changes there.
	await say(page, 'hello');
	await page.getByLabel('Your name').fill('Ada');
	await page.getByLabel('Your name').press('Enter');
	await page.locator('#people li', { hasText: 'Ada (you)' }).waitFor();
	assert.ok(await page.locator('#people').isVisible());
	assert.equal(await people.getAttribute('aria-expanded'), 'true');
	await people.click();
	await page.locator('#people').waitFor({ state: 'hidden' });
	assert.equal(await people.getAttribute('aria-expanded'), 'false');
});

browserTest('times are those of the browser, and stay so', { app }, async ({ page, url }) => {
	await visitLive(page, '/chat/world');
	await withCompany(
		page,
		url,
		async (guest) => {
			await visitLive(guest, '/chat/world');
			await say(page, 'what time is it');
			await text(guest, 'what time is it').waitFor();
			const time = guest.locator('.who time').last();
			const shown = await time.evaluate((element) => {
				const at = new Date(element.getAttribute('datetime') ?? '');
				return [element.textContent, at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Tokyo' })];
			});
			assert.equal(shown[0], shown[1]);
			await say(page, 'and now');
			await text(guest, 'and now').waitFor();
			assert.equal(await guest.locator('.who time').first().textContent(), shown[0]);
		},
		{ timezoneId: 'Asia/Tokyo' }
	);
});

browserTest('from room to room one keeps the name, and leaves the talk', { app }, async ({ page, url }) => {
	await visitLive(page, '/chat/europe');
	await becomeKnownAs(page, 'Ada');
	await field(page).fill('unsent');
	await withCompany(page, url, async (guest) => {
		await visitLive(guest, '/chat/europe');
		await page.getByRole('button', { name: '2 people' }).waitFor();
		await say(guest, 'in Europe');
		await text(page, 'in Europe').waitFor();
		await page.getByRole('link', { name: 'Oceania' }).click();
		await page.getByRole('heading', { name: 'Oceania' }).waitFor();
		await page.waitForURL('**/chat/oceania');
		assert.equal(await page.title(), 'Oceania – Live atlas');
		await guest.getByRole('button', { name: '1 person' }).waitFor();
		await page.locator('#people li', { hasText: 'Ada (you)' }).waitFor();
		assert.equal(await text(page, 'in Europe').count(), 0);
		assert.equal(await field(page).inputValue(), 'unsent');
		await say(page, 'in Oceania');
		await say(guest, 'still in Europe');
		assert.equal(await text(guest, 'in Oceania').count(), 0);

		await page.goBack();
		await page.getByRole('heading', { name: 'Europe' }).waitFor();
		await text(page, 'still in Europe').waitFor();
		await guest.getByRole('button', { name: '2 people' }).waitFor();
	});
});

// A form in steps, whose state is on the server.
import assert from 'node:assert/strict';

import { network, visitLive } from '../company.mjs';
import { browserTest } from '../harness.mjs';

const app = 'live-atlas';
/** @typedef {import('playwright-core').Page} Page */

/** @param {Page} page */
const next = (page) => page.getByRole('button', { name: 'Next' }).click();

/** @param {Page} page */
async function fillTwoSteps(page) {
	await page.getByLabel('Name').fill('Ada Lovelace');
	await page.getByLabel('E-mail').fill('ada@example.org');
	await next(page);
	await page.getByLabel('Country').selectOption('NOR');
	await page.getByLabel('Days').fill('14');
	await page.getByLabel('Mountains').check();
	await page.getByLabel('Food').check();
	await next(page);
	await page.getByLabel('All of this is true').waitFor();
}

/** Waits for a title, which comes after what is shown. @param {Page} page @param {string} title */
const titled = (page, title) => page.waitForFunction((title) => document.title === title, title);

browserTest('errors stand at fields that were used, and after a submit at all', { app }, async ({ page }) => {
	await visitLive(page, '/wizard');
	await page.getByLabel('E-mail').fill('ada');
	await page.locator('#email-errors', { hasText: 'This is no address for e-mail.' }).waitFor();
	assert.equal(await page.getByLabel('E-mail').getAttribute('aria-invalid'), 'true');
	assert.equal(await page.locator('#name-errors').textContent(), '', 'nobody was there yet');
	await page.getByLabel('E-mail').pressSequentially('@example.org');
	await page.locator('#email-errors p').waitFor({ state: 'detached' });
	await next(page);
	await page.locator('#name-errors', { hasText: 'Please tell us your name.' }).waitFor();
	assert.equal(await page.getByLabel('E-mail').inputValue(), 'ada@example.org');
});

browserTest('three steps lead to a permit', { app }, async ({ page }) => {
	await visitLive(page, '/wizard');
	await fillTwoSteps(page);
	assert.match(page.url(), /\/wizard\?step=3$/);
	await titled(page, 'Check and send – Live atlas');
	assert.deepEqual(await page.locator('.summary dd').allTextContents(), ['Ada Lovelace', 'ada@example.org', '🇳🇴 Norway', '14', 'Mountains, Food']);

	const send = page.getByRole('button', { name: 'Send' });
	await send.click();
	await page.getByText('We need your word.').waitFor();
	await page.getByLabel('All of this is true').check();
	await page.getByText('We need your word.').waitFor({ state: 'detached' });
	await send.click();
	// The office takes its time, and the button says so.
	await page.locator('button:disabled', { hasText: 'Sending…' }).waitFor();
	await page.getByRole('heading', { name: /^Permit [0-9A-F]{8}$/ }).waitFor();
	await page.getByText('Ada Lovelace may travel to Norway for 14 days.').waitFor();
	await page.getByText('Your permit is granted.').waitFor();
	await titled(page, 'Granted – Live atlas');

	await page.getByRole('button', { name: 'Apply for another' }).click();
	await page.getByLabel('Name').waitFor();
	assert.equal(await page.getByLabel('Name').inputValue(), '');
	assert.equal(await page.getByText('Your permit is granted.').count(), 0);
});

browserTest('no way back and forth loses what was entered', { app }, async ({ page }) => {
	await visitLive(page, '/wizard');
	await page.getByLabel('Name').fill('Ada Lovelace');
	await page.getByLabel('E-mail').fill('ada@example.org');
	await next(page);
	await page.getByLabel('Country').selectOption('ISL');
	await page.getByLabel('Coasts').check();
	// Not finished, and left at once by a link.
	await page.getByLabel('Days').fill('3');
	await page.getByRole('link', { name: 'Back' }).click();
	await page.getByLabel('Name').waitFor();
	assert.equal(await page.getByLabel('Name').inputValue(), 'Ada Lovelace');
	await page.goBack();
	await page.getByLabel('Country').waitFor();
	assert.equal(await page.getByLabel('Country').inputValue(), 'ISL');
	assert.equal(await page.getByLabel('Days').inputValue(), '3');
	assert.equal(await page.getByLabel('Coasts').isChecked(), true);
	assert.equal(await page.getByLabel('Cities').isChecked(), false);
	await page.getByRole('link', { name: 'Check and send' }).click();
	await page.locator('.summary', { hasText: 'Iceland' }).waitFor();
	await page.goBack();
	await page.getByLabel('Country').waitFor();
	assert.equal(await page.getByLabel('Coasts').isChecked(), true);
});

browserTest('nobody gets past a step that is not complete', { app }, async ({ page }) => {
	await visitLive(page, '/wizard?step=3');
	await page.getByLabel('Name').waitFor();
	await page.waitForURL('**/wizard');
	assert.equal(await page.locator('.steps a').count(), 0);
});

browserTest('starting over asks first', { app }, async ({ page }) => {
	await visitLive(page, '/wizard');
	await fillTwoSteps(page);
	const question = page.getByRole('dialog', { name: 'Start over' });
	await page.getByRole('button', { name: 'Start over' }).click();
	await question.waitFor();
	// A patch of the page beneath does not close it.
	await page.getByLabel('All of this is true').evaluate((box) => {
		/** @type {HTMLInputElement} */ (box).checked = true;
		box.dispatchEvent(new Event('input', { bubbles: true }));
		box.dispatchEvent(new Event('change', { bubbles: true }));
	});
	await page.waitForFunction(() => !document.querySelector('.ts-loading'));
	assert.ok(await question.isVisible());
	await question.getByRole('button', { name: 'Keep it' }).click();
	await question.waitFor({ state: 'hidden' });
	assert.ok(await page.getByLabel('All of this is true').isVisible());
	await page.getByRole('button', { name: 'Start over' }).click();
	await question.getByRole('button', { name: 'Start over' }).click();
	await page.getByLabel('Name').waitFor();
	assert.equal(await page.getByLabel('Name').inputValue(), '');
	assert.match(page.url(), /\/wizard$/);
});

browserTest('a step that was sent without a network is taken once it is there', { app }, async ({ page }) => {
	const net = await network(page);
	await visitLive(page, '/wizard');
	await page.getByLabel('Name').fill('Ada Lovelace');
	await net.fail();
	await page.getByLabel('E-mail').fill('ada@example.org');
	await next(page);
	await page.locator('button:disabled', { hasText: 'Checking…' }).waitFor();
	await net.recover();
	await page.getByLabel('Country').waitFor();
	await page.getByRole('link', { name: 'Back' }).click();
	await page.getByLabel('Name').waitFor();
	assert.equal(await page.getByLabel('Name').inputValue(), 'Ada Lovelace');
});

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

browserTest('a photograph is shown, sent, and told of in the end', { app }, async ({ page }) => {
	await visitLive(page, '/wizard');
	await fillTwoSteps(page);
	await page.getByLabel('Photograph').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: png });
	const photo = page.locator('.photo', { hasText: 'me.png' });
	await photo.getByText('arrived').waitFor();
	await page.waitForFunction(() => document.querySelector('img')?.naturalWidth === 1);
	await page.getByLabel('All of this is true').check();
	await page.getByRole('button', { name: 'Send' }).click();
	await page.getByText('With the photograph me.png, 1 kB.').waitFor();
});

browserTest('a file that is no picture, or too large, is refused, and removed', { app }, async ({ page }) => {
	await visitLive(page, '/wizard');
	await fillTwoSteps(page);
	await page.getByLabel('Photograph').setInputFiles({ name: 'me.txt', mimeType: 'text/plain', buffer: Buffer.from('me') });
	await page.locator('.photo', { hasText: 'Only JPEG and PNG.' }).waitFor();
	await page.getByRole('button', { name: 'Remove' }).click();
	await page.locator('.photo').waitFor({ state: 'detached' });
	await page.getByLabel('Photograph').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.alloc(2_000_001) });
	await page.locator('.photo', { hasText: 'It is larger than 2 MB.' }).waitFor();
});

browserTest('a photograph can be dropped, and the place for it says so', { app }, async ({ page }) => {
	await visitLive(page, '/wizard');
	await fillTwoSteps(page);
	const zone = page.locator('[ts-drop]');
	const dragged = await page.evaluateHandle((bytes) => {
		const dragged = new DataTransfer();
		dragged.items.add(new File([new Uint8Array(bytes)], 'dropped.png', { type: 'image/png' }));
		return dragged;
	}, [...png]);
	await zone.dispatchEvent('dragenter', { dataTransfer: dragged });
	await page.locator('[ts-drop].ts-dragging').waitFor();
	await zone.dispatchEvent('dragleave', { dataTransfer: dragged });
	await page.locator('[ts-drop]:not(.ts-dragging)').waitFor();
	await zone.dispatchEvent('dragover', { dataTransfer: dragged });
	await page.locator('[ts-drop].ts-dragging').waitFor();
	// Onto what is in it.
	await page.getByText('Photograph').dispatchEvent('drop', { dataTransfer: dragged });
	await page.locator('[ts-drop]:not(.ts-dragging)').waitFor();
	await page.locator('.photo', { hasText: 'dropped.png' }).getByText('arrived').waitFor();
	await page.waitForFunction(() => document.querySelector('img')?.naturalWidth === 1);
});

// Fields with `ts-model`: what the user enters is in the state of the component on the server, with its type.
import { visitLive } from '../company.mjs';
import { browserTest } from '../harness.mjs';

const app = 'models';
const first = { text: 'a', count: 1, size: 5, on: false, tags: ['x'], one: 'left', many: ['u'], inside: { note: '' } };

/** Waits until the server shows this state. @param {import('playwright-core').Page} page @param {Partial<typeof first>} changed */
const has = (page, changed) => page.waitForFunction((text) => document.querySelector('pre')?.textContent === text, JSON.stringify({ ...first, ...changed }));

browserTest('fields of all kinds are bound to the state', { app }, async ({ page }) => {
	await visitLive(page, '/');
	await page.getByLabel('Text').fill('b');
	await has(page, { text: 'b' });
	await page.getByLabel('Count').fill('12');
	await page.getByLabel('Size').fill('7');
	await has(page, { text: 'b', count: 12, size: 7 });
	await page.getByLabel('On').check();
	await page.getByLabel('y', { exact: true }).check();
	await page.getByLabel('x', { exact: true }).uncheck();
	await page.getByLabel('right').check();
	await has(page, { text: 'b', count: 12, size: 7, on: true, tags: ['y'], one: 'right' });
	await page.getByLabel('Many').selectOption(['v', 'w']);
	await page.getByLabel('Note').fill(' noted ');
	await has(page, { text: 'b', count: 12, size: 7, on: true, tags: ['y'], one: 'right', many: ['v', 'w'], inside: { note: 'noted' } });
});

browserTest('what the server makes of the state is in the fields', { app }, async ({ page }) => {
	await visitLive(page, '/');
	await page.getByLabel('Text').fill('ab');
	await page.getByRole('button', { name: 'Twice' }).click();
	await has(page, { text: 'abab', count: 2 });
	await page.waitForFunction(() => [...document.querySelectorAll('input')].slice(0, 2).map((field) => field.value).join() === 'abab,2');
});

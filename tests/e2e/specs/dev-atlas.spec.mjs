// The atlas while it is developed: Svelte then checks what it hydrates, attributes too, and warns in the console of what
// differs from the server's. A warning fails the test.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, visit } from '../browser.mjs';
import { develop } from '../development.mjs';
import { clickFor } from '../harness.mjs';

/** @type {import('../development.mjs').Development} */
let app;
/** @type {import('playwright-core').Browser} */
let browser;
before(async () => {
	[app, browser] = await Promise.all([develop('atlas'), launch()]);
});
after(async () => {
	await browser?.close();
	await app?.stop();
});

for (const path of ['/', '/country/NOR', '/compare?c=NOR&c=CHL', '/quiz']) {
	for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
		test(`${path} hydrates without a warning (${colorScheme})`, { timeout: 360_000 }, async () => {
			await visit(browser, { name: `dev atlas ${path} ${colorScheme}`, url: app.url, log: app.log, colorScheme }, async ({ page }) => {
				await page.goto(path);
				// It is alive: the search is fetched when it is asked for.
				await clickFor(page.getByTestId('open-palette'), page.getByTestId('palette-input'));
				assert.equal(await page.locator('wellhead-overlay').count(), 0);
			});
		});
	}
}

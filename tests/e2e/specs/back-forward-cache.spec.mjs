// Pages that the browser keeps alive when they are left, and shows again as they were.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { launch, visit } from '../browser.mjs';
import { serve } from '../harness.mjs';

for (const path of ['/', '/country/NOR', '/quiz']) {
	test(`${path} comes back as it was left, and its links work`, { timeout: 120_000 }, async () => {
		const server = await serve('atlas');
		// Another name of this machine is another site.
		const other = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<link rel="icon" href="data:,"><h1>another site</h1>'));
		await once(other.listen(0, '127.0.0.1'), 'listening');
		const { port } = /** @type {import('node:net').AddressInfo} */ (other.address());
		// Playwright turns it off, people have it on.
		const browser = await launch('--disable-back-forward-cache');
		try {
			await visit(browser, { name: `back to ${path}`, url: server.url, log: server.log }, async ({ page }) => {
				await page.goto(path);
				await page.waitForFunction('history.state?.wellhead');
				await page.evaluate("window.sameDocument = true; addEventListener('pageshow', ({ persisted }) => document.body.dataset.persisted = persisted)");
				await page.goto(`http://localhost:${port}/`);
				await page.getByText('another site').waitFor();
				// Playwright waits for an event that a document which is there already does not send.
				await page.evaluate('history.back()').catch(() => {});
				await page.locator('body[data-persisted=true]').waitFor();
				assert.equal(new URL(page.url()).pathname, path);
				await page.getByTestId('nav-names').click();
				await page.getByTestId('names').waitFor();
				assert.equal(new URL(page.url()).pathname, '/names');
				assert.equal(await page.evaluate('window.sameDocument'), true);
			});
		} finally {
			await browser.close();
			other.closeAllConnections();
			other.close();
		}
	});
}

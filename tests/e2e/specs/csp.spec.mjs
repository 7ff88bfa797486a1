// Strict policies on the atlas: a violation is an error in the console, which fails a test.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { launch, visit } from '../browser.mjs';
import { clickFor } from '../harness.mjs';
import * as places from '../places.mjs';
import { startServer } from '../server.mjs';

/** What the documentation shows: the default, and one that trusts nothing but the page's own nonce. */
const policies = {
	'the default policy': '',
	'a policy of nonces':
		"{ default-src = [\"'none'\"], script-src = ['nonce', \"'strict-dynamic'\"], style-src-elem = ['nonce', \"'self'\"], style-src-attr = [\"'unsafe-inline'\"], img-src = [\"'self'\", 'data:'], font-src = [\"'self'\"], connect-src = [\"'self'\"], form-action = [\"'self'\"], base-uri = [\"'none'\"], frame-ancestors = [\"'none'\"] }"
};

const pages = ['/', '/?q=norw', '/country/NOR', '/country/NOR/print', '/region/europe', '/region/asia/largest', '/region/africa/languages', '/compare?c=NOR&c=CHL', '/names', '/deu/names', '/docs/map', '/quiz', '/about'];

/** @type {import('playwright-core').Browser} */
let browser;
before(async () => {
	browser = await launch();
});
after(() => browser?.close());

for (const [name, directives] of Object.entries(policies)) {
	test(`nothing of the atlas breaks ${name}`, { timeout: 120_000 }, async () => {
		/** @type {Record<string, string>} */
		const env = { WELLHEAD_SECURITY_CSP: 'on' };
		if (directives) env.WELLHEAD_SECURITY_CSP_DIRECTIVES = directives;
		const server = await startServer(places.wellhead, ['serve', join(places.apps, 'atlas'), '--port', '0', '--engine', places.engine], env);
		try {
			await visit(browser, { name: `csp ${name}`, url: server.url, log: server.log }, async ({ page, complaints }) => {
				complaints.expect(/status of 404/);
				for (const path of pages) {
					const response = await page.goto(path);
					assert.match(response?.headers()['content-security-policy'] ?? '', /script-src [^;]*'nonce-[0-9a-f]{32}'/, path);
					await page.waitForLoadState('networkidle');
				}
				await page.goto('/country/XXX');
				await page.getByTestId('country-error').waitFor();
				// It is alive: the search, which is fetched when it is asked for, and a navigation.
				await page.goto('/');
				await clickFor(page.getByTestId('open-palette'), page.getByTestId('palette-input'));
				await page.getByTestId('palette-input').fill('chile');
				await page.getByTestId('palette-country').filter({ hasText: 'Chile' }).first().click();
				await page.getByTestId('country-name').filter({ hasText: 'Chile' }).waitFor();
				await page.getByTestId('copy-link').click();
				await page.locator('[data-sonner-toast]').first().waitFor();
			});
		} finally {
			await server.stop();
		}
	});
}

// One document in two tabs: what Chromium makes of a tab that is duplicated, whose HTML comes from its cache.
import { becomes, visitLive } from '../company.mjs';
import { browserTest } from '../harness.mjs';

const app = 'counter';

browserTest('two tabs of one document are alive, each for itself', { app }, async ({ page }) => {
	await visitLive(page, '/');
	const block = await page.locator('#wellhead-live').textContent();
	await page.getByRole('button', { name: '+1' }).click();
	await page.locator('output', { hasText: '1' }).waitFor();

	const copy = await page.context().newPage();
	// The same markup with the same tokens; Chromium lets no page connect to this machine that a test made up.
	await copy.addInitScript((block) => {
		new MutationObserver((_, observer) => {
			const script = document.getElementById('wellhead-live');
			if (!script) return;
			observer.disconnect();
			script.textContent = block;
		}).observe(document, { childList: true, subtree: true });
	}, block);
	await visitLive(copy, '/');
	await copy.getByRole('button', { name: '+1' }).click();
	await copy.getByRole('button', { name: '+1' }).click();
	await copy.locator('output', { hasText: '2' }).waitFor();

	await becomes(page, 'connected');
	await page.getByRole('button', { name: '+1' }).click();
	await page.locator('output', { hasText: '2' }).waitFor();

	// The second comes back to its own.
	await copy.evaluate(() => dispatchEvent(new Event('offline')));
	await becomes(copy, 'disconnected');
	await copy.evaluate(() => dispatchEvent(new Event('online')));
	await becomes(copy, 'connected');
	await copy.getByRole('button', { name: '+1' }).click();
	await copy.locator('output', { hasText: '3' }).waitFor();
});

// The atlas's maps: drawn on the server, alive in the browser.
import assert from 'node:assert/strict';

import { browserTest, eventually } from '../harness.mjs';

/** @typedef {import('playwright-core').Locator} Locator */
/** @typedef {import('playwright-core').Page} Page */

const atlas = /** @type {const} */ ({ app: 'atlas' });
const both = /** @type {const} */ ({ app: 'atlas', javascript: ['on', 'off'] });

/** One country of a map. @param {Locator} map @param {string} code */
const country = (map, code) => map.locator(`a[data-code="${code}"]`);

/** The picture, without the controls. @param {Locator} map */
const picture = (map) => map.locator('> svg');

/** The whole map in the window, so that nothing scrolls from here on. @param {Page} page @param {string} testid */
async function liveMap(page, testid) {
	const map = page.locator(`[data-testid="${testid}"][data-live="true"]`);
	await map.evaluate((map) => map.scrollIntoView({ block: 'center' }));
	return map;
}

/** @param {Locator} locator */
async function box(locator) {
	const found = await locator.boundingBox();
	assert.ok(found, 'it is drawn');
	const { x, y, width, height } = found;
	return { x, y, width, height, right: x + width, bottom: y + height, middle: [x + width / 2, y + height / 2] };
}

/** @param {number} actual @param {number} expected @param {number} by @param {string} what */
function near(actual, expected, by, what) {
	assert.ok(Math.abs(actual - expected) <= by, `${what}: ${actual}, not ${expected}`);
}

/** @param {Locator} map */
const scale = async (map) => Number(await map.getAttribute('data-scale'));

/** Clicks a control and waits for the scale that it leads to. @param {Page} page @param {Locator} map @param {string} control @param {number} expected */
async function zoom(page, map, control, expected) {
	await map.getByTestId(control).click();
	await page.locator(`[data-live="true"][data-scale="${expected}"]`).waitFor();
}

browserTest('the world is drawn where it is', both, async ({ page }) => {
	await page.goto('/');
	const map = page.getByTestId('world-map');
	assert.ok((await map.locator('> svg path').count()) > 150, 'a path for each country that is to be seen');
	const paths = await map.locator('> svg a path').evaluateAll((paths) => paths.map((path) => path.getAttribute('d') ?? ''));
	assert.deepEqual(paths.filter((d) => !/^M-?\d/.test(d)), []);
	assert.ok((await map.locator('> svg a circle').count()) > 20, 'a dot for each that is too small');

	const svg = await box(picture(map));
	const [norway, africa, brazil, china] = await Promise.all(['NOR', 'ZAF', 'BRA', 'CHN'].map((code) => box(country(map, code))));
	for (const one of [norway, africa, brazil, china]) {
		assert.ok(one.x >= svg.x && one.right <= svg.right && one.y >= svg.y && one.bottom <= svg.bottom, 'in the picture');
	}
	assert.ok(norway.bottom < africa.y, 'Norway is north of South Africa');
	assert.ok(brazil.right < china.x, 'Brazil is west of China');
	assert.equal(await country(map, 'NOR').getAttribute('aria-label'), 'Norway');
});

browserTest('a region and a country have closer maps', both, async ({ page }) => {
	await page.goto('/region/europe');
	const region = page.getByTestId('region-map');
	assert.ok((await region.locator('> svg path').count()) > 40);
	assert.match((await country(region, 'FRA').getAttribute('class')) ?? '', /^europe/);
	assert.match((await country(region, 'MAR').getAttribute('class')) ?? '', /off/);

	await page.goto('/country/CHE');
	const map = page.getByTestId('country-map');
	const frame = await box(picture(map));
	const here = await box(country(map, 'CHE'));
	assert.match((await country(map, 'CHE').getAttribute('class')) ?? '', /here/);
	near(here.middle[0], frame.middle[0], frame.width * 0.1, 'it is in the middle');
	near(here.middle[1], frame.middle[1], frame.height * 0.1, 'it is in the middle');
	assert.ok((await box(country(map, 'FRA'))).x < here.x, 'France is west of it');
});

browserTest('the globe shows the land and the spot', both, async ({ page }) => {
	await page.goto('/country/CHE');
	const globe = page.getByTestId('globe');
	assert.match((await globe.locator('path.land').getAttribute('d')) ?? '', /^M[\d -]+l.{500}/);
	const whole = await box(globe);
	const spot = await box(globe.getByTestId('globe-spot'));
	near(spot.middle[0], whole.middle[0], 2, 'the country is in the middle');
	near(spot.middle[1], whole.middle[1], 2, 'the country is in the middle');
});

browserTest('a country on the map is a link', both, async ({ page, javascript }) => {
	await page.goto('/');
	const map = javascript === 'on' ? await liveMap(page, 'world-map') : page.getByTestId('world-map');
	if (javascript === 'on') await page.evaluate('window.sameDocument = true');
	await country(map, 'BRA').locator('path').click();
	await page.getByRole('heading', { level: 1, name: 'Brazil' }).waitFor();
	assert.equal(new URL(page.url()).pathname, '/country/BRA');
	if (javascript === 'on') assert.equal(await page.evaluate('window.sameDocument'), true);
});

browserTest('only a map that is alive has controls', both, async ({ page, javascript }) => {
	await page.goto('/');
	if (javascript === 'on') await liveMap(page, 'world-map');
	for (const control of ['zoom-in', 'zoom-out', 'zoom-reset']) {
		assert.equal(await page.getByTestId(control).isVisible(), javascript === 'on', control);
	}
});

browserTest('the map zooms in, out, and back', atlas, async ({ page }) => {
	await page.goto('/');
	const map = await liveMap(page, 'world-map');
	const brazil = country(map, 'BRA').locator('path');
	const whole = await box(brazil);
	assert.ok(await map.getByTestId('zoom-out').isDisabled(), 'there is nothing around the world');
	assert.ok(await map.getByTestId('zoom-reset').isDisabled());

	await zoom(page, map, 'zoom-in', 1.6);
	near((await box(brazil)).width / whole.width, 1.6, 0.02, 'Brazil is larger');
	await zoom(page, map, 'zoom-in', 2.56);
	await zoom(page, map, 'zoom-out', 1.6);
	near((await box(brazil)).width / whole.width, 1.6, 0.02, 'Brazil is smaller again');
	await zoom(page, map, 'zoom-reset', 1);
	assert.deepEqual(await box(brazil), whole);
	assert.ok(await map.getByTestId('zoom-reset').isDisabled());
});

browserTest('a zoomed map is dragged, and the end of that is no click', atlas, async ({ page }) => {
	await page.goto('/');
	const map = await liveMap(page, 'world-map');
	const brazil = country(map, 'BRA').locator('path');
	const drag = async (/** @type {'left' | 'right'} */ button) => {
		const [x, y] = (await box(brazil)).middle;
		await page.mouse.move(x, y);
		await page.mouse.down({ button });
		await page.mouse.move(x + 40, y - 20, { steps: 4 });
		await page.mouse.move(x + 120, y - 60, { steps: 4 });
		await page.mouse.up({ button });
	};
	await zoom(page, map, 'zoom-in', 1.6);
	const before = await box(brazil);
	await drag('left');
	const after = await box(brazil);
	near(after.x - before.x, 120, 2, 'it went right with the pointer');
	near(after.y - before.y, -60, 2, 'it went up with the pointer');
	assert.equal(new URL(page.url()).pathname, '/');

	await drag('right');
	assert.deepEqual(await box(brazil), after, 'the other button drags nothing');

	await brazil.click();
	await page.getByRole('heading', { level: 1, name: 'Brazil' }).waitFor();
});

browserTest('a map is dragged to its edge and no further', atlas, async ({ page }) => {
	await page.goto('/');
	const map = await liveMap(page, 'world-map');
	await zoom(page, map, 'zoom-in', 1.6);
	const frame = await box(picture(map));
	const ocean = map.locator('path.ocean');
	assert.ok((await box(ocean)).x < frame.x - 100, 'there is something to the left');
	const [x, y] = (await box(country(map, 'BRA'))).middle;
	await page.mouse.move(x, y);
	await page.mouse.down();
	await page.mouse.move(x + 700, y, { steps: 8 });
	await page.mouse.up();
	near((await box(ocean)).x, frame.x, 5, 'the left edge');
});

browserTest('the wheel zooms with Control, and scrolls without', atlas, async ({ page }) => {
	await page.goto('/');
	const map = await liveMap(page, 'world-map');
	const brazil = country(map, 'BRA').locator('path');
	const before = await box(brazil);
	const [x, y] = before.middle.map(Math.round);
	await page.mouse.move(x, y);
	await page.keyboard.down('Control');
	await page.mouse.wheel(0, -100);
	await page.keyboard.up('Control');
	await page.locator('[data-testid="world-map"][data-scale="2.72"]').waitFor();
	const after = await box(brazil);
	near(after.middle[0], x, 4, 'what is under the pointer stays there');
	near(after.middle[1], y, 4, 'what is under the pointer stays there');

	await page.mouse.wheel(0, 300);
	await page.waitForFunction('scrollY > 100');
	assert.equal(await scale(map), 2.72);
});

browserTest('two fingers zoom', { ...atlas, viewport: 'phone' }, async ({ page }) => {
	await page.goto('/');
	const map = await liveMap(page, 'world-map');
	const [x, y] = (await box(picture(map))).middle;
	const fingers = await page.context().newCDPSession(page);
	/** @param {'touchStart' | 'touchMove'} type @param {number} apart */
	const touch = (type, apart) =>
		fingers.send('Input.dispatchTouchEvent', { type, touchPoints: [{ x: x - apart, y, id: 1 }, { x: x + apart, y, id: 2 }] });
	await touch('touchStart', 30);
	for (const apart of [40, 50, 60]) await touch('touchMove', apart);
	await fingers.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
	await eventually(async () => near(await scale(map), 2, 0.3, 'twice as far apart'));
	assert.equal(new URL(page.url()).pathname, '/', 'it was no tap');
});

browserTest('pointing at a country names it', atlas, async ({ page }) => {
	await page.goto('/');
	const map = await liveMap(page, 'world-map');
	const tip = map.getByTestId('map-tip');
	await country(map, 'BRA').locator('path').hover();
	await tip.filter({ hasText: /^🇧🇷 Brazil$/ }).waitFor();
	const [at, pointed] = [await box(tip), await box(country(map, 'BRA'))];
	near(at.middle[0], pointed.middle[0], 3, 'it is where the pointer is');
	assert.ok(at.bottom <= pointed.middle[1], 'it covers nothing of what is pointed at');

	await country(map, 'AUS').locator('path').hover();
	await tip.filter({ hasText: /Australia$/ }).waitFor();
	await page.getByRole('heading', { level: 1 }).hover();
	await tip.waitFor({ state: 'detached' });
});

browserTest('what a list points at is shown on the map', atlas, async ({ page }) => {
	await page.goto('/?q=brazil');
	const map = await liveMap(page, 'world-map');
	await page.locator('[data-testid="country-card"][data-code="BRA"]').hover();
	await map.locator('a.hover[data-code="BRA"]').waitFor();

	await page.goto('/country/CHE');
	const near = await liveMap(page, 'country-map');
	await page.locator('[data-testid="neighbour"][data-code="ITA"]').hover();
	await near.locator('a.hover[data-code="ITA"]').waitFor();
	await page.getByRole('heading', { level: 1 }).hover();
	await near.locator('a.hover').waitFor({ state: 'detached' });
});

browserTest('arrow keys go from country to country', atlas, async ({ page }) => {
	await page.goto('/country/CHE');
	const stops = (await liveMap(page, 'country-map')).locator('> svg a[tabindex="0"]');
	assert.deepEqual(await stops.evaluateAll((stops) => stops.map((stop) => stop.getAttribute('data-code'))), ['CHE'], 'Tab comes to the page’s own');

	await page.goto('/');
	const map = await liveMap(page, 'world-map');
	await country(map, 'TCD').focus();
	for (const [key, axis, sign] of /** @type {const} */ ([['ArrowLeft', 0, -1], ['ArrowUp', 1, -1], ['ArrowRight', 0, 1], ['ArrowDown', 1, 1]])) {
		const from = await box(map.locator('a:focus'));
		const left = await map.locator('a:focus').getAttribute('data-code');
		await page.keyboard.press(key);
		const to = map.locator('a:focus');
		assert.notEqual(await to.getAttribute('data-code'), left, `${key} leads on`);
		assert.ok(((await box(to)).middle[axis] - from.middle[axis]) * sign > 0, `${key} leads that way`);
		const name = (await to.getAttribute('aria-label')) ?? '';
		await map.getByTestId('map-tip').filter({ hasText: name }).waitFor();
		assert.equal(await map.locator('> svg a[tabindex="0"]').count(), 1, 'Tab leaves the map from wherever one is');
	}
	const name = (await map.locator('a:focus').getAttribute('aria-label')) ?? '';
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
});

browserTest('keys zoom, and what has the focus stays in sight', atlas, async ({ page }) => {
	await page.goto('/');
	const map = await liveMap(page, 'world-map');
	await country(map, 'NZL').focus();
	for (let step = 0; step < 4; step++) await page.keyboard.press('+');
	assert.equal(await scale(map), 6.55);
	const frame = await box(picture(map));
	const inSight = async () => {
		const { middle } = await box(map.locator('a:focus'));
		return middle[0] > frame.x && middle[0] < frame.right && middle[1] > frame.y && middle[1] < frame.bottom;
	};
	assert.ok(await inSight());
	for (let step = 0; step < 5; step++) {
		await page.keyboard.press('ArrowLeft');
		assert.ok(await inSight(), `after ${step + 1} steps to the left`);
	}
	await page.keyboard.press('-');
	assert.equal(await scale(map), 4.1);
	await page.keyboard.press('0');
	assert.equal(await scale(map), 1);
	assert.equal(await map.locator('> svg > g').getAttribute('transform'), null);
});

browserTest('the globe turns with the pointer', atlas, async ({ page }) => {
	await page.goto('/country/CHE');
	await liveMap(page, 'country-map');
	const globe = page.getByTestId('globe');
	const drawn = await globe.locator('path.land').getAttribute('d');
	const [x, y] = (await box(globe)).middle;
	await page.mouse.move(x, y);
	await page.mouse.down();
	await page.mouse.move(x + 40, y + 20, { steps: 8 });
	await page.mouse.up();
	await page.locator('[data-testid="globe"][data-turned="true"]').waitFor();
	assert.notEqual(await globe.locator('path.land').getAttribute('d'), drawn);
	const [spotX, spotY] = (await box(globe.getByTestId('globe-spot'))).middle;
	assert.ok(spotX > x + 10 && spotY > y + 5, `the spot went with the pointer: ${spotX - x}, ${spotY - y}`);

	const turned = await globe.locator('path.land').getAttribute('d');
	await page.mouse.move(x - 40, y);
	await page.mouse.move(x + 40, y);
	assert.equal(await globe.locator('path.land').getAttribute('d'), turned, 'a pointer that is up turns nothing');
});

browserTest('the globe turns with the arrow keys', atlas, async ({ page }) => {
	await page.goto('/country/KEN');
	await liveMap(page, 'country-map');
	const globe = page.getByTestId('globe');
	const land = globe.locator('path.land');
	const spot = globe.getByTestId('globe-spot');
	const drawn = await land.getAttribute('d');
	const [middle] = (await box(spot)).middle;

	await globe.focus();
	await page.keyboard.press('ArrowRight');
	await page.locator('[data-testid="globe"][data-turned="true"]').waitFor();
	assert.notEqual(await land.getAttribute('d'), drawn);
	assert.ok((await box(spot)).middle[0] < middle, 'one who looks further east sees it further west');
	for (let step = 0; step < 7; step++) await page.keyboard.press('ArrowRight');
	await spot.waitFor({ state: 'detached' });
	for (let step = 0; step < 8; step++) await page.keyboard.press('ArrowLeft');
	await spot.waitFor();
	await page.waitForFunction(([land, drawn]) => land?.getAttribute('d') === drawn, /** @type {const} */ ([await land.elementHandle(), drawn]));
});

browserTest('no turn is lost while the code for it is on its way', atlas, async ({ page }) => {
	await page.goto('/country/CHE');
	await liveMap(page, 'country-map');
	const globe = page.getByTestId('globe');
	const land = globe.locator('path.land');
	const drawn = await land.getAttribute('d');
	// In one task: the code of the globe cannot come in between.
	await globe.evaluate((globe) => {
		for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight']) globe.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
	});
	await page.locator('[data-testid="globe"][data-turned="true"]').waitFor();
	await globe.focus();
	for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowLeft');
	await page.waitForFunction(([land, drawn]) => land?.getAttribute('d') === drawn, /** @type {const} */ ([await land.elementHandle(), drawn]));
});

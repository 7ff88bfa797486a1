// Values of every type that loads may return: a component sees the same on the server, after hydration, after a
// navigation, and late.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { startGate } from '../gate.mjs';
import { browserTest, clickFor } from '../harness.mjs';

/** @type {import('../gate.mjs').Gate} */
let gate;
before(async () => {
	gate = await startGate();
	process.env.GATE = gate.url;
});
after(() => gate?.close());

/** What `src/lib/describe.ts` says of `src/lib/server/values.ts`. */
const expected = [
	'texts: #1 Array(5) ["</script><!--", "\\u2028\\u2029\\u0000", "\\u00e9 \\u65e5\\u672c \\ud83d\\ude00", "\\ud800", "\\\\ \\" \' ` ${}"]',
	'numbers: #1 Array(8) [0, -0, NaN, Infinity, -Infinity, 1.5, 9007199254740992, 5e-324]',
	'bigints: #1 Array(2) [0n, -12345678901234567890n]',
	'nothing: #1 Array(4) [undefined, null, true, false]',
	'dates: #1 Array(3) [#2 Date 2024-02-29T12:34:56.789Z, #3 Date 1969-12-31T23:59:59.999Z, #4 Date invalid]',
	'patterns: #1 Array(2) [#2 RegExp /a\\/b<\\/script>"/giu, #3 RegExp /^$/]',
	'addresses: #1 Array(2) [#2 URL https://user@example.org:8080/a%20b?q=1#%3Cc%3E of example.org, #3 URLSearchParams 1|&]',
	'boxed: #1 Array(3) [#2 boxed 1, #3 boxed "text", #4 boxed false]',
	'bare: #1 bare {"a key": 1, "": 2, "\\u00e9": 3}',
	'sparse: #1 Array(2) [#2 Array(5) [1: "one", 3: undefined], #3 Array(1000) [1: "one", 3: undefined]]',
	'bytes: #1 Uint8Array 0 127 255 at 0+3 of #2 ArrayBuffer 0 127 255',
	'small: #1 Array(6) [#2 Int8Array -1 at 0+1 of #3 ArrayBuffer 255, #4 Uint8ClampedArray 255 at 0+1 of #5 ArrayBuffer 255, #6 Int16Array -2 at 0+2 of #7 ArrayBuffer 254 255, #8 Uint16Array 65535 at 0+2 of #9 ArrayBuffer 255 255, #10 Int32Array -3 at 0+4 of #11 ArrayBuffer 253 255 255 255, #12 Uint32Array 4294967295 at 0+4 of #13 ArrayBuffer 255 255 255 255]',
	'floats: #1 Array(2) [#2 Float32Array 0.5 -0 NaN at 0+12 of #3 ArrayBuffer 0 0 0 63 0 0 0 128 0 0 192 127, #4 Float64Array 3.141592653589793 -0 Infinity at 0+24 of #5 ArrayBuffer 24 45 68 84 251 33 9 64 0 0 0 0 0 0 0 128 0 0 0 0 0 0 240 127]',
	'long: #1 Array(2) [#2 BigInt64Array -9223372036854775808n at 0+8 of #3 ArrayBuffer 0 0 0 0 0 0 0 128, #4 BigUint64Array 18446744073709551615n at 0+8 of #5 ArrayBuffer 255 255 255 255 255 255 255 255]',
	'buffers: #1 Array(4) [#2 ArrayBuffer 0 1 2 253 254 255, #3 Uint8Array 0 1 2 253 254 255 at 0+6 of same as #2, #4 Uint16Array 64770 at 2+2 of same as #2, #5 DataView at 1+3 of same as #2]',
	'empty: #1 Array(7) [#2 Array(0) [], #3 Object {}, #4 Map(0) {}, #5 Set(0) {}, #6 Uint8Array  at 0+0 of #7 ArrayBuffer , #8 ArrayBuffer , ""]',
	'sets: #1 Set(5) {1, "1", #2 Array(1) [1], #3 Date 1970-01-01T00:00:00.000Z, #4 Map(1) {#5 Object {"deep": true} => #6 Set(1) {#7 RegExp /deep/}}}',
	'map: #1 Map(4) {"first" => 1, #2 Object {"name": "shared"} => #3 Set(1) {same as #2}, NaN => null, "itself" => same as #1}',
	'cycle: #1 Object {"name": "cycle", "self": same as #1}',
	'shared: #1 Array(3) [#2 Object {"name": "shared"}, #3 Object {"shared": same as #2}, #4 Array(1) [#5 Array(1) [same as #2]]]'
];

/**
 * @param {import('playwright-core').Page} page
 * @param {'there' | 'late'} which
 */
const described = async (page, which) => ((await page.getByTestId(which).textContent()) ?? '').split('\n');

browserTest('values are what they were, on the server and in the browser', { app: 'values', javascript: ['on', 'off'] }, async ({ page, javascript }) => {
	await page.goto(`/all?gate=${javascript}`, { waitUntil: 'commit' });
	await page.getByTestId('there').waitFor();
	assert.deepEqual(await described(page, 'there'), expected);
	gate.open(javascript);
	if (javascript === 'off') return;
	await page.getByTestId('late').waitFor();
	assert.deepEqual(await described(page, 'late'), expected);
	await clickFor(page.getByRole('button'), page.getByRole('button', { name: /Described [1-9]/ }));
	assert.deepEqual(await described(page, 'there'), expected);
});

browserTest('values are what they were after a navigation', { app: 'values' }, async ({ page }) => {
	await page.goto('/');
	await page.waitForFunction('history.state?.wellhead');
	await page.evaluate('window.sameDocument = true');
	await page.getByRole('link').click();
	await page.getByTestId('there').waitFor();
	assert.deepEqual(await described(page, 'there'), expected);
	assert.equal(await page.getByTestId('late').count(), 0);
	gate.open('link');
	await page.getByTestId('late').waitFor();
	assert.deepEqual(await described(page, 'late'), expected);
	assert.equal(await page.evaluate('window.sameDocument'), true);
});

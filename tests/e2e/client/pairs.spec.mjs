// Renders drawn at random, by the same generator as in the tests of wellhead-html: Chromium does the operations, and has
// what it would have parsed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

import * as places from '../places.mjs';
import { livePage } from './page.mjs';

const cases = 1500;

livePage('Chromium parses what the server parsed, follows its operations, and has components anew', async ({ page, complaints }) => {
	// What is drawn makes no sense everywhere.
	complaints.expect(/<circle> attribute r:|<path> attribute d:|<(input|select)> tag was parsed within/);
	const lines = execFileSync(places.pairs, [String(cases)], { encoding: 'utf8', maxBuffer: 1 << 28 }).trim().split('\n');
	assert.equal(lines.length, cases);
	for (let at = 0; at < lines.length; at += 100) {
		const wrong = await page.evaluate((some) => some.map((line) => run(JSON.parse(line))), lines.slice(at, at + 100));
		for (const [index, problem] of wrong.entries()) assert.equal(problem, null, `case ${at + index}: ${problem}\n${lines[at + index]}`);
	}
});

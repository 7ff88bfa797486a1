// What a person reads of a run.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseOptions } from '../options.mjs';
import { report } from '../report.mjs';

const environment = { command: 'node bench/run.mjs', date: '', machine: '', versions: '', wellhead: '' };
const nothing = { bytes: {}, samples: [], floors: [], streams: [], starts: [], memory: [] };

/** @param {Partial<import('../bars.mjs').Results>} results */
const text = (results) => report(parseOptions([], 'R.md'), { ...nothing, ...results }, environment, []);

test('a bar says between which figures its median lies, and whether the target does too', () => {
	/** @param {number[]} milliseconds */
	const row = (milliseconds) =>
		text({ starts: [{ contender: 'wellhead', milliseconds }] })
			.split('\n')
			.find((line) => line.startsWith('| ready to serve'));
	const start = '| ready to serve, warm code cache, median | ≤ 150 ms';
	assert.equal(row([90, 100, 140]), `${start} | 100 ms (slowest 140 ms) | 90.0 to 140 | met |`);
	assert.equal(row([90, 100, 160]), `${start} | 100 ms (slowest 160 ms) | 90.0 to 160 | met, within noise |`);
	assert.equal(row([90, 151, 160]), `${start} | 151 ms (slowest 160 ms) | 90.0 to 160 | **not met**, within noise |`);
	assert.equal(row([155, 160, 170]), `${start} | 160 ms (slowest 170 ms) | 155 to 170 | **not met** |`);
	assert.equal(row([100]), `${start} | 100 ms (slowest 100 ms) |  | met |`);
	assert.match(text({}), /\| ready to serve.* \| not measured in this run \|  \| – \|\n/);
});

test('who else used the machine is asked of the rounds beside a floor too', () => {
	const round = { requests: 1, requestsPerSecond: 1, p50: 1, p99: 1, cpuPerRequest: 1, residentKib: 1, errors: 0, repeats: 0 };
	const sample = { ...round, contender: 'wellhead', route: /** @type {const} */ ('/hello'), connections: 1, round: 0 };
	const floor = {
		...{ name: /** @type {const} */ ('floor-v8'), route: /** @type {const} */ ('/table') },
		...{ nsPerRender: [1], server: [{ ...round, disturbance: 0.3, repeats: 2 }], nsPerRenderTogether: 1 }
	};
	assert.match(text({}), /used by others meanwhile \| not measured/);
	assert.match(
		text({ samples: [{ ...sample, disturbance: 0.1 }], floors: [floor] }),
		/used by others meanwhile \| median 20 %, most 30 % of the machine in a round; 1 of 2 rounds measured again/
	);
});

// Compares live pages of Wellhead with its peers: set up, measure, report. `node bench/live/run.mjs --help` tells the options.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

import { endEverything } from '../processes.mjs';
import { machineMicroseconds } from '../procfs.mjs';
import { progress } from '../progress.mjs';
import { measure } from './measure.mjs';
import { parseOptions, usage } from './options.mjs';
import { report, shareOfOthers } from './report.mjs';
import { describe, findPlaces, prepare, resultsFile } from './setup.mjs';

/** A whole run takes a quarter of this, so one that takes all of it hangs, or has a machine that is too busy to measure on. */
const mostMinutes = 40;

async function main() {
	const options = parseOptions(process.argv.slice(2), resultsFile);
	if (options.help) {
		console.log(usage);
		return;
	}
	const places = findPlaces(options);
	await prepare(options, places);
	const environment = describe(options, places);
	const deadline = setTimeout(() => {
		console.error(`error: the measurements were not over within ${mostMinutes} minutes`);
		process.exit(1);
	}, mostMinutes * 60_000);
	const [before, began] = [machineMicroseconds(), performance.now()];
	const results = await measure(options, places).finally(() => clearTimeout(deadline));
	const others = shareOfOthers(before, machineMicroseconds(), (performance.now() - began) * 1000 * cpus().length);
	const text = report(options, results, environment, others);
	console.log(text);
	if (options.json) writeFileSync(options.json, `${JSON.stringify({ environment, others, ...results }, null, '\t')}\n`);
	if (options.out) {
		writeFileSync(options.out, text);
		progress(`written to ${options.out}`);
	}
}

process.on('exit', endEverything);
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
	process.on(signal, () => process.exit(130));
}
await main().catch((error) => {
	console.error(`error: ${error.message}`);
	process.exitCode = 1;
});

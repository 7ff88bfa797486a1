// Compares Wellhead with its peers: verify, measure, report. `node bench/run.mjs --help` tells the options.
import { writeFileSync } from 'node:fs';

import { doubts } from './bars.mjs';
import {
	measureFloors,
	measureMemory,
	measureStarts,
	measureStream,
	measureThroughput,
	verifyContenders
} from './measure.mjs';
import { parseOptions, usage } from './options.mjs';
import { endEverything } from './processes.mjs';
import { progress } from './progress.mjs';
import { report } from './report.mjs';
import { describe, findPlaces, prepare, resultsFile } from './setup.mjs';

/** @typedef {import('./bars.mjs').Results} Results */
/** @typedef {import('./contenders.mjs').Places} Places */
/** @typedef {import('./options.mjs').Options} Options */

/**
 * @param {Options} options
 * @param {Places} places
 * @returns {Promise<Results>}
 */
async function measure(options, places) {
	const measures = (/** @type {import('./options.mjs').Part} */ part) => options.parts.includes(part);
	const taking = (/** @type {'start' | 'memory'} */ part) =>
		measures(part) ? options.contenders.filter(({ also }) => also.includes(part)) : [];

	progress('verifying that every contender renders the same pages …');
	/** @type {Results} */
	const results = {
		bytes: await verifyContenders(options, places),
		samples: [],
		floors: [],
		streams: [],
		starts: [],
		memory: []
	};
	if (options.floors.length > 0) {
		progress('measuring the floor …');
		results.floors = await measureFloors(options, places);
	}
	if (taking('start').length > 0) {
		progress('measuring starts …');
		results.starts = await measureStarts(options, places, taking('start'));
	}
	if (measures('stream')) {
		for (const contender of options.contenders.filter(({ routes }) => routes.includes('/stream'))) {
			progress(`measuring the stream of ${contender.name} …`);
			results.streams.push(await measureStream(options, places, contender));
		}
	}
	if (measures('throughput')) {
		progress('measuring throughput …');
		for (const route of options.routes) {
			results.samples.push(...(await measureThroughput(options, places, route)));
		}
	}
	for (const contender of taking('memory')) {
		progress(`measuring the memory of ${contender.name} …`);
		// A bar is on Wellhead; SvelteKit stands beside it, and takes many minutes for as many requests.
		const processes = contender.name === 'wellhead' ? options.memoryProcesses : 1;
		results.memory.push(await measureMemory(options, places, contender, processes));
	}
	return results;
}

async function main() {
	const options = parseOptions(process.argv.slice(2), resultsFile);
	if (options.help) {
		console.log(usage);
		return;
	}
	const places = findPlaces(options.wellhead);
	await prepare(options, places);
	const environment = describe(options, places);
	const results = await measure(options, places);
	const rendering = new Map(options.contenders.flatMap(({ name, floor }) => (floor ? [[name, floor]] : [])));
	const doubtful = doubts(results, rendering);
	const text = report(options, results, environment, doubtful);
	console.log(text);
	if (options.json) {
		writeFileSync(options.json, `${JSON.stringify({ environment, doubtful, ...results }, null, '\t')}\n`);
	}
	if (options.out) {
		writeFileSync(options.out, text);
		progress(`written to ${options.out}`);
	}
	if (doubtful.length > 0) {
		throw new Error(`figures of this run are not to be believed:\n${doubtful.join('\n')}`);
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

// The Markdown tables of a run.
import { isMet, readBars } from './bars.mjs';
import { calculated } from './calculated.mjs';
import { median, threeDigits } from '../numbers.mjs';

/** @typedef {import('./measure.mjs').Results} Results */
/** @typedef {import('./options.mjs').Options} Options */

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
const table = (head, rows) =>
	[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** A figure that may be whole. @param {number} value */
const number = (value) => (Number.isInteger(value) ? value.toLocaleString('en') : threeDigits(value));

/** The median of rounds, and between which they lie. @param {number[]} rounds */
function ofRounds(rounds) {
	const [least, most] = [Math.min(...rounds), Math.max(...rounds)];
	return least === most ? number(least) : `${number(median(rounds))} (${number(least)} to ${number(most)})`;
}

/**
 * @param {Results} results
 * @param {number} many
 */
function barsSection(results, many) {
	const rows = readBars(results, many).map((bar) => {
		const met = isMet(bar);
		const measured = bar.rounds.length > 0 ? `${ofRounds(bar.rounds)} ${bar.unit}` : 'not measured in this run';
		return [bar.what, `≤ ${number(bar.most)} ${bar.unit}`, measured, met === null ? '–' : met ? 'met' : '**not met**'];
	});
	return `## Bars\n\n${table(['of Wellhead', 'target', 'measured', ''], rows)}`;
}

/**
 * @typedef {object} Figure
 * @property {string} what
 * @property {(name: string) => number[]} rounds  of a contender
 * @property {number | null} [phoenix]  by calculation
 * @property {number | null} [blazor]
 */

/** What clicks, waiting and the wire cost each. @param {Options} options @param {Results} results @returns {Figure[]} */
function figures(options, { clicks, idle, bytes, scripts }) {
	const { phoenix, blazor } = calculated;
	return [
		{ what: 'a click on the counter, bytes up', rounds: (name) => [bytes[name]['/'].up.median], phoenix: phoenix.up },
		{ what: 'the same, bytes down', rounds: (name) => [bytes[name]['/'].down.median], phoenix: phoenix.down, blazor: blazor.down },
		{ what: 'a row before 1,000, bytes down', rounds: (name) => [bytes[name]['/rows'].down.median], phoenix: phoenix.prepend },
		{ what: 'one of 10,000 cells, bytes down', rounds: (name) => [bytes[name]['/cells'].down.median] },
		{ what: 'the scripts of the counter’s page, bytes, brotli', rounds: (name) => [scripts[name].brotli] },
		{ what: '100 pages, 10 clicks a second each: p50, ms', rounds: (name) => clicks[name].map(({ ms }) => ms.p50) },
		{ what: 'the same, p99, ms', rounds: (name) => clicks[name].map(({ ms }) => ms.p99) },
		{ what: 'the same, processor time of a click, µs', rounds: (name) => clicks[name].map(({ cpuMicroseconds }) => cpuMicroseconds) },
		{ what: 'the same, clicks answered a second', rounds: (name) => clicks[name].map(({ clicks, seconds }) => clicks / seconds) },
		{ what: `${number(options.idle)} idle pages, resident memory of each, KiB`, rounds: (name) => idle[name].map(({ bytesEach }) => bytesEach / 1024) }
	];
}

/**
 * @param {Options} options
 * @param {Results} results
 */
function peersSection(options, results) {
	const names = options.contenders.map(({ name }) => name);
	const own = (/** @type {Figure} */ { rounds }) => (names.includes('wellhead') ? median(rounds('wellhead')) : null);
	const ratio = (/** @type {number} */ value, /** @type {number | null} */ to) =>
		to === null || to === 0 ? '' : ` · ${threeDigits(value / to)}×`;
	const rows = figures(options, results).map((figure) => {
		const to = own(figure);
		const measured = names.map((name) => {
			const rounds = figure.rounds(name);
			return ofRounds(rounds) + (name === 'wellhead' ? '' : ratio(median(rounds), to));
		});
		const reckoned = [figure.phoenix, figure.blazor].map((value) => (value ? number(value) + ratio(value, to) : ''));
		return [figure.what, ...measured, ...reckoned];
	});
	const head = ['', ...options.contenders.map(({ label }) => label), 'Phoenix LiveView, calculated', 'Blazor, calculated'];
	return `## Side by side\n\n${table(head, rows)}`;
}

/** As in the comparison of pages, which measures such rounds again. */
const mostByOthers = 0.1;

/** @typedef {{ busy: number, own: number }} Machine  microseconds of processor time, all and the harness's own */

/**
 * How much of the machine others have used meanwhile, other guests of the same host among them. All servers and load were children
 * of the harness, and have ended.
 * @param {Machine} before @param {Machine} after
 * @param {number} available  microseconds of all processors
 */
export const shareOfOthers = (before, after, available) =>
	Math.max(0, after.busy - before.busy - (after.own - before.own)) / available;

const method = `## How to read this

- A figure is the median of the rounds, with the least and the most of them; × is how many times as much as Wellhead it is.
- Rounds alternate between the contenders (A B C, B C A, …), each with a server of its own, started anew and warmed up.
- Bytes are payload of WebSocket messages after the first click, without compression; the median of ten clicks, in bars the most.
- Latency is from a click to its patch in a client that only reads it. A server that cannot keep up falls behind: then latency is
  what its queue makes of it, and the clicks answered a second are fewer than the thousand that were wanted.
- Processor time and memory are those of all processes of the server; memory of a page is what opening them has added.
- Load and servers share the machine.
- What is calculated is put together from the sources, in \`calculated.mjs\`; README.md names them.`;

/**
 * @param {Options} options
 * @param {Results} results
 * @param {import('./setup.mjs').Environment} environment
 * @param {number} others  what share of the machine others have used
 */
export function report(options, results, environment, others) {
	const about = [
		['command', `\`${environment.command}\``],
		['date', environment.date],
		['machine', environment.machine],
		['versions', environment.versions],
		['wellhead', environment.wellhead],
		['rounds', `${options.rounds} of ${options.seconds} s, after ${options.warmupSeconds} s of warming up`],
		['used by others meanwhile', `${(others * 100).toFixed(0)} % of the machine`]
	];
	const warnings = [
		...(options.quick ? ['**A quick run: too short for its figures to mean much.**'] : []),
		...(options.partial ? ['**A partial run: options left something out.**'] : []),
		...(others > mostByOthers ? ['**Others have used the machine: times say little.**'] : [])
	];
	return [
		'# Results',
		'Written by `node bench/live/run.mjs`; see README.md for what is measured and how.',
		...warnings,
		table(['', ''], about),
		...(options.contenders.some(({ name }) => name === 'wellhead') ? [barsSection(results, options.many)] : []),
		peersSection(options, results),
		method,
		''
	].join('\n\n');
}

// What a run's figures are held against.
import { median } from '../numbers.mjs';

/** @typedef {import('./measure.mjs').Results} Results */
/** @typedef {import('./options.mjs').Options} Options */

/**
 * @typedef {object} Bar
 * @property {string} what
 * @property {number} most  what is allowed
 * @property {number[]} rounds  what was measured; none where it was not
 * @property {string} unit
 */

/** The specification names ten thousand pages: with fewer, a bar that is met says nothing. */
const named = 10_000;

/** @param {Bar} bar @returns {boolean | null} */
export const isMet = ({ rounds, most }) => (rounds.length === 0 ? null : median(rounds) <= most);

/**
 * @param {Results} results
 * @param {number} many  how many pages were open for the bars that name ten thousand
 * @returns {Bar[]}
 */
export function readBars({ clicks, bytes, scripts, many: big }, many) {
	const own = clicks['wellhead'] ?? [];
	const counted = bytes['wellhead'];
	const enough = many >= named;
	const beyond = (/** @type {'/rows' | '/cells'} */ page, /** @type {string} */ kind) => {
		const changed = counted?.[page].changed;
		return changed?.kind === kind ? [changed.beyond.most] : [];
	};
	return [
		{ what: 'a click on the counter, up', most: 8, rounds: counted ? [counted['/'].up.most] : [], unit: 'B' },
		{ what: 'a click on the counter, down', most: 8, rounds: counted ? [counted['/'].down.most] : [], unit: 'B' },
		{ what: 'a row before 1,000, beyond its HTML', most: 16, rounds: beyond('/rows', 'markup'), unit: 'B' },
		{ what: 'one of 10,000 cells, beyond its text', most: 12, rounds: beyond('/cells', 'text'), unit: 'B' },
		{ what: 'the client, brotli', most: 8_192, rounds: scripts['wellhead'] ? [scripts['wellhead'].brotli] : [], unit: 'B' },
		{ what: '100 pages, 10 clicks a second each: processor time of a click', most: 50, rounds: own.map(({ cpuMicroseconds }) => cpuMicroseconds), unit: 'µs' },
		{ what: 'the same, p50', most: 0.5, rounds: own.map(({ ms }) => ms.p50), unit: 'ms' },
		{ what: 'the same, p99', most: 2, rounds: own.map(({ ms }) => ms.p99), unit: 'ms' },
		{ what: '10,000 idle pages, resident memory of each', most: 8, rounds: enough ? big.idle.map(({ bytesEach }) => bytesEach / 1024) : [], unit: 'KiB' },
		{ what: '10,000 pages, a click a second each: p99', most: 50, rounds: enough ? big.clicks.map(({ ms }) => ms.p99) : [], unit: 'ms' },
		{ what: 'a message to 10,000 pages, until the last has it', most: 300, rounds: enough ? big.broadcasts.map(({ msToTheLast }) => msToTheLast.p50) : [], unit: 'ms' }
	];
}

// Summaries of repeated measurements, and how a figure is printed.

/** @param {number[]} values */
function ascending(values) {
	if (values.length === 0) throw new Error('no values to summarise');
	return [...values].sort((a, b) => a - b);
}

/**
 * @param {number[]} values
 * @param {number} share  from 0 to 1; the nearest rank is taken
 */
export function percentile(values, share) {
	const sorted = ascending(values);
	return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** @param {number[]} values */
export function median(values) {
	const sorted = ascending(values);
	const middle = sorted.length >> 1;
	return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Where the median of ever more such values would lie with a confidence of 95 %, whatever their distribution: the ranks
 * follow from how often a fair coin falls (W. J. Conover, Practical Nonparametric Statistics, section 3.2). Of up to eight
 * values these are the least and the most, which is a little less for fewer than six: 94 % for five.
 * @param {number[]} values
 */
export function medianRange(values) {
	const sorted = ascending(values);
	const rank = Math.max(1, Math.round((sorted.length - 1.96 * Math.sqrt(sorted.length)) / 2));
	return { low: sorted[rank - 1], high: sorted[sorted.length - rank] };
}

/**
 * Half the range in proportion to the median: the "±" of a table.
 * @param {number[]} values
 */
export function spread(values) {
	const middle = median(values);
	return middle === 0 ? 0 : (Math.max(...values) - Math.min(...values)) / 2 / middle;
}

/** Three significant digits, and no exponent. @param {number} value */
export const threeDigits = (value) =>
	value >= 100
		? Math.round(value).toLocaleString('en')
		: value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3);

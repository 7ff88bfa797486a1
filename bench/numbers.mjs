// Summaries of repeated measurements.

/**
 * @param {number[]} values
 * @param {number} share  from 0 to 1; the nearest rank is taken
 */
export function percentile(values, share) {
	if (values.length === 0) throw new Error('no values to summarise');
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** @param {number[]} values */
export function median(values) {
	if (values.length === 0) throw new Error('no values to summarise');
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Half the range in proportion to the median: the "±" of a table.
 * @param {number[]} values
 */
export function spread(values) {
	const middle = median(values);
	return middle === 0 ? 0 : (Math.max(...values) - Math.min(...values)) / 2 / middle;
}

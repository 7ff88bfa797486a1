/** Numbers and words as the pages write them: the same on the server and in any browser, whatever its locale. */

/** `1234567` → `1,234,567`. */
export function groupDigits(value: number): string {
	const [whole, fraction] = String(value).split('.');
	const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
	return fraction ? `${grouped}.${fraction}` : grouped;
}

export function area(squareKilometres: number): string {
	return squareKilometres < 0 ? 'unknown' : `${groupDigits(squareKilometres < 10 ? squareKilometres : Math.round(squareKilometres))} km²`;
}

/** `17098242` → `17.1M`. */
export function shortNumber(value: number): string {
	if (value >= 1e6) return `${trim(value / 1e6)}M`;
	if (value >= 1e3) return `${trim(value / 1e3)}k`;
	return trim(value);
}

function trim(value: number): string {
	return String(value >= 100 ? Math.round(value) : Math.round(value * 10) / 10);
}

export function percent(share: number): string {
	const value = share * 100;
	if (value > 0 && value < 0.1) return '< 0.1%';
	return `${value >= 10 ? Math.round(value) : Math.round(value * 10) / 10}%`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
	return `${groupDigits(count)} ${count === 1 ? one : many}`;
}

/** Two digits that count: `468` → `470`. */
export function roughly(value: number): string {
	return groupDigits(Number(value.toPrecision(2)));
}

/** For searching: no case, no accents. */
export function fold(text: string): string {
	return text
		.normalize('NFD')
		.replace(/\p{Diacritic}/gu, '')
		.toLowerCase()
		.replace(/[^\p{Letter}\p{Number}]+/gu, ' ')
		.trim();
}

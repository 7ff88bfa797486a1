/** Which countries are most like a given one: a small score over language, place, size and coast. */
import type { CountrySummary } from '$lib/types';
import { bordersOf, countries, findCountry, languageCodesOf } from './countries';

export interface Similar {
	country: CountrySummary;
	/** 0–1 */
	score: number;
	/** What the two have in common, most telling first. */
	reasons: string[];
}

/** How long the answer takes to come. The work is small; the wait stands for a slow service behind the page. */
const DELAY_MS = 350;

export async function similarTo(code: string, limit: number): Promise<Similar[]> {
	await new Promise((resolve) => setTimeout(resolve, DELAY_MS));
	const country = findCountry(code);
	if (!country) return [];
	return countries
		.filter((other) => other.code !== code)
		.map((other) => compare(country, other))
		.sort((a, b) => b.score - a.score)
		.slice(0, limit);
}

function compare(a: CountrySummary, b: CountrySummary): Similar {
	const reasons: string[] = [];
	const language = jaccard(languageCodesOf(a.code), languageCodesOf(b.code));
	if (language >= 0.5) reasons.push('same language');
	else if (language > 0) reasons.push('a language in common');

	const size = a.area > 0 && b.area > 0 ? Math.max(0, 1 - Math.abs(Math.log2(a.area / b.area)) / 4) : 0;
	if (size > 0.85) reasons.push('same size');

	const place = a.subregion === b.subregion ? 1 : a.region === b.region ? 0.4 : 0;
	if (place === 1) reasons.push('same part of the world');

	const borders = bordersOf(a.code).includes(b.code) ? 1 : 0;
	if (borders) reasons.push('neighbours');

	const coast = a.landlocked === b.landlocked ? 1 : 0;
	if (coast && a.landlocked) reasons.push('both landlocked');

	const score = 0.34 * language + 0.26 * size + 0.22 * place + 0.1 * borders + 0.08 * coast;
	return { country: b, score, reasons: reasons.slice(0, 2) };
}

function jaccard(a: string[], b: string[]): number {
	const union = new Set([...a, ...b]);
	if (union.size === 0) return 0;
	return a.filter((item) => b.includes(item)).length / union.size;
}

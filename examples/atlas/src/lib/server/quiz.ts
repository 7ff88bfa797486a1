/** Questions: whose outline is this? */
import type { CountryRef, CountrySummary } from '$lib/types';
import { countries, findCountry, refOf } from './countries';
import { trueSizes } from './outlines';

export interface Question {
	/** Edge of the square that the outline is drawn in, and the outline. */
	size: number;
	outline: string;
	choices: CountryRef[];
	/** The code of the right one. */
	answer: string;
}

const CHOICES = 4;

/** Countries that have an outline one can know. */
const asked = countries.filter(({ unMember, area }) => unMember && area > 20_000);

/** A question, but not the one about `last` again. */
export async function question(last: string): Promise<Question> {
	const country = pick(asked.filter(({ code }) => code !== last));
	const near = asked.filter(({ code, region }) => region === country.region && code !== country.code);
	const choices = [country, ...sample(near, CHOICES - 1)].map(refOf);
	const { size, paths } = await trueSizes([country.code]);
	return { size, outline: paths.get(country.code) ?? '', choices: sample(choices, CHOICES), answer: country.code };
}

/** What is to be said of an answer that came with the address, from a browser without JavaScript. */
export function verdict(asked: string | null, guess: string | null): { country: CountryRef; right: boolean } | null {
	const country: CountrySummary | undefined = findCountry(asked ?? '');
	return country && guess ? { country: refOf(country), right: guess === country.code } : null;
}

function pick<T>(from: readonly T[]): T {
	return from[Math.floor(Math.random() * from.length)];
}

function sample<T>(from: readonly T[], count: number): T[] {
	const left = [...from];
	const taken: T[] = [];
	while (taken.length < count && left.length > 0) taken.push(...left.splice(Math.floor(Math.random() * left.length), 1));
	return taken;
}

/** The countries of the npm package `world-countries`, in the shapes that the pages need. */
import world from 'world-countries/countries.json';
import { fold } from '$lib/format';
import { Place } from '$lib/place';
import { isRegion } from '$lib/regions';
import type { CountryDetails, CountryRef, CountrySummary, RegionSlug } from '$lib/types';
import { slips } from './spelling';

interface Source {
	name: { common: string; official: string; native: Record<string, { common: string }> };
	tld: string[];
	cca2: string;
	cca3: string;
	ccn3: string;
	independent: boolean | null;
	unMember: boolean;
	currencies: Record<string, { name: string; symbol: string }>;
	idd: { root: string; suffixes: string[] };
	capital: string[];
	altSpellings: string[];
	region: string;
	subregion: string;
	languages: Record<string, string>;
	translations: Record<string, { common: string }>;
	latlng: [number, number];
	landlocked: boolean;
	borders: string[];
	area: number;
	flag: string;
	demonyms: Record<string, { m: string }>;
}

const sortKey = (source: Source) => fold(source.name.common);

const sources = (world as unknown as Source[]).toSorted((a, b) =>
	sortKey(a) < sortKey(b) ? -1 : sortKey(a) > sortKey(b) ? 1 : 0
);

const bySource = new Map(sources.map((source) => [source.cca3, source]));

/** All of them, in the order of their English names. */
export const countries: readonly CountrySummary[] = sources.map(summary);

const byCode = new Map(countries.map((country) => [country.code, country]));

const byArea = countries.toSorted((a, b) => b.area - a.area);

/** By what people type into an address: `FRA`, `fr`, `250`. */
const byAnyCode = new Map(
	sources.flatMap((source) =>
		[source.cca3, source.cca2, source.ccn3].filter(Boolean).map((code) => [code.toLowerCase(), source.cca3])
	)
);

export function findCountry(code: string): CountrySummary | undefined {
	return byCode.get(code);
}

/** The code that `text` means, if it is a code of any of the three kinds. */
export function canonicalCode(text: string): string | undefined {
	return byAnyCode.get(text.toLowerCase());
}

export function refOf({ code, name, flag }: CountrySummary): CountryRef {
	return { code, name, flag };
}

/** The country with this ISO 3166-1 number, or, as some maps have no number, of this name. */
export function countryOnMap(number: string | undefined, name: string): CountrySummary | undefined {
	const code = (number && byAnyCode.get(number)) || (name === 'Kosovo' ? 'UNK' : undefined);
	return code ? byCode.get(code) : undefined;
}

export function positionOf(code: string): Place {
	return new Place(...(bySource.get(code)?.latlng ?? [0, 0]));
}

export function languageCodesOf(code: string): string[] {
	return Object.keys(bySource.get(code)?.languages ?? {});
}

export function bordersOf(code: string): string[] {
	return bySource.get(code)?.borders ?? [];
}

export function inRegion(region: RegionSlug): CountrySummary[] {
	return countries.filter((country) => country.region === region);
}

/** Every country's name in a language of the data, or in English. */
export function namesIn(language: string): { code: string; flag: string; name: string; english: string }[] {
	const names = sources.map((source) => ({
		code: source.cca3,
		flag: flagOf(source),
		name: source.translations[language]?.common ?? source.name.common,
		english: source.name.common
	}));
	return names.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Countries whose name begins like `text`, contains it or is nearly it, or whose code is like it: for an error page to offer. */
export function suggestions(text: string, limit: number): CountryRef[] {
	// A name has no more letters than that, and comparing takes longer for each.
	const q = fold(text.slice(0, 60));
	if (!q) return [];
	const starts = countries.filter((country) => fold(country.name).startsWith(q));
	const contains = countries.filter((country) => !starts.includes(country) && fold(country.name).includes(q));
	const misspelt = countries
		.map((country) => ({ country, wrong: slips(q, fold(country.name)) }))
		.filter(({ wrong }) => wrong <= Math.max(1, q.length / 4))
		.sort((a, b) => a.wrong - b.wrong)
		.map(({ country }) => country);
	const near = countries.filter((country) => country.code.toLowerCase().startsWith(q.slice(0, 2)));
	return [...new Set([...starts, ...contains, ...misspelt, ...near])].slice(0, limit).map(refOf);
}

export function details(code: string): CountryDetails | undefined {
	const source = bySource.get(code);
	const country = byCode.get(code);
	if (!source || !country) return undefined;
	const regionArea = inRegion(country.region).reduce((sum, other) => sum + Math.max(0, other.area), 0);
	return {
		...country,
		official: source.name.official,
		nativeNames: Object.entries(source.name.native)
			.map(([language, { common }]) => ({ language: source.languages[language] ?? language, name: common }))
			.filter(({ name }) => name !== country.name),
		alsoKnownAs: source.altSpellings.filter((name) => name.length > 2 && name !== source.name.official).slice(0, 4),
		currencies: Object.entries(source.currencies ?? {}).map(([code, currency]) => ({ code, ...currency })),
		languages: Object.entries(source.languages ?? {}).map(([code, name]) => ({ code, name })),
		neighbours: source.borders
			.map((border) => byCode.get(border))
			.filter((neighbour) => neighbour !== undefined)
			.map((neighbour) => ({ ...refOf(neighbour), position: positionOf(neighbour.code) })),
		callingCode: callingCode(source.idd),
		domains: source.tld,
		demonym: source.demonyms?.eng?.m ?? '',
		independent: source.independent === true,
		position: positionOf(code),
		areaRank: byArea.indexOf(country) + 1,
		shareOfRegion: regionArea > 0 ? Math.max(0, country.area) / regionArea : 0
	};
}

function summary(source: Source): CountrySummary {
	const region = source.region.toLowerCase();
	return {
		code: source.cca3,
		name: source.name.common,
		flag: flagOf(source),
		capital: source.capital?.[0] ?? '',
		region: isRegion(region) ? region : 'antarctic',
		subregion: source.subregion || source.region,
		area: source.area,
		landlocked: source.landlocked,
		borders: source.borders.length,
		unMember: source.unMember
	};
}

/** The flag as an emoji: the two letters of the country, as regional indicators. */
function flagOf({ flag, cca2 }: Source): string {
	return flag || String.fromCodePoint(...[...cca2].map((letter) => 0x1f1a5 + letter.charCodeAt(0)));
}

/** The United States have `+1` with hundreds of suffixes; one suffix belongs to the code, many do not. */
function callingCode({ root, suffixes }: Source['idd']): string {
	return suffixes?.length === 1 ? root + suffixes[0] : (root ?? '');
}

/** The one before and the one after, in the order of names; the list is a ring. */
export function around(code: string): { previous: CountryRef; next: CountryRef } {
	const index = countries.findIndex((country) => country.code === code);
	const at = (position: number) => refOf(countries[(position + countries.length) % countries.length]);
	return { previous: at(index - 1), next: at(index + 1) };
}

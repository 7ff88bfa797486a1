/** The countries of the npm package `world-countries`, as far as these pages need them. */
import world from 'world-countries/countries.json';

interface Source {
	name: { common: string };
	cca3: string;
	capital: string[];
	region: string;
	unMember: boolean;
	area: number;
	latlng: [number, number];
	flag: string;
}

export interface Country {
	/** ISO 3166-1, three letters. */
	code: string;
	name: string;
	/** An emoji. */
	flag: string;
	capital: string;
	region: string;
	/** In degrees, north of the equator. */
	latitude: number;
	/** In square kilometres. */
	area: number;
	unMember: boolean;
}

/** All of them, in the order of their English names. */
export const countries: readonly Country[] = (world as unknown as Source[])
	.map((source) => ({
		code: source.cca3,
		name: source.name.common,
		flag: source.flag,
		capital: source.capital[0] ?? '',
		region: source.region,
		latitude: source.latlng[0],
		area: source.area,
		unMember: source.unMember
	}))
	.sort((a, b) => (fold(a.name) < fold(b.name) ? -1 : 1));

const byCode = new Map(countries.map((country) => [country.code, country]));

export function findCountry(code: string): Country | undefined {
	return byCode.get(code);
}

/** A text as people type it: without accents, in lower case. */
export function fold(text: string): string {
	return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

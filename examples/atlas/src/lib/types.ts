/** What pages and the server tell each other about countries. */
import type { Place } from './place';

export type RegionSlug = 'africa' | 'americas' | 'antarctic' | 'asia' | 'europe' | 'oceania';

export type Theme = 'auto' | 'light' | 'dark';

/** A country as lists, maps and search show it. */
export interface CountrySummary {
	/** ISO 3166-1 alpha-3, the key of everything. */
	code: string;
	name: string;
	flag: string;
	capital: string;
	region: RegionSlug;
	subregion: string;
	/** Square kilometres. */
	area: number;
	landlocked: boolean;
	/** How many countries it has a land border with. */
	borders: number;
	unMember: boolean;
}

/** A name beside its code, for links. */
export interface CountryRef {
	code: string;
	name: string;
	flag: string;
}

export interface Currency {
	code: string;
	name: string;
	symbol: string;
}

/** Everything a country's own page shows. */
export interface CountryDetails extends CountrySummary {
	official: string;
	nativeNames: { language: string; name: string }[];
	alsoKnownAs: string[];
	currencies: Currency[];
	languages: { code: string; name: string }[];
	neighbours: (CountryRef & { position: Place })[];
	callingCode: string;
	domains: string[];
	demonym: string;
	independent: boolean;
	position: Place;
	/** 1 is the largest of the world. */
	areaRank: number;
	/** Share of the land of its region, 0–1. */
	shareOfRegion: number;
}

/** A country drawn on a map: the path data is in the drawing's own units. */
export interface Shape extends CountryRef {
	region: RegionSlug | '';
	d: string;
	/** Whether its name fits into it. */
	roomy?: true;
	/** A point inside the shape, for keyboard movement and markers. */
	x: number;
	y: number;
}

/** A country too small to be seen as a shape. */
export type Dot = Omit<Shape, 'd' | 'roomy'>;

export interface Drawing {
	width: number;
	height: number;
	/** Outline of the globe, where the drawing shows all of it. */
	sphere: string;
	graticule: string;
	shapes: Shape[];
	dots: Dot[];
}

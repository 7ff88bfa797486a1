/** The filters of the country list: read from the URL, written to it, applied. */
import { fold } from './format';
import { isRegion } from './regions';
import type { CountrySummary, RegionSlug } from './types';

export const sorts = {
	name: 'Name',
	largest: 'Largest first',
	smallest: 'Smallest first',
	neighbours: 'Most neighbours'
} as const;

export type Sort = keyof typeof sorts;

export interface Filters {
	q: string;
	region: RegionSlug | '';
	sort: Sort;
	landlocked: boolean;
	un: boolean;
	/** Show the whole list, not only its beginning. */
	all: boolean;
}

export function parseFilters(search: URLSearchParams): Filters {
	const region = search.get('region') ?? '';
	const sort = search.get('sort') ?? '';
	return {
		q: (search.get('q') ?? '').trim().slice(0, 80),
		region: isRegion(region) ? region : '',
		sort: Object.hasOwn(sorts, sort) ? (sort as Sort) : 'name',
		landlocked: search.has('landlocked'),
		un: search.has('un'),
		all: search.get('show') === 'all'
	};
}

/** The query of a list with these filters; what is at its default is left out. */
export function filterQuery(filters: Filters): string {
	const search = new URLSearchParams();
	if (filters.q) search.set('q', filters.q);
	if (filters.region) search.set('region', filters.region);
	if (filters.sort !== 'name') search.set('sort', filters.sort);
	if (filters.landlocked) search.set('landlocked', '1');
	if (filters.un) search.set('un', '1');
	if (filters.all) search.set('show', 'all');
	const query = search.toString();
	return query && `?${query}`;
}

/** `countries` is in the order of names, and stays so where `sort` leaves two alike. */
export function applyFilters(countries: readonly CountrySummary[], filters: Filters): CountrySummary[] {
	const q = fold(filters.q);
	const found = countries.filter(
		(country) =>
			(!filters.region || country.region === filters.region) &&
			(!filters.landlocked || country.landlocked) &&
			(!filters.un || country.unMember) &&
			(!q || matches(country, q))
	);
	switch (filters.sort) {
		case 'largest':
			return found.sort((a, b) => b.area - a.area);
		case 'smallest':
			return found.sort((a, b) => a.area - b.area);
		case 'neighbours':
			return found.sort((a, b) => b.borders - a.borders);
		case 'name':
			return found;
	}
}

/** `q` is folded. Codes match as a whole, words from their beginning. */
export function matches(country: Pick<CountrySummary, 'code' | 'name' | 'capital' | 'subregion'>, q: string): boolean {
	if (country.code.toLowerCase() === q) return true;
	return ` ${fold(country.name)} ${fold(country.capital)} ${fold(country.subregion)}`.includes(` ${q}`);
}

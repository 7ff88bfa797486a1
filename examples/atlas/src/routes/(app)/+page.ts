import { applyFilters, parseFilters } from '$lib/filters';
import type { PageLoad } from './$types';

/** On the server for the first page, in the browser from then on: the same filters either way. */
export const load = (({ data, url }) => {
	const { countries, map } = data;
	const filters = parseFilters(url.searchParams);
	return { map, total: countries.length, filters, found: applyFilters(countries, filters) };
}) satisfies PageLoad;

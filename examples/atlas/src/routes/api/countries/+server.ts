import { error, json } from 'wellhead';
import { applyFilters, parseFilters } from '$lib/filters';
import { countries } from '$lib/server/countries';
import type { CountrySummary } from '$lib/types';
import type { RequestHandler } from './$types';

function find(url: URL): CountrySummary[] {
	return applyFilters(countries, parseFilters(url.searchParams));
}

/** The same filters as the first page, and `limit`. */
export const GET: RequestHandler = ({ url }) => {
	const found = find(url);
	const limit = Number(url.searchParams.get('limit') ?? found.length);
	if (!Number.isInteger(limit) || limit < 0) error(400, '`limit` is a whole number from 0 on.');
	return json({ total: found.length, countries: found.slice(0, limit) }, { headers: headers(found.length) });
};

export const HEAD: RequestHandler = ({ url }) => {
	return new Response(null, { headers: { 'content-type': 'application/json', ...headers(find(url).length) } });
};

function headers(total: number): Record<string, string> {
	return { 'x-total-count': String(total), 'cache-control': 'public, max-age=300' };
}

import { redirect } from 'wellhead';
import { countryPath } from '$lib/links';
import { countries } from '$lib/server/countries';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ setHeaders }) => {
	setHeaders({ 'cache-control': 'no-store' });
	redirect(307, countryPath(countries[Math.floor(Math.random() * countries.length)].code));
};

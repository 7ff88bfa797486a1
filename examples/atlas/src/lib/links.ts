/** The addresses of the site, under whatever path it is served. */
import { resolve } from '$app/paths';

export const home = () => resolve('/');
export const regionPath = (slug: string, tab = '') => resolve(`/region/${slug}${tab && `/${tab}`}`);
export const countryPath = (code: string) => resolve(`/country/${code}`);
export const printPath = (code: string) => resolve(`/country/${code}/print`);
export const namesPath = (language = '') => resolve(`${language && `/${language}`}/names`);
export const helpPath = (path = '') => resolve('/(app)/docs/[...path]', { path });

export function comparePath(codes: Iterable<string> = []): string {
	const query = [...codes].map((code) => `c=${code}`).join('&');
	return resolve('/compare') + (query && `?${query}`);
}

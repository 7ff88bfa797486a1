/** Which languages a region's countries have, and which countries have them. */
import type { CountryRef, RegionSlug } from '$lib/types';
import { details, inRegion, refOf } from './countries';

export interface SpokenLanguage {
	name: string;
	countries: CountryRef[];
}

export function languagesOf(region: RegionSlug): SpokenLanguage[] {
	const languages = new Map<string, CountryRef[]>();
	for (const country of inRegion(region)) {
		for (const { name } of details(country.code)?.languages ?? []) {
			const known = languages.get(name);
			if (known) known.push(refOf(country));
			else languages.set(name, [refOf(country)]);
		}
	}
	return [...languages]
		.map(([name, countries]) => ({ name, countries }))
		.sort((a, b) => b.countries.length - a.countries.length || (a.name < b.name ? -1 : 1));
}

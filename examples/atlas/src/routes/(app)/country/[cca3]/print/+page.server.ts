import type { PageServerLoad } from 'wellhead';
import { countryMap } from '$lib/server/maps';
import type { CountryDetails } from '$lib/types';

export const load = (async ({ parent }) => {
	const { country } = (await parent()) as { country: CountryDetails };
	return { country, map: await countryMap(country) };
}) satisfies PageServerLoad;

import { askedCountry } from '$lib/server/asked-country';
import { countryMap } from '$lib/server/maps';
import type { PageServerLoad } from './$types';

export const load = (async (event) => {
	const country = askedCountry(event);
	return { country, map: await countryMap(country) };
}) satisfies PageServerLoad;

import { drawGlobe, GLOBE_SIZE } from '$lib/geo/globe';
import { askedCountry } from '$lib/server/asked-country';
import { around } from '$lib/server/countries';
import { countryMap } from '$lib/server/maps';
import { similarTo } from '$lib/server/similar';
import type { PageServerLoad } from './$types';

export const load = (async (event) => {
	const country = askedCountry(event);
	return {
		country,
		map: await countryMap(country),
		globe: { drawing: drawGlobe(country.position), size: GLOBE_SIZE },
		...around(country.code),
		// Not awaited: the page does not wait for it, the answer follows in the same response.
		similar: similarTo(country.code, 6)
	};
}) satisfies PageServerLoad;

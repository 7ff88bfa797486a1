import type { PageServerLoad } from 'wellhead';
import { drawGlobe, GLOBE_SIZE } from '$lib/geo/globe';
import { around, canonicalCode, findCountry } from '$lib/server/countries';
import { countryMap } from '$lib/server/maps';
import { similarTo } from '$lib/server/similar';
import type { CountryDetails } from '$lib/types';

export const load = (async ({ params, parent }) => {
	const code = canonicalCode(params.cca3 ?? '') ?? '';
	// Not awaited: the page does not wait for it, the answer follows in the same response.
	const similar = findCountry(code) ? similarTo(code, 6) : Promise.resolve([]);
	const { country } = (await parent()) as { country: CountryDetails };
	return {
		map: await countryMap(country),
		globe: { drawing: drawGlobe(country.position), size: GLOBE_SIZE },
		...around(code),
		similar
	};
}) satisfies PageServerLoad;

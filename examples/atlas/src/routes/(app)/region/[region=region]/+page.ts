import type { CountrySummary } from '$lib/types';
import type { PageLoad } from './$types';

/** The region's countries under the names of its parts. */
export const load = (async ({ parent }) => {
	const { members } = await parent();
	const parts = new Map<string, CountrySummary[]>();
	for (const country of members) {
		const part = parts.get(country.subregion);
		if (part) part.push(country);
		else parts.set(country.subregion, [country]);
	}
	return { parts: new Map([...parts].sort(([a], [b]) => (a < b ? -1 : 1))) };
}) satisfies PageLoad;

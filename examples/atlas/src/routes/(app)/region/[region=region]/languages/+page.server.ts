import type { PageServerLoad } from 'wellhead';
import { isRegion } from '$lib/regions';
import { languagesOf } from '$lib/server/languages';

export const load = (({ params }) => {
	const region = params.region ?? '';
	return { languages: isRegion(region) ? languagesOf(region) : [] };
}) satisfies PageServerLoad;

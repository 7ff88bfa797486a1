import { COMPARE_LIMIT } from '$lib/preferences';
import { canonicalCode, countries, details, refOf } from '$lib/server/countries';
import { trueSizes } from '$lib/server/outlines';
import type { PageServerLoad } from './$types';

export const load = (async ({ url, locals }) => {
	const asked = url.searchParams.has('c') || url.searchParams.has('none') ? url.searchParams.getAll('c') : locals.compare;
	const known = asked.map(canonicalCode).filter((code) => code !== undefined);
	const codes = [...new Set(known)].slice(0, COMPARE_LIMIT);
	const chosen = codes.map(details).filter((country) => country !== undefined);
	return {
		chosen,
		full: chosen.length >= COMPARE_LIMIT,
		unknown: asked.filter((code) => code && !canonicalCode(code)).slice(0, COMPARE_LIMIT),
		outlines: await trueSizes(codes),
		choices: countries.filter(({ code }) => !codes.includes(code)).map(refOf)
	};
}) satisfies PageServerLoad;

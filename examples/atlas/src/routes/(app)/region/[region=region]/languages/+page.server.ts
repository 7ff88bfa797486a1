import { languagesOf } from '$lib/server/languages';
import type { PageServerLoad } from './$types';

export const load = (({ params }) => ({ languages: languagesOf(params.region) })) satisfies PageServerLoad;

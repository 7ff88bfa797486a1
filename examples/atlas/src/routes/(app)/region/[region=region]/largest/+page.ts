import type { PageLoad } from 'wellhead';
import type { CountrySummary } from '$lib/types';

const SHOWN = 12;

export const load = (async ({ parent }) => {
	const { members } = (await parent()) as { members: CountrySummary[] };
	return { largest: members.toSorted((a, b) => b.area - a.area).slice(0, SHOWN) };
}) satisfies PageLoad;

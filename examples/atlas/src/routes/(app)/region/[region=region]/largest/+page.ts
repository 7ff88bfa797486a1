import type { PageLoad } from './$types';

const SHOWN = 12;

export const load = (async ({ parent }) => {
	const { members } = await parent();
	return { largest: members.toSorted((a, b) => b.area - a.area).slice(0, SHOWN) };
}) satisfies PageLoad;

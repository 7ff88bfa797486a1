import type { PageServerLoad } from './$types';

/** Returns of different fields, and none. */
export const load = (async ({ url, parent }) => {
	const { user } = await parent();
	if (url.searchParams.has('none')) return;
	if (url.searchParams.has('a')) return { first: user.length };
	return { second: user };
}) satisfies PageServerLoad;

// @ts-expect-error: data has names
export const _other: PageServerLoad = () => 1;

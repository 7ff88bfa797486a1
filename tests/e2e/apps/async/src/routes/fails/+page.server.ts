import { gate } from '$lib/server/gate';
import type { PageServerLoad } from './$types';

export const load = (({ url }) => {
	const name = url.searchParams.get('gate');
	return { words: gate(`${name}`) };
}) satisfies PageServerLoad;

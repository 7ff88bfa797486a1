import { gate } from '$lib/server/gate';
import type { PageServerLoad } from './$types';

export const load = (({ url }) => {
	const name = url.searchParams.get('gate');
	return { now: 'here now', first: gate(`${name}-first`), second: gate(`${name}-second`) };
}) satisfies PageServerLoad;

import { gate } from '$lib/server/gate';
import { values } from '$lib/server/values';
import type { PageServerLoad } from './$types';

export const load = (({ url }) => {
	const name = url.searchParams.get('gate');
	return { values: values(), late: gate(`${name}`).then(values) };
}) satisfies PageServerLoad;

import { gate } from '$lib/server/gate';
import type { PageServerLoad } from './$types';

/** Writes to the console before and after the gate: in between, others do the same. */
export const load = (async ({ url }) => {
	const name = url.searchParams.get('gate');
	console.warn(`${name} before`);
	await gate(`${name}`);
	console.warn(`${name} after, on\ntwo "lines" with \u001b[31mcolour`, { and: ['an', 'object'] });
	return {};
}) satisfies PageServerLoad;

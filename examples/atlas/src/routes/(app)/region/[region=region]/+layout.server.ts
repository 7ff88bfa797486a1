import { error } from 'wellhead';
import { findRegion } from '$lib/regions';
import { inRegion } from '$lib/server/countries';
import { regionMap } from '$lib/server/maps';
import type { LayoutServerLoad } from './$types';

export const load = (async ({ params }) => {
	const region = findRegion(params.region);
	if (!region) error(404, 'There is no such region.');
	return { region, members: inRegion(region.slug), map: await regionMap(region.slug) };
}) satisfies LayoutServerLoad;

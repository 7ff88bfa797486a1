import { countries } from '$lib/server/countries';
import { worldMap } from '$lib/server/maps';
import type { PageServerLoad } from './$types';

/** All countries and the map: it does not look at the address, so filtering asks the server for nothing. */
export const load = (() => ({ countries, map: worldMap() })) satisfies PageServerLoad;

import type { PageServerLoad } from 'wellhead';
import { countries } from '$lib/server/countries';
import { worldMap } from '$lib/server/maps';

/** All countries and the map: it does not look at the address, so filtering asks the server for nothing. */
export const load = (() => ({ countries, map: worldMap() })) satisfies PageServerLoad;

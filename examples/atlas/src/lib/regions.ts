/** The six regions of the world, in the order they are listed. */
import type { RegionSlug } from './types';

export interface Region {
	slug: RegionSlug;
	name: string;
	blurb: string;
}

export const regions: readonly Region[] = [
	{ slug: 'africa', name: 'Africa', blurb: 'From the Sahara to the Cape, with more countries than any other region.' },
	{ slug: 'americas', name: 'Americas', blurb: 'Two continents and an arc of islands, from Greenland to Tierra del Fuego.' },
	{ slug: 'antarctic', name: 'Antarctic', blurb: 'The ice, and the few islands that the far south has room for.' },
	{ slug: 'asia', name: 'Asia', blurb: 'The largest landmass: steppe, monsoon, mountain and archipelago.' },
	{ slug: 'europe', name: 'Europe', blurb: 'Many borders in little space, and the largest country on Earth.' },
	{ slug: 'oceania', name: 'Oceania', blurb: 'A continent and thousands of islands in a third of the planet’s water.' }
];

const bySlug = new Map(regions.map((region) => [region.slug as string, region]));

export function findRegion(slug: string): Region | undefined {
	return bySlug.get(slug);
}

export function isRegion(slug: string): slug is RegionSlug {
	return bySlug.has(slug);
}

import { isRegion } from '$lib/regions';
import type { RegionSlug } from '$lib/types';

export function match(value: string): value is RegionSlug {
	return isRegion(value);
}

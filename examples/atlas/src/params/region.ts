import { isRegion } from '$lib/regions';

export function match(value: string): boolean {
	return isRegion(value);
}

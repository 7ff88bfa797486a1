/** Chance that can be repeated: the same seed gives the same numbers, on every server. */

/** Numbers from 0 to 1, without 1. The algorithm is Mulberry32. */
export function random(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** So many of a list, in an order of chance. */
export function sample<T>(from: readonly T[], count: number, next: () => number): T[] {
	const left = [...from];
	const taken: T[] = [];
	while (taken.length < count && left.length > 0) taken.push(...left.splice(Math.floor(next() * left.length), 1));
	return taken;
}

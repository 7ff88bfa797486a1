/** One value of each type, by itself and in the others. */
export function values(): Record<string, unknown> {
	const buffer = new Uint8Array([0, 1, 2, 253, 254, 255]).buffer;
	const shared = { name: 'shared' };
	const cycle: { name: string; self?: unknown } = { name: 'cycle' };
	cycle.self = cycle;
	const map = new Map<unknown, unknown>([['first', 1], [shared, new Set([shared])], [NaN, null]]);
	map.set('itself', map);
	return {
		texts: ['</script><!--', '\u2028\u2029\u0000', 'é 日本 😀', '\ud800', "\\ \" ' ` ${}"],
		numbers: [0, -0, NaN, Infinity, -Infinity, 1.5, 2 ** 53, 5e-324],
		bigints: [0n, -12345678901234567890n],
		nothing: [undefined, null, true, false],
		dates: [new Date('2024-02-29T12:34:56.789Z'), new Date(-1), new Date(NaN)],
		patterns: [/a\/b<\/script>"/giu, /^$/],
		addresses: [new URL('https://user@example.org:8080/a b?q=1#<c>'), new URLSearchParams('a=1&a=%26&b=2')],
		boxed: [new Number(1), new String('text'), new Boolean(false)],
		bare: Object.assign(Object.create(null), { 'a key': 1, '': 2, é: 3 }),
		sparse: [sparse(5), sparse(1000)],
		bytes: new Uint8Array([0, 127, 255]),
		small: [new Int8Array([-1]), new Uint8ClampedArray([255]), new Int16Array([-2]), new Uint16Array([65535]), new Int32Array([-3]), new Uint32Array([2 ** 32 - 1])],
		floats: [new Float32Array([0.5, -0, NaN]), new Float64Array([Math.PI, -0, Infinity])],
		long: [new BigInt64Array([-(2n ** 63n)]), new BigUint64Array([2n ** 64n - 1n])],
		buffers: [buffer, new Uint8Array(buffer), new Uint16Array(buffer, 2, 1), new DataView(buffer, 1, 3)],
		empty: [[], {}, new Map(), new Set(), new Uint8Array(), new ArrayBuffer(0), ''],
		sets: new Set<unknown>([1, '1', [1], new Date(0), new Map([[{ deep: true }, new Set([/deep/])]])]),
		map,
		cycle,
		shared: [shared, { shared }, [[shared]]]
	};
}

/** With holes: few of many elements cross in another way than most of few. */
function sparse(length: number): unknown[] {
	const array: unknown[] = [];
	array[1] = 'one';
	array[3] = undefined;
	array.length = length;
	return array;
}

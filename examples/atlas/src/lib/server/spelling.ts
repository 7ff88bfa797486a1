/**
 * How many slips of the keyboard make one word of the other: a letter left out, added, or taken for another, or two
 * neighbours swapped. After Damerau (1964), with no letter touched twice.
 */
export function slips(a: string, b: string): number {
	let before: number[] = [];
	let above: number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
	for (let row = 1; row <= a.length; row++) {
		const here = [row];
		for (let column = 1; column <= b.length; column++) {
			const same = a[row - 1] === b[column - 1];
			let fewest = Math.min(above[column] + 1, here[column - 1] + 1, above[column - 1] + (same ? 0 : 1));
			const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
			if (swapped) fewest = Math.min(fewest, before[column - 2] + 1);
			here.push(fewest);
		}
		before = above;
		above = here;
	}
	return above[b.length];
}

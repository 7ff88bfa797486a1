/**
 * Whether the user presses something, while which the page stays as it is: a browser that finds something else under the pointer when it
 * is released dispatches no click.
 */

/** Done when the click is over, or the pointer is down for so long that it drags something. */
export let released: Promise<void> | undefined;

export function watchPresses(): void {
	let release = (): void => {};
	addEventListener("pointerdown", () => (released = new Promise((resolve) => setTimeout((release = resolve), 200))), true);
	// What a click does, and the browser for it, is all done before the next task.
	for (const type of ["click", "pointercancel"]) addEventListener(type, () => setTimeout(release), true);
}

/**
 * What the client shows on top of what the server rendered.
 *
 * All of it is taken off before a patch, since operations are meant for what the server knows, and put on again after it: texts of
 * `ts-text` and `ts-disable-with`, classes, locks of forms. Nothing is painted in between.
 */

const undo: (() => void)[] = [];
const layers: (() => void)[] = [];

/** Adds something that is shown on top. It changes elements by the functions below, or says by `cover` how it is undone. */
export const layer = (show: () => void): unknown => layers.push(show);

export const cover = (undone: () => void): unknown => undo.push(undone);

/** Gives a property another value. */
export function coverProperty<E extends Element, K extends keyof E>(element: E, name: K, value: E[K]): void {
	const before = element[name];
	if (before === value) return;
	cover(() => (element[name] = before));
	element[name] = value;
}

export function coverClass(element: Element, name: string, on = true): void {
	const { classList } = element;
	if (classList.contains(name) === on) return;
	cover(() => classList.toggle(name, !on));
	classList.toggle(name, on);
}

/** Shows a text in place of those in an element. Its other children stay. */
export function coverText(element: Element, text: string): void {
	for (const node of element.childNodes) {
		if (!(node instanceof Text)) continue;
		const { data } = node;
		cover(() => (node.data = data));
		node.data = text;
		text = "";
	}
	if (!text) return;
	const own = new Text(text);
	cover(() => own.remove());
	element.append(own);
}

/** Whether a patch is under way, which may have to wait. */
let isOff = false;

/** Takes everything off. */
export function lift(): void {
	isOff = true;
	for (let next; (next = undo.pop()); ) next();
}

/** Puts everything on. */
export function put(): void {
	isOff = false;
	for (const show of layers) show();
}

/** Shows what is to be shown now. */
export function repaint(): void {
	if (isOff) return;
	lift();
	put();
}

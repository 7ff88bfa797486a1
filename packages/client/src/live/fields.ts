/**
 * What users put into fields, while the server changes the fields around it.
 *
 * - The server's attribute is a field's default. When the server changes `value`, `checked`, `selected` or `muted`, or the text of a
 *   `<textarea>`, the property follows, and what the user had entered is gone: the server knows of it, or means it. As long as the
 *   server changes nothing, the field keeps what the user entered.
 * - Of a field that has the focus the user owns the value: the attribute changes, the value and the selection do not, be it a text, a
 *   slider or the choice of a `<select>`. A checkbox has no such value: a click is all there is to it, so `checked` always follows.
 * - `setProperty` is how the server insists: it changes the focused field too, and leaves the caret where it is.
 * - Properties follow when all operations of a patch are done, so that a new `max` is there before the value that it allows.
 */

type Field = HTMLInputElement | HTMLTextAreaElement;

const follows = /^(input(value|checked)|textareavalue|optionselected|(audio|video)muted)$/;
/** Their `value` is the attribute itself, or a file, which no server sets. */
const hasNoValue = /^(checkbox|radio|button|submit|reset|image|hidden|file)$/;

/** Attributes of this patch that properties follow. */
let touched: [element: Element, name: string][] = [];
let focused: Element | null = null;
let value: string | undefined;
let chosen: HTMLOptionElement[] = [];
let start: number | null;
let end: number | null;
let direction: Field["selectionDirection"];

const isText = (element: Element | null): element is Field => /^(input|textarea)$/.test(element?.localName ?? "") && !hasNoValue.test((element as Field).type);

/** The element that has the focus, in whatever shadow. */
export function focusedElement(): Element | null {
	let element = document.activeElement;
	while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
	return element;
}

/** Before a patch. */
export function holdFields(): void {
	focused = focusedElement();
	start = null;
	if (isText(focused)) ({ value, selectionStart: start, selectionEnd: end, selectionDirection: direction } = focused);
	if (focused instanceof HTMLSelectElement) chosen = [...focused.selectedOptions];
}

/** Says that the server changed an attribute, or, as `value`, the text of a text area. */
export function touch(element: Element, name: string): void {
	if (follows.test(element.localName + name)) touched.push([element, name]);
}

/** Gives an element's property the value on which the server insists. */
export function setProperty(element: Element, name: string, wanted: unknown): void {
	const target = element as unknown as Record<string, unknown>;
	// A caret at the end of the text stays at the end.
	const inside = start !== null && start < value!.length;
	if (target[name] !== wanted) target[name] = wanted;
	if (element !== focused) return;
	if (inside) select();
	holdFields();
}

/** After a patch: properties follow what the server changed, but for what the user is at. */
export function settleFields(): void {
	for (const [element, name] of touched) {
		// Of a focused select, what was chosen is chosen again below.
		if (name !== "value" || (element !== focused && isText(element))) {
			const target = element as unknown as Record<string, unknown>;
			const initial = target[`default${name[0]!.toUpperCase()}${name.slice(1)}`];
			if (target[name] !== initial) target[name] = initial;
		}
	}
	touched = [];
	// A field in which nothing was entered yet has followed its attribute by itself.
	if (isText(focused) && focused.value !== value) {
		focused.value = value!;
		select();
	}
	if (focused instanceof HTMLSelectElement) choose(focused, chosen);
	// What is removed must not stay in memory.
	focused = null;
	chosen = [];
}

/** Chooses again in a select what is left of what was chosen. */
export function choose(select: HTMLSelectElement, chosen: HTMLOptionElement[]): void {
	const left = chosen.filter((option) => select.contains(option));
	// In a list for several, nothing is a choice too.
	if (left.length > 0 || (select.multiple && chosen.length === 0)) for (const option of select.options) if (option.selected !== left.includes(option)) option.selected = !option.selected;
}

/** Selects in the focused field what was selected before. */
function select(): void {
	if (start !== null) (focused as Field).setSelectionRange(start, end, direction!);
}

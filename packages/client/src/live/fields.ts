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

import { focusedElement, setProperty } from "./changes.ts";
import type { Feature } from "./features.ts";

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

/** Before a patch. */
function holdFields(): void {
	focused = focusedElement();
	start = null;
	if (isText(focused)) ({ value, selectionStart: start, selectionEnd: end, selectionDirection: direction } = focused);
	if (focused instanceof HTMLSelectElement) chosen = [...focused.selectedOptions];
}

/** Has the caret stay where it is when the server insists on a value; at the end of the text it stays at the end. */
function insist(element: Element): () => void {
	const isInside = start !== null && start < value!.length;
	return () => {
		if (element !== focused) return;
		if (isInside) select();
		holdFields();
	};
}

/** After a patch: properties follow what the server changed, but for what the user is at. */
function settleFields(): void {
	for (const [element, name] of touched) {
		// Of a focused select, what was chosen is chosen again below.
		if (name !== "value" || (element !== focused && isText(element))) {
			setProperty(element, name, (element as unknown as Record<string, unknown>)[`default${name[0]!.toUpperCase()}${name.slice(1)}`]);
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
function choose(select: HTMLSelectElement, chosen: HTMLOptionElement[]): void {
	const left = chosen.filter((option) => select.contains(option));
	// In a list for several, nothing is a choice too.
	if (left.length > 0 || (select.multiple && chosen.length === 0)) for (const option of select.options) if (option.selected !== left.includes(option)) option.selected = !option.selected;
}

/** Selects in the focused field what was selected before. */
function select(): void {
	if (start !== null) (focused as Field).setSelectionRange(start, end, direction!);
}

export const feature: Feature = {
	changing: holdFields,
	settle: settleFields,
	touched(element, name) {
		if (follows.test(element.localName + name)) touched.push([element, name]);
	},
	insist,
	choose(select) {
		const before = [...select.selectedOptions];
		return () => choose(select, before);
	},
};

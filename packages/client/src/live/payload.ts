/** What an event tells the server: nothing but what there is. */

import { each } from "./features.ts";

export type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export const isField = (node: unknown): node is Field => node instanceof Element && /^(input|select|textarea)$/.test(node.localName);
export const isForm = (node: unknown): node is HTMLFormElement => node instanceof HTMLFormElement;

/** Keys that are held while something else happens. */
export const modifiers = ["alt", "ctrl", "meta", "shift"] as const;
export const isHeld = (event: Event, name: (typeof modifiers)[number]): boolean => (event as unknown as Record<string, boolean>)[`${name}Key`]!;

/** All of it may be missing. Where there is nothing to say, there is no payload at all: then it was a click. */
export interface Payload {
	/** The DOM event's, unless it is `click`. */
	type?: string;
	/** The arguments in the attribute. */
	args?: unknown[];
	/** Attributes `ts-value:NAME`. */
	values?: Record<string, string>;
	/** The field that the event is about. A box that is not checked has the value "". */
	name?: string;
	value?: string;
	/** Of keyboard events; the modifiers of those of the mouse too. */
	key?: string;
	code?: string;
	repeat?: true;
	alt?: true;
	ctrl?: true;
	meta?: true;
	shift?: true;
	/** All fields of the form, in their order, without files. */
	form?: [name: string, value: string][];
	/** Fields that the user has not been at. */
	unused?: string[];
	/** The button that submitted. */
	submitter?: [name: string, value: string];
	/** The form says again what the user had entered, because the session is another. */
	recover?: true;
	/** Where the pointer is in the window, in CSS pixels. */
	x?: number;
	y?: number;
	/** What a hook or the command `push` sends; of a custom event, its `detail`. */
	data?: unknown;
}

/** What a form tells; files go their own way. */
export function formPayload(form: HTMLFormElement, type: string, submitter?: HTMLElement | null): Payload {
	const unused = each("unused", form);
	return { type, form: [...new FormData(form, submitter)].filter((entry): entry is [string, string] => typeof entry[1] === "string"), ...(unused?.[0] && { unused }) };
}

/** What an event says to a handler of an element; `undefined` if there is nothing to say. */
export function payloadOf(element: Element, event: Event, args: unknown[] = []): Payload | undefined {
	const { type, target, key, code, repeat, clientX: x, clientY: y, submitter, detail } = event as Event & Partial<KeyboardEvent & MouseEvent & SubmitEvent>;
	const isInput = /^(input|change|submit)$/.test(type);
	const payload: Payload = isForm(element) && isInput ? formPayload(element, type, submitter) : type === "click" ? {} : { type };
	if (args.length > 0) payload.args = args;
	for (const { name, value } of element.attributes) if (name.startsWith("ts-value:")) (payload.values ??= {})[name.slice(9)] = value;
	const field = payload.form ? target : element;
	if (isField(field) && (isInput || /^(blur|focus|key)/.test(type))) {
		if (field.name) payload.name = field.name;
		payload.value = /^(checkbox|radio)$/.test(field.type) && !(field as HTMLInputElement).checked ? "" : field.value;
	}
	const button = submitter as HTMLButtonElement | null | undefined;
	if (button?.name) payload.submitter = [button.name, button.value];
	if (key !== undefined) Object.assign(payload, { key, code }, repeat && { repeat });
	for (const name of modifiers) if (isHeld(event, name)) payload[name] = true;
	if (/^(mouse|pointer|drag|drop|wheel|dblclick|contextmenu)/.test(type)) Object.assign(payload, { x, y });
	if (event instanceof CustomEvent && detail !== null) payload.data = detail;
	return Object.keys(payload).length > 0 ? payload : undefined;
}

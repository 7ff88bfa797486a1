/**
 * Forms and their fields while events about them are under way.
 *
 * The client owns what the user has entered. As long as an event about a field is not settled, what the server says of its value waits:
 * it was said before the server knew. While a form's submit is not settled, the form is locked. If the session is another, values
 * that the user had entered are put back, and the form tells the server of them.
 */

import { parseBinding, parseHandler } from "./bindings.ts";
import type { Nodes } from "./nodes.ts";
import { cover, coverClass, coverProperty, coverText, layer } from "./overlay.ts";
import type { Operation } from "./protocol.ts";
import { formPayload } from "./payload.ts";
import { type Pending, pending, push } from "./session.ts";

export type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export const isField = (node: unknown): node is Field => node instanceof Element && /^(input|select|textarea)$/.test(node.localName);
export const isForm = (node: unknown): node is HTMLFormElement => node instanceof HTMLFormElement;

/** Fields that the user has been at. */
export const used = new WeakSet<Node>();

/** Operations that wait until the user's change has arrived, by what numbers their nodes. */
const kept = new WeakMap<Nodes, Operation[]>();

const isLocked = (node: Node): boolean => pending.some(({ target }) => target && (target === node || target === (node as Field).form));

/** The operations that can be done now: not what the server says of values that the user has changed meanwhile. */
export function release(operations: readonly Operation[], nodes: Nodes): Operation[] {
	const old = kept.get(nodes) ?? [];
	const waiting: Operation[] = [];
	kept.set(nodes, waiting);
	return [...old, ...operations].filter((operation, index) => {
		const element = nodes.get((operation as { node: number }).node) as Element | undefined;
		if (!element) return index >= old.length;
		const isValue = "name" in operation ? /^(value|checked|selected)$/.test(operation.name) : operation.op === "setText" && isField(element);
		if (!isValue || !isLocked(element.closest("select") ?? element)) return true;
		// What it insists on is overtaken by what the user does.
		if (operation.op !== "setProperty") waiting.push(operation);
		return false;
	});
}

/** Operations that wait are of no use for nodes that get other numbers. */
export const forget = (nodes: Nodes): unknown => kept.delete(nodes);

const properties = ["value", "checked", "selected"] as const;
type Values = { [name: string]: unknown };

/** Remembers what users have entered that the server may not know, before a component is rendered anew. Returns what puts it back. */
export function remember(container: Element, wanted: (field: Field) => boolean = isLocked): () => void {
	const found = [...container.querySelectorAll<Field>("input,select,textarea")]
		.filter((field) => wanted(field) && field.type !== "file")
		.flatMap((field): Element[] => (field instanceof HTMLSelectElement ? [...field.options] : [field]))
		.map((element) => [element as unknown as Values, properties.map((name) => (element as unknown as Values)[name])] as const);
	return () => {
		for (const [element, values] of found) {
			properties.forEach((name, index) => {
				if (values[index] !== undefined && element[name] !== values[index] && !(name === "value" && "selected" in element)) element[name] = values[index];
			});
		}
	};
}

/** Names of a form's fields that the user has not been at. */
export function unused(form: HTMLFormElement): string[] {
	const names = (wanted: boolean): Set<string> => new Set([...form.elements].filter((field) => isField(field) && field.name && field.type !== "file" && used.has(field) === wanted).map((field) => (field as Field).name));
	const touched = names(true);
	return [...names(false)].filter((name) => !touched.has(name));
}

let focused: Element | null = null;

const turn = (field: Field, name: "disabled" | "readOnly"): void => {
	// A button that is disabled loses the focus, with the next frame.
	if (document.activeElement === field) focused = field;
	cover(() => field === focused && document.activeElement === document.body && field.focus());
	coverProperty(field as HTMLInputElement, name, true);
};

const show = ({ element, type, form }: Pending): void => {
	if (!type) return;
	for (const shown of new Set([element, form ?? element])) for (const name of ["ts", `ts-${type}`]) coverClass(shown, `${name}-loading`);
	for (const field of (type === "submit" ? [...(element as HTMLFormElement).elements] : [element]) as Field[]) {
		const label = field.getAttribute("ts-disable-with");
		if (label !== null || (field !== element && /^(submit|image)$/.test(field.type))) turn(field, "disabled");
		else if (field !== element) turn(field, "readOnly");
		if (label === null) continue;
		if (field.localName === "input") coverProperty(field, "value", label);
		else coverText(field, label);
	}
};

layer(() => pending.forEach(show));

/** What puts back what the user had entered, and the forms that tell of it. */
let restore: (() => void) | undefined;
let forms: HTMLFormElement[] = [];

/** The session is another: first remembers what the user had entered, and later, when the page is rendered anew, puts it back and tells it. */
export function recover(isLater?: true): void {
	if (isLater) {
		restore = remember(document.body, (field) => used.has(field));
		forms = [...document.forms].filter((form) => [...form.elements].some((field) => used.has(field)));
		return;
	}
	restore?.();
	restore = undefined;
	for (const form of forms.splice(0)) {
		for (const { name, value } of form.attributes) {
			const binding = parseBinding(name);
			if (form.isConnected && binding && /^(input|change)$/.test(binding.type) && !value.startsWith("[")) {
				const [handler, args] = parseHandler(value);
				void push(form, handler, { ...formPayload(form, binding.type), ...(args.length > 0 && { args }), recover: true });
			}
		}
	}
}

/** Starts to notice what the user is at. */
export function watchFields(): void {
	for (const type of ["input", "change", "focusout"]) document.addEventListener(type, ({ target }) => isField(target) && used.add(target), true);
	document.addEventListener("submit", ({ target }) => [...(target as HTMLFormElement).elements].forEach((field) => used.add(field)), true);
	document.addEventListener("reset", ({ target }) => [...(target as HTMLFormElement).elements].forEach((field) => used.delete(field)), true);
}

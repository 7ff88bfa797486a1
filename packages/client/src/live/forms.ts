/**
 * Forms and their fields while events about them are under way.
 *
 * The client owns what the user has entered. As long as an event about a field is not settled, what the server says of its value waits:
 * it was said before the server knew. While a form's submit is not settled, the form is locked. If the session is another, values
 * that the user had entered are put back, and the form tells the server of them.
 */

import { parseBinding, parseHandler } from "./bindings.ts";
import type { Feature } from "./features.ts";
import type { Nodes } from "./nodes.ts";
import { cover, coverProperty, coverText, layer } from "./overlay.ts";
import { type Field, formPayload, isField } from "./payload.ts";
import type { Operation } from "./protocol.ts";
import { type Pending, pending, push } from "./session.ts";

/** Fields that the user has been at. */
const used = new WeakSet<Node>();

/** Operations that wait until the user's change has arrived, by what numbers their nodes. */
const kept = new WeakMap<Nodes, Operation[]>();

const isLocked = (node: Node): boolean => pending.some(({ target }) => target && (target === node || target === (node as Field).form));

/** The operations that can be done now: not what the server says of values that the user has changed meanwhile. */
function hold(operations: readonly Operation[], nodes: Nodes): Operation[] {
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

const properties = ["value", "checked", "selected"] as const;
type Values = { [name: string]: unknown };

/** Remembers what users have entered that the server may not know, before a component is rendered anew. Returns what puts it back. */
function remember(container: Element, wanted: (field: Field) => boolean = isLocked): () => void {
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
function unused(form: HTMLFormElement): string[] {
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

const lock = ({ element, type }: Pending): void => {
	for (const field of (type === "submit" ? [...(element as HTMLFormElement).elements] : [element]) as Field[]) {
		const label = field.getAttribute("ts-disable-with");
		if (label !== null || (field !== element && /^(submit|image)$/.test(field.type))) turn(field, "disabled");
		else if (field !== element) turn(field, "readOnly");
		if (label === null) continue;
		if (field.localName === "input") coverProperty(field, "value", label);
		else coverText(field, label);
	}
};

layer(() => pending.forEach(lock));

/** What puts back what the user had entered, and the forms that tell of it. */
let restore: (() => void) | undefined;
let forms: HTMLFormElement[] = [];

/** The form tells what the user had entered. */
function recover(form: HTMLFormElement): void {
	for (const { name, value } of form.attributes) {
		const binding = parseBinding(name);
		if (!form.isConnected || !binding || !/^(input|change)$/.test(binding.type) || value.startsWith("[")) continue;
		const [handler, args] = parseHandler(value);
		void push(form, handler, { ...formPayload(form, binding.type), ...(args.length > 0 && { args }), recover: true });
	}
}

export const feature: Feature = {
	hold,
	unused,
	render(container, nodes) {
		// Operations that wait are of no use for nodes that get other numbers.
		kept.delete(nodes);
		return remember(container);
	},
	lost() {
		restore = remember(document.body, (field) => used.has(field));
		forms = [...document.forms].filter((form) => [...form.elements].some((field) => used.has(field)));
	},
	fresh() {
		restore?.();
		restore = undefined;
		forms.splice(0).forEach(recover);
	},
};

/** Notes that the user has been at what an event is about, a field or all of a form, or is not any more. */
const note = ({ target, type }: Event): void => {
	for (const field of target instanceof HTMLFormElement ? target.elements : [target as Element]) {
		if (type === "reset") used.delete(field);
		else used.add(field);
	}
};
for (const type of ["input", "change", "focusout", "submit", "reset"]) document.addEventListener(type, note, true);

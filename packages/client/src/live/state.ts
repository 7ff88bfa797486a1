/**
 * State that lives in the browser, for what needs no server: `ts-state`, `ts-model`, `ts-text`, `ts-class`, `ts-if`, `ts-for`.
 *
 * `ts-state='{"open":false}'` opens a scope for the element and what is in it. A path (`user.name`, `!open`) begins in the innermost
 * scope that has its first name; where none has, in the component's own, which consists of what its `ts-model` fields hold. A model
 * whose path is in a `ts-state` stays in the browser; others tell the server. What the server says of such a field wins.
 */

import { parseModifiers } from "./bindings.ts";
import { OWN } from "./changes.ts";
import { componentsOf } from "./components.ts";
import { each, type Feature } from "./features.ts";
import { coverClass, coverProperty, coverText, layer, repaint } from "./overlay.ts";
import { isField } from "./payload.ts";
import { push } from "./session.ts";

type Scope = Record<string, unknown>;

const scopes = new WeakMap<Element, Scope>();
/** `ts-state` as the server last rendered it. */
const texts = new WeakMap<Element, string>();
/** The scopes of components, by number. */
const models = new Map<number, Scope>();
/** Elements that show state, and the models among them with the attribute. */
const shown = new Set<Element>();
const fields = new Map<Element, string>();
/** What templates have made, by key. */
const made = new WeakMap<Element, Map<unknown, Element>>();

function scopeOf(element: Element, name: string): [scope: Scope, isOwn: boolean] {
	for (let at: Element | null = element; at; at = at.parentElement) {
		const scope = scopes.get(at);
		if (scope && name in scope) return [scope, true];
	}
	const component = componentsOf(element)[0] ?? -1;
	const scope = models.get(component) ?? {};
	models.set(component, scope);
	return [scope, false];
}

/** What a path stands for; `!` before it negates. */
function read(element: Element, path: string): unknown {
	const [, not, names] = /^\s*(!?)\s*(.*?)\s*$/s.exec(path)!;
	const [first, ...rest] = names!.split(".");
	let value = scopeOf(element, first!)[0][first!];
	for (const name of rest) value = (value as Scope | undefined)?.[name];
	return not ? !value : value;
}

/** Gives a path another value, and shows it. Returns whether the server has to know. */
export function write(element: Element, path: string, value: unknown): boolean {
	const isServers = assign(element, path, value);
	repaint();
	return isServers;
}

function assign(element: Element, path: string, value: unknown): boolean {
	const names = path.trim().split(".");
	const last = names.pop()!;
	const [scope, isOwn] = scopeOf(element, names[0] ?? last);
	let at: Scope = scope;
	for (const name of names) at = (at[name] ??= {}) as Scope;
	at[last] = value === undefined ? !at[last] : value;
	return !isOwn;
}

/** Boxes with a value are those of a list. */
const isBoxOfList = (element: Element): boolean => (element as HTMLInputElement).type === "checkbox" && element.hasAttribute("value");

/** The value of a field with `ts-model`: whether it is checked, the list of what is selected, a number, or a text. */
function modelOf(element: Element, attribute: string): unknown {
	const mods = new Set(attribute.split("."));
	const { type, value, checked } = element as HTMLInputElement;
	if (type === "checkbox") return checked;
	if (type === "select-multiple") return [...(element as unknown as HTMLSelectElement).selectedOptions].map((option) => option.value);
	const text = mods.has("trim") ? value.trim() : value;
	return mods.has("number") || /^(number|range)$/.test(type) ? (text === "" ? null : +text) : text;
}

/** The same for a box that is one of several, which hold a list. */
function heldBy(field: Element, attribute: string, before: unknown): unknown {
	const { type, value, checked } = field as HTMLInputElement;
	if (type !== "checkbox" || !Array.isArray(before)) return modelOf(field, attribute);
	if (before.includes(value) === checked) return before;
	return checked ? [...before, value] : before.filter((other) => other !== value);
}

/** The user has changed a field: the page shows it at once, the server hears of it when it should. */
function enter({ type: happened, target }: Event): void {
	const field = target as HTMLInputElement;
	const attribute = fields.get(field);
	if (attribute === undefined) return;
	const path = field.getAttribute(attribute)!;
	const isServers = write(field, path, heldBy(field, attribute, read(field, path)));
	const binding = parseModifiers(attribute.split("."));
	if (!isServers || happened !== (binding.mods.has("lazy") ? "change" : "input")) return;
	const tellServer = (): unknown => push(field, "ts-model", { data: { path, value: read(field, path), ...(isBoxOfList(field) && { item: field.value }) } }, { type: happened, target: field });
	if (!each("pace", field, attribute, binding, tellServer)) tellServer();
}
for (const type of ["input", "change"]) document.addEventListener(type, enter);

/** Reads a field into the state, or writes the state into the field. */
function settleModel(field: Element, attribute: string): void {
	if (!isField(field)) return;
	const path = field.getAttribute(attribute)!;
	const value = read(field, path);
	const input = field as HTMLInputElement;
	if (value === undefined) {
		if (field.type !== "radio" || input.checked) assign(field, path, isBoxOfList(field) ? [] : modelOf(field, attribute));
		// Each adds itself to the list.
		if (isBoxOfList(field)) takeAll();
	} else if (field.type === "radio") input.checked = input.value === value;
	else if (field.type === "checkbox") input.checked = Array.isArray(value) ? value.includes(input.value) : !!value;
	else if (field instanceof HTMLSelectElement && field.multiple) for (const option of field.options) option.selected = (value as string[]).includes(option.value);
	else if (field !== document.activeElement && field.value !== String(value ?? "")) field.value = String(value ?? "");
}

/** What a template has made of a list: an element for each item, by key. */
function showList(template: Element): void {
	const [, name, path] = /^\s*(\S+)\s+of\s+(.*)$/s.exec(template.getAttribute("ts-for")!) ?? [];
	const model = (template as HTMLTemplateElement).content?.firstElementChild;
	if (!name || !model) return;
	const key = template.getAttribute("ts-key");
	const before = made.get(template) ?? new Map<unknown, Element>();
	const after = new Map<unknown, Element>();
	let last = template;
	const list = read(template, path!);
	(Array.isArray(list) ? list : []).forEach((item: unknown, index) => {
		const id = key ? (item as Scope)[key.replace(`${name}.`, "")] : index;
		const element = before.get(id) ?? (document.importNode(model, true) as Element);
		(element as unknown as Scope)[OWN] = true;
		scopes.set(element, { [name]: item, index });
		after.set(id, element);
		const isThere = element.isConnected;
		if (last.nextSibling !== element) last.after(element);
		last = element;
		if (!isThere) for (const inner of [element, ...element.querySelectorAll("*")]) watch(inner);
	});
	for (const [id, element] of before) {
		if (after.get(id) === element) continue;
		drop(element);
	}
	made.set(template, after);
}

function drop(row: Element): void {
	for (const inner of [row, ...row.querySelectorAll("*")]) forget(inner);
	row.remove();
}

function show(element: Element): void {
	const text = element.getAttribute("ts-text");
	if (text !== null) coverText(element, String(read(element, text) ?? ""));
	for (const part of element.getAttribute("ts-class")?.split(",") ?? []) {
		const [name, path] = part.split(":");
		if (!name || path === undefined) continue;
		coverClass(element, name.trim(), !!read(element, path));
	}
	const condition = element.getAttribute("ts-if");
	if (condition !== null) coverProperty(element as HTMLElement, "hidden", !read(element, condition));
}

layer(() => {
	for (const [field, attribute] of fields) settleModel(field, attribute);
	for (const element of shown) if (element.hasAttribute("ts-for")) showList(element);
	for (const element of shown) show(element);
});

/** Looks at an element that came, or has changed. */
function watch(element: Element): void {
	const text = element.getAttribute("ts-state");
	if (text !== null && texts.get(element) !== text) {
		texts.set(element, text);
		scopes.set(element, { ...scopes.get(element), ...(JSON.parse(text) as Scope) });
	}
	for (const { name } of element.attributes) {
		if (/^ts-(text|class|if|for)$/.test(name)) shown.add(element);
		if (/^ts-model(\.|$)/.test(name)) fields.set(element, name);
	}
}

/** A patch is done: what fields hold now is the server's word, or what the user has entered, if that is under way. */
function takeAll(): void {
	for (const [field, attribute] of fields) {
		const { type, checked } = field as HTMLInputElement;
		const path = field.getAttribute(attribute)!;
		const before = read(field, path);
		if (scopeOf(field, path.trim().split(".")[0]!)[1] || before === undefined || (type === "radio" && !checked)) continue;
		assign(field, path, heldBy(field, attribute, before));
	}
}

function forget(element: Element): void {
	shown.delete(element);
	fields.delete(element);
	made.get(element)?.forEach(drop);
	made.delete(element);
}

export const feature: Feature = {
	came(elements) {
		elements.forEach(watch);
		repaint();
	},
	changed: (elements) => elements.forEach(watch),
	patched: takeAll,
	went: (elements) => elements.forEach(forget),
};

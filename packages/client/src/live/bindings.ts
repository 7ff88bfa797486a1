/**
 * Attributes that handle events: `@EVENT.modifiers` or `ts-on:EVENT.modifiers`.
 *
 * The document listens, for all elements and whatever events their attributes name; those that do not bubble are caught on their way
 * down. Of one event the innermost element comes first, then those around it, until one has `stop`.
 */

import { add, each } from "./features.ts";
import { isForm, isHeld, modifiers, payloadOf } from "./payload.ts";
import { pending, push } from "./session.ts";

export interface Binding {
	readonly type: string;
	readonly mods: ReadonlySet<string>;
	/** What else there is: keys. */
	readonly keys: readonly string[];
}

const known = /^(prevent|stop|once|self|outside|window|document|capture|passive|debounce|throttle|alt|ctrl|meta|shift)(-|$)/;
const aliases: Record<string, string> = { esc: "escape", space: " ", up: "arrowup", down: "arrowdown", left: "arrowleft", right: "arrowright", del: "delete", dot: "." };

/** What the name of an attribute says; `null` if it handles no event. */
export function parseBinding(attribute: string): Binding | null {
	const [, name] = /^(?:@|ts-on:)(.+)/s.exec(attribute) ?? [];
	return name ? parseModifiers(name.split(".")) : null;
}

/** What comes before the first dot is the type. */
export function parseModifiers([type, ...words]: string[]): Binding {
	return { type: type!, mods: new Set(words), keys: words.filter((word) => !known.test(word)).map((word) => aliases[word] ?? word) };
}

/** Whether an event's keys are those that a binding asks for: one of the keys, with all of the modifiers. */
export function fits({ mods, keys }: Binding, event: Event): boolean {
	const { key, isComposing } = event as KeyboardEvent;
	if (keys.length > 0 && (isComposing || !keys.includes(key?.toLowerCase()))) return false;
	return modifiers.every((name) => !mods.has(name) || isHeld(event, name));
}

/** A handler in the markup: a name, perhaps with a JSON list of arguments. */
export function parseHandler(value: string): [name: string, args: unknown[]] {
	const [, name, args] = /^\s*([^\s(]+)\s*(?:\((.*)\)\s*)?$/s.exec(value) ?? [];
	if (!name) throw new SyntaxError(`"${value}" is no handler`);
	return [name, args ? (JSON.parse(args) as unknown[]) : []];
}

const bindings = new Map<string, Binding | null>();
/** Attributes by what has to be listened to for them. */
const groups = new Map<string, string[]>();
const done = new WeakMap<Element, Set<string>>();

let commands: typeof import("./commands.ts") | undefined;

/** Does client commands. Their code is loaded when the page has some; once it is there, they are done at once. */
export async function command(element: Element, value: string, event?: Event): Promise<void> {
	if (!commands) {
		commands = await import("./commands.ts");
		add(commands.feature, []);
	}
	commands.run(element, JSON.parse(value) as never, event);
}

/** Sends an event to the component of an element, as the value of an attribute says, or does the commands in it. */
function handle(element: Element, value: string, event: Event): void {
	if (value.startsWith("[")) return void command(element, value, event);
	const [name, args] = parseHandler(value);
	void push(element, name, payloadOf(element, event, args), event);
}

/** Does what one attribute says of an event. Returns whether elements around must not know of it. */
function react(element: Element, attribute: string, event: Event): boolean {
	const binding = bindings.get(attribute)!;
	const { mods, type } = binding;
	const value = element.getAttribute(attribute);
	if (value === null || (mods.has("self") && event.target !== element) || !fits(binding, event)) return false;
	if (mods.has("outside") && (event.composedPath().includes(element) || !element.checkVisibility())) return false;
	if (mods.has("once")) {
		const before = done.get(element) ?? new Set();
		if (before.has(attribute)) return false;
		done.set(element, before.add(attribute));
	}
	const isSubmit = type === "submit" && isForm(element) && element.method !== "dialog";
	if (mods.has("prevent") || isSubmit) event.preventDefault();
	if (!isSubmit || !pending.some((other) => other.element === element && other.type === type)) {
		const act = (): void => handle(element, value, event);
		if (!each("pace", element, attribute, binding, act)) act();
	}
	return mods.has("stop");
}

/** Starts to listen to what an attribute asks for. Returns whether it handles events. */
export function learn(attribute: string): boolean {
	const before = bindings.get(attribute);
	if (before !== undefined) return !!before;
	const binding = parseBinding(attribute);
	bindings.set(attribute, binding);
	if (!binding) return false;
	const { type, mods } = binding;
	const [isWindow, isCapture, passive] = [mods.has("window"), mods.has("capture"), mods.has("passive")];
	const isWide = isWindow || mods.has("document") || mods.has("outside");
	const group = [type, isWindow, isWide, isCapture, passive].join();
	const names = groups.get(group) ?? [];
	groups.set(group, names);
	if (names.push(attribute) > 1) return true;

	const listener = (event: Event): void => {
		const { bubbles } = event;
		// On the way down come those that do not come up.
		if (!isWide && !isCapture && bubbles === (event.eventPhase === 1)) return;
		const path: Iterable<EventTarget | null> = isWide ? document.querySelectorAll(names.map((name) => `[${CSS.escape(name)}]`).join()) : bubbles || isCapture ? event.composedPath() : [event.target];
		for (const element of isCapture && !isWide ? [...path].reverse() : path) {
			// All that it has to do, also after one that stops.
			if (!(element instanceof Element) || !names.map((name) => react(element, name, event)).includes(true)) continue;
			event.stopPropagation();
			if (!isWide) return;
		}
	};
	for (const capture of isCapture ? [true] : isWide ? [false] : [false, true]) (isWindow ? window : document).addEventListener(type, listener, { capture, passive });
	return true;
}

/**
 * Attributes that handle events: `@EVENT.modifiers` or `ts-on:EVENT.modifiers`.
 *
 * The document listens, for all elements and whatever events their attributes name; those that do not bubble are caught on their way
 * down. Of one event the innermost element comes first, then those around it, until one has `stop`.
 */

import { add, each } from "./features.ts";
import { isForm, payloadOf } from "./payload.ts";
import { pending, push } from "./session.ts";

export interface Binding {
	readonly type: string;
	readonly mods: ReadonlySet<string>;
	/** Numbers of `debounce-N` and `throttle-N`, in milliseconds. */
	readonly debounce: number;
	readonly throttle: number;
	/** What else there is: keys. */
	readonly keys: readonly string[];
}

const known = new Set(["prevent", "stop", "once", "self", "outside", "window", "document", "capture", "passive", "debounce", "throttle", "ctrl", "shift", "alt", "meta"]);
const aliases: Record<string, string> = { esc: "escape", space: " ", up: "arrowup", down: "arrowdown", left: "arrowleft", right: "arrowright", del: "delete", dot: "." };

/** What the name of an attribute says; `null` if it handles no event. */
export function parseBinding(attribute: string): Binding | null {
	const [, name] = /^(?:@|ts-on:)(.+)/s.exec(attribute) ?? [];
	return name ? parseModifiers(name.split(".")) : null;
}

/** What comes before the first dot is the type. */
export function parseModifiers([type, ...words]: string[]): Binding {
	const time = (kind: string): number => {
		const word = words.find((word) => word.startsWith(kind));
		return word ? +(word.split("-")[1] ?? 300) : 0;
	};
	const keys = words.filter((word) => !known.has(word.split("-")[0]!)).map((word) => aliases[word] ?? word);
	return { type: type!, mods: new Set(words), debounce: time("debounce"), throttle: time("throttle"), keys };
}

/** Whether an event's keys are those that a binding asks for: one of the keys, with all of the modifiers. */
export function fits({ mods, keys }: Binding, event: Event): boolean {
	const { key, isComposing } = event as KeyboardEvent;
	const held = event as unknown as Record<string, boolean>;
	if (keys.length > 0 && (isComposing || !keys.includes(key?.toLowerCase()))) return false;
	return ["ctrl", "shift", "alt", "meta"].every((name) => !mods.has(name) || held[`${name}Key`]);
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

	const wide = (event: Event): void => {
		for (const name of names) for (const element of document.querySelectorAll(`[${CSS.escape(name)}]`)) if (react(element, name, event)) event.stopPropagation();
	};
	const narrow = (event: Event): void => {
		const isGoingDown = event.eventPhase === 1;
		if (!isCapture && isGoingDown === event.bubbles) return;
		const path = event.bubbles || isCapture ? event.composedPath() : [event.target];
		for (const element of isCapture ? path.reverse() : path) {
			if (!(element instanceof Element)) continue;
			// All that it has to do, also after one that stops.
			if (names.map((name) => react(element, name, event)).includes(true)) return event.stopPropagation();
		}
	};
	const target = isWindow ? window : document;
	if (!isCapture) target.addEventListener(type, isWide ? wide : narrow, { passive });
	if (!isWide || isCapture) target.addEventListener(type, isWide ? wide : narrow, { capture: true, passive });
	return true;
}

/** `debounce-N` and `throttle-N`: events that wait. */

import type { Binding } from "./bindings.ts";
import type { Feature } from "./features.ts";

/** An event that waits: for the user to stop, or until the time between two is over. */
interface Wait {
	readonly element: Element;
	readonly attribute: string;
	readonly timer: ReturnType<typeof setTimeout>;
	/** What is done then. */
	act: (() => void) | undefined;
}
let waits: Wait[] = [];

function finish(wait: Wait): void {
	clearTimeout(wait.timer);
	waits = waits.filter((other) => other !== wait);
	if (wait.element.isConnected) wait.act?.();
}

/** Lets nothing wait that a field or form is about: the user has gone on. */
const finishAll = ({ target }: Event): void => {
	for (const wait of [...waits]) if (target instanceof Node && (wait.element.contains(target) || target.contains(wait.element))) finish(wait);
};

/** The number of `debounce-N` or `throttle-N`, in milliseconds; 0 without. */
export function timeOf({ mods }: Binding, kind: "debounce" | "throttle"): number {
	const word = [...mods].find((word) => word.startsWith(kind));
	return word ? +(word.split("-")[1] ?? 300) : 0;
}

/** Does something at the pace that modifiers ask for. Returns whether they ask for one. */
export function pace(element: Element, attribute: string, binding: Binding, act: () => void): boolean {
	const { type } = binding;
	const [debounce, throttle] = [timeOf(binding, "debounce"), timeOf(binding, "throttle")];
	const wait = waits.find((other) => other.element === element && other.attribute === attribute);
	const time = debounce || throttle;
	if (!time) return false;
	if (wait && throttle) {
		// The last position counts, the last click does not.
		if (!/^(click|submit|key)/.test(type)) wait.act = () => void pace(element, attribute, binding, act);
		return true;
	}
	if (wait) finish(Object.assign(wait, { act: undefined }));
	const next: Wait = { element, attribute, act: debounce ? act : undefined, timer: setTimeout(() => finish(next), time) };
	waits.push(next);
	if (throttle) act();
	return true;
}

export const feature: Feature = { pace };

for (const type of ["focusout", "submit"]) document.addEventListener(type, finishAll, true);

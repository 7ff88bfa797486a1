/** What only some pages use: parts that are loaded when an element or attribute asks for them. */

import type { Binding } from "./bindings.ts";
import type { ConnectionState } from "./connection.ts";
import type { Hooks } from "./hooks.ts";
import type { Nodes } from "./nodes.ts";
import type { Operation } from "./protocol.ts";

/** What the app has told `live`. */
export const app = { hooks: {} as Hooks };

/** A part of the client, as a module exports it under the name `feature`. It is told of elements that were there before it, too. */
export interface Feature {
	came?(elements: Element[]): void;
	/** Attributes, texts or children of these have changed. */
	changed?(elements: Element[]): void;
	went?(elements: Element[]): void;
	/** A patch is about to change these nodes. */
	before?(nodes: (Node | null | undefined)[]): void;
	/** A patch is done, and nothing is shown on top of it yet. */
	patched?(): void;
	/** Nodes are about to be changed, and then have been; more than once in a patch that has to wait. */
	changing?(): void;
	settle?(): void;
	/** The server has changed an attribute, or, as `value`, the text of a text area. */
	touched?(element: Element, name: string): void;
	/** A property of an element is about to be set. Returns what is done after it. */
	insist?(element: Element): () => void;
	/** The options of a select are about to be changed. Returns what is done after it. */
	choose?(select: HTMLSelectElement): () => void;
	/** Siblings are about to move without `moveBefore`. Returns what moves in their place, where, and what is done after it. */
	moving?(nodes: Node[], parent: Node, before: Node | null): [nodes: Node[], before: Node | null, done: () => void];
	pushed?(component: number, name: string, value: unknown): void;
	/** Returns the operations of a patch that can be done now; the others it gives back later. */
	hold?(operations: readonly Operation[], nodes: Nodes): Operation[];
	/** A component is about to be rendered anew. Returns what is done after it. */
	render?(container: Element, nodes: Nodes): () => void;
	/** An event is about to be handled. Returns whether it will be, when it is time. */
	pace?(element: Element, attribute: string, binding: Binding, act: () => void): boolean;
	/** The session is another. */
	lost?(): void;
	/** All components show what the server has. */
	fresh?(): void;
	/** Names of the fields of a form that the user has not been at. */
	unused?(form: HTMLFormElement): string[];
	became?(state: ConnectionState): void;
}

const parts: [name: RegExp, load: () => Promise<{ feature: Feature }>][] = [
	[/^ts-(state|text|class|if|for|model)\b/, () => import("./state.ts")],
	[/^ts-(upload|drop|preview)$/, () => import("./uploads.ts")],
	[/^ts-(patch|navigate)$/, () => import("./navigation.ts")],
	[/^(form|input|select|textarea|ts-disable-with)$/, () => import("./forms.ts")],
	[/^(input|select|textarea|audio|video)$/, () => import("./fields.ts")],
	[/\.(debounce|throttle)/, () => import("./pace.ts")],
	[/^ts-hook$/, () => import("./hooks.ts")],
	[/viewport-/, () => import("./viewport.ts")],
];
const features = new Set<Feature>();
/** Done when all that was asked for is here, or cannot be had. What changes the page waits for it. */
export let loading: Promise<unknown> = Promise.resolve();

/** Adds a part. */
export function add(feature: Feature, there: Element[]): void {
	if (features.has(feature)) return;
	features.add(feature);
	feature.came?.(there);
}

/** Adds a part when it is loaded. */
export function use(part: Promise<{ feature: Feature }>, there: () => Element[]): void {
	loading = Promise.all([loading, part.then(({ feature }) => add(feature, there())).catch(reportError)]);
}

/** Loads what elements or attributes with a name need. */
export function need(name: string, there: () => Element[]): void {
	for (const [pattern, load] of parts) if (pattern.test(name)) use(load(), there);
}

/** Tells all parts that are here, and returns what one answers. What one throws, such as a hook of the app, is no reason for others to fail. */
export function each<K extends keyof Feature>(method: K, ...details: Parameters<NonNullable<Feature[K]>>): ReturnType<NonNullable<Feature[K]>> | undefined {
	let answer: unknown;
	for (const feature of features) {
		try {
			answer = (feature[method] as ((...details: unknown[]) => unknown) | undefined)?.(...details) ?? answer;
		} catch (error) {
			reportError(error);
		}
	}
	return answer as ReturnType<NonNullable<Feature[K]>> | undefined;
}

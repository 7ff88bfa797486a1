/** What only some pages use: parts that are loaded when an attribute asks for them. */

import type { ConnectionState } from "./connection.ts";
import type { Hooks } from "./hooks.ts";

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
	/** A patch is done. */
	patched?(): void;
	pushed?(component: number, name: string, value: unknown): void;
	became?(state: ConnectionState): void;
}

const parts: [attribute: RegExp, load: () => Promise<{ feature: Feature }>][] = [
	[/^ts-(state|text|class|if|for|model)\b/, () => import("./state.ts")],
	[/^ts-(upload|drop|preview)$/, () => import("./uploads.ts")],
	[/^ts-(patch|navigate)$/, () => import("./navigation.ts")],
	[/^ts-hook$/, () => import("./hooks.ts")],
	[/viewport-/, () => import("./viewport.ts")],
];
const features = new Set<Feature>();

/** Adds a part. */
export function add(feature: Feature, there: Element[]): void {
	if (features.has(feature)) return;
	features.add(feature);
	feature.came?.(there);
}

/** Loads what an attribute needs. */
export function need(attribute: string, there: () => Element[]): void {
	for (const [pattern, load] of parts) if (pattern.test(attribute)) void load().then(({ feature }) => add(feature, there()));
}

/** Tells all parts that are here. What one throws, such as a hook of the app, is no reason for the others to fail. */
export function each<K extends keyof Feature>(method: K, ...details: Parameters<NonNullable<Feature[K]>>): void {
	for (const feature of features) {
		try {
			(feature[method] as ((...details: unknown[]) => void) | undefined)?.(...details);
		} catch (error) {
			reportError(error);
		}
	}
}

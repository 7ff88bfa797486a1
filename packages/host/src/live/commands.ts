/** What a session asks of its host, and what the host tells: the JSON of docs/design/live.md. */

import type { ToldError } from "./errors.ts";
import type { EventPayload } from "./event.ts";

/** A component's number in its session. The session gives those below `NESTED`, the host those of components within others. */
export type ComponentNumber = number;
export const NESTED = 1_000;

/** Who is present in a topic: `id` is different for each, also for two of one key. */
export interface Presence {
	readonly key: string;
	readonly id: string;
	readonly about: unknown;
}

export type Command =
	| { readonly type: "mount"; readonly component: ComponentNumber; readonly module: string; readonly params?: Record<string, string>; readonly url: string; readonly session?: Record<string, unknown>; readonly state?: string }
	| { readonly type: "params"; readonly component: ComponentNumber; readonly params?: Record<string, string>; readonly url: string }
	| { readonly type: "event"; readonly component: ComponentNumber; readonly event: number; readonly handler: string; readonly payload?: EventPayload }
	| { readonly type: "info"; readonly topic: string; readonly message: unknown }
	| { readonly type: "presence"; readonly topic: string; readonly joins: readonly Presence[]; readonly leaves: readonly Presence[] }
	| UploadCommand
	| { readonly type: "refill"; readonly component: ComponentNumber }
	| { readonly type: "save" | "connected" | "disconnected" | "close" }
	| { readonly type: "unmount"; readonly component: ComponentNumber };

/** What happens to a file: `start` when it was chosen, then `progress`, and at last `path`, `error` or `cancelled`. */
export interface UploadCommand {
	readonly type: "upload";
	readonly component: ComponentNumber;
	readonly upload: string;
	readonly entry: number;
	readonly start?: { readonly name: string; readonly size: number; readonly type: string };
	/** Bytes that have arrived. */
	readonly progress?: number;
	/** The temporary file with all of it. */
	readonly path?: string;
	readonly error?: string;
	readonly cancelled?: true;
}

/** What a component asks for, by kind. */
export interface Effects {
	readonly title: { readonly text: string };
	readonly push: { readonly name: string; readonly value: unknown };
	readonly reply: { readonly event: number; readonly value: unknown };
	readonly navigate: { readonly kind: "patch" | "navigate" | "redirect"; readonly url: string; readonly replace: boolean };
	readonly subscribe: { readonly topic: string };
	readonly unsubscribe: { readonly topic: string };
	readonly broadcast: { readonly topic: string; readonly message: unknown; readonly own: boolean };
	readonly track: { readonly topic: string; readonly key: string; readonly about: unknown };
	readonly untrack: { readonly topic: string; readonly key: string };
	readonly upload: { readonly upload: string; readonly accept: readonly string[]; readonly maxEntries: number; readonly maxSize: number; readonly auto: boolean };
	readonly uploadCancel: { readonly upload: string; readonly entry: number };
	readonly uploadConsumed: { readonly upload: string; readonly entry: number };
}

/** An object whose one key is the kind. */
export type Effect = { [Kind in keyof Effects]: { readonly [kind in Kind]: { readonly component: ComponentNumber } & Effects[Kind] } }[keyof Effects];

/** What failed. */
export interface ErrorNews extends ToldError {
	readonly component: ComponentNumber;
	readonly event?: number;
	/** The component is not there: it could not be mounted. */
	readonly fatal?: true;
}

/** What came of a turn. Fields that would be empty are left out. */
export interface News {
	readonly templates?: readonly (readonly [number: number, statics: readonly string[]])[];
	readonly renders?: readonly (readonly [component: ComponentNumber, render: unknown])[];
	readonly settled?: readonly number[];
	readonly effects?: readonly Effect[];
	readonly errors?: readonly ErrorNews[];
	readonly states?: readonly (readonly [component: ComponentNumber, state: string | { readonly unserialisable: string }])[];
}

/** What a session asks of its host, and what the host tells: the JSON of docs/design/live.md. */

import type { ToldError } from "./errors.ts";
import type { EventPayload } from "./event.ts";

/** A component's number in its session. The session gives those below `NESTED`, the host those of components within others. */
export type ComponentNumber = number;
export const NESTED = 1_000;

/** Who is present in a topic: `ref` is different for each, also for two of one key. */
export interface Presence {
	readonly key: string;
	readonly ref: string;
	readonly meta: unknown;
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

/** What a component asks for. */
export type Effect =
	| { readonly type: "title"; readonly text: string }
	| { readonly type: "push"; readonly name: string; readonly payload: unknown }
	| { readonly type: "reply"; readonly event: number; readonly value: unknown }
	| { readonly type: "navigate"; readonly kind: "patch" | "navigate" | "redirect"; readonly url: string; readonly replace: boolean }
	| { readonly type: "subscribe" | "unsubscribe"; readonly topic: string }
	| { readonly type: "broadcast"; readonly topic: string; readonly message: unknown; readonly self: boolean }
	| { readonly type: "track"; readonly topic: string; readonly key: string; readonly meta: unknown }
	| { readonly type: "untrack"; readonly topic: string; readonly key: string }
	| { readonly type: "upload"; readonly upload: string; readonly accept: readonly string[]; readonly maxEntries: number; readonly maxSize: number; readonly auto: boolean }
	| { readonly type: "uploadCancel" | "uploadConsumed"; readonly upload: string; readonly entry: number };

/** An error of a component; without one it is the session's. */
export interface ErrorNews {
	readonly component?: ComponentNumber;
	readonly event?: number;
	readonly error: ToldError;
}

/** What came of a turn. Fields that would be empty are left out. */
export interface News {
	readonly templates?: readonly (readonly [number: number, statics: readonly string[]])[];
	readonly renders?: readonly (readonly [component: ComponentNumber, render: unknown])[];
	readonly settled?: readonly number[];
	readonly effects?: readonly ({ readonly component: ComponentNumber } & Effect)[];
	readonly errors?: readonly ErrorNews[];
	readonly states?: readonly (readonly [component: ComponentNumber, state: string | { readonly unserialisable: string }])[];
}

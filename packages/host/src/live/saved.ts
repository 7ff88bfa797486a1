/** State that survives: what of a component is written, as text that `devalue` reads, and how a component goes on from it. */

import { DevalueError } from "devalue";
import { decoder } from "../../../client/src/serial.ts";
import type { Transport } from "../../../client/src/types.ts";
import { type Maybe, then } from "../maybe.ts";
import type { Core } from "./core.ts";
import { overrides } from "./definition.ts";
import { LiveError } from "./errors.ts";
import { refills } from "./streams.ts";
import { type Timer, start } from "./timers.ts";
import { subscribe, track } from "./topics.ts";
import { allow, type UploadLimits } from "./uploads.ts";
import type { MountInfo } from "./view.ts";

/** The form of what is saved; another one is not read. */
const VERSION = 1;

/** What is saved of a component. What most components do not have is left out. */
export interface Saved {
	readonly state: object | undefined;
	/** Its number, of components within others. */
	readonly number?: number;
	readonly children?: readonly (readonly [key: string, saved: Saved])[];
	/** Streams, whose items have to be told again. */
	readonly streams?: readonly string[];
	readonly topics?: readonly string[];
	readonly tracked?: readonly (readonly [topic: string, key: string, meta: unknown])[];
	/** Timers with the milliseconds that are left of those that are due once. */
	readonly timers?: readonly (readonly [kind: Timer["kind"], delay: number, name: string, left: number])[];
	readonly flash?: Readonly<Record<string, string>>;
	readonly title?: string;
	readonly uploads?: readonly (readonly [name: string, limits: UploadLimits])[];
}

/** The state of a component of the page as text, or what of it cannot be saved. */
export function save(core: Core): string | { readonly unserialisable: string } {
	try {
		return core.session.host.encode([VERSION, saved(core)]);
	} catch (error) {
		if (error instanceof DevalueError) return { unserialisable: pathOf(core, error.path) };
		if (error instanceof LiveError) return { unserialisable: error.message };
		throw error;
	}
}

/** `[1].children[0][1].state.user` is `state.user` of the first component within. */
function pathOf(core: Core, path: string): string {
	let at = core;
	let rest = path.replace(/^\[1\]/, "");
	for (let found; (found = /^\.children\[(\d+)\]\[1\]/.exec(rest)); rest = rest.slice(found[0].length)) at = [...at.rare!.children!.values()][Number(found[1])]!;
	return `${at === core ? "" : `${at.definition.name}: `}${rest.replace(/^\./, "")}`;
}

function saved(core: Core): Saved {
	const { rare, definition } = core;
	const number = core.child ? { number: core.number } : {};
	if (!rare) return { state: core.state, ...number };
	const again = overrides(definition.type, "restore");
	if (rare.loading && rare.loading.size > 0 && !again) throw new LiveError("misuse", `state.${[...rare.loading.keys()][0]!} (still loading, and ${definition.name} has no restore)`);
	const streams = [...(rare.streams?.keys() ?? [])];
	if (streams.length > 0 && !refills(core)) throw new LiveError("misuse", `the stream ${streams[0]!} (${definition.name} has no refill)`);
	const timers = [...(rare.timers ?? [])].filter(({ name }) => name !== "");
	const now = Date.now();
	return {
		state: core.state,
		...number,
		...some("children", [...(rare.children ?? [])].map(([key, child]) => [key, saved(child)] as const)),
		...some("streams", streams),
		...some("topics", [...(rare.topics ?? [])]),
		...some("tracked", [...(rare.tracked ?? [])].flatMap(([topic, keys]) => [...keys].map(([key, meta]) => [topic, key, meta] as const))),
		...some("timers", timers.map(({ kind, delay, name, due }) => [kind, delay, name, Math.max(0, due - now)] as const)),
		...some("uploads", Object.entries(rare.uploads ?? {}).map(([name, { limits }]) => [name, limits] as const)),
		...(rare.flash ? { flash: rare.flash } : {}),
		...(rare.title === undefined ? {} : { title: rare.title }),
	};
}

function some<K extends string, T>(key: K, list: readonly T[]): { [key in K]?: readonly T[] } {
	return list.length > 0 ? ({ [key]: list } as { [key in K]?: readonly T[] }) : {};
}

/** Reads what was saved of a component of the page. */
export function readSaved(text: string, transport: Transport): Saved {
	let read: unknown;
	try {
		read = decoder(transport, () => Promise.reject(new Error("a promise was saved"))).text(text);
	} catch (error) {
		throw new LiveError("restore_failed", `the state that was saved cannot be read: ${error instanceof Error ? error.message : String(error)}`);
	}
	if (!Array.isArray(read) || read[0] !== VERSION) throw new LiveError("restore_failed", "the state was saved by another version");
	return read[1] as Saved;
}

/** Puts a component where it was. Its own `restore` comes last, and does what cannot be saved. */
export function restore(core: Core, saved: Saved, params: Record<string, string>, info: MountInfo): Maybe<void> {
	const { view } = core;
	if (saved.state) view.state = saved.state;
	if (saved.children) core.more.saved = new Map(saved.children);
	if (saved.flash) core.more.flash = { ...saved.flash };
	if (saved.title !== undefined) view.title = saved.title;
	for (const topic of saved.topics ?? []) subscribe(core, topic);
	for (const [topic, key, meta] of saved.tracked ?? []) track(core, topic, key, meta);
	for (const [name, limits] of saved.uploads ?? []) allow(core, name, limits);
	for (const [kind, delay, name, left] of saved.timers ?? []) start(core, kind, kind === "after" ? left : delay, name);
	return then(view.restore(params, info) as Maybe<void>, () => refillAll(core, saved.streams ?? []));
}

function refillAll(core: Core, names: readonly string[]): Maybe<void> {
	const [name, ...rest] = names;
	if (name === undefined) return;
	return then(core.view.refill(name) as Maybe<void>, () => refillAll(core, rest));
}

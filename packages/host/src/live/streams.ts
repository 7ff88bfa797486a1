/**
 * Streams: large lists of which the server keeps no items. A component tells changes; its next render carries them, and they are
 * forgotten. The session keeps the keys and which nodes are whose, the browser has the items.
 *
 * In a render a stream is `[-4, name, change, …]`, with the changes since the last render that was told, in this order:
 *
 * | change | |
 * |---|---|
 * | `[0]` | all items go |
 * | `[1, key, at, item]` | the item with this key is shown so. If there is one it stays where it is. Otherwise it comes before the item that is number `at` now (from 0), or to the end where that is -1 or more than there are |
 * | `[2, key]` | the item with this key goes, if there is one |
 * | `[3, count]` | only the first `count` items stay; of a negative number the last ones |
 *
 * `key` is a string. `item` is a value like those in other slots, an instance of a template always. A stream that was not in the
 * component's last render is empty before its first change.
 */

import type { Core } from "./core.ts";
import { overrides } from "./definition.ts";
import { LiveError } from "./errors.ts";
import type { Html } from "./html.ts";
import { within } from "./limits.ts";
import { behind } from "./state.ts";

export interface StreamOptions<T> {
	/** What tells items apart; `item.id` without it. */
	readonly key?: (item: T) => string | number;
	/** Where new items come: before the item with this number, from 0; -1 is the end, which is where they come without it. */
	readonly at?: number;
	/** How many items stay: the first so many, of a negative number the last. */
	readonly limit?: number;
	/** Whether what was there goes. */
	readonly reset?: boolean;
}

export type StreamChange<T> = readonly [0] | readonly [1, key: string, at: number, item: T] | readonly [2, key: string] | readonly [3, count: number];

/** One stream of a component: what has changed since it was rendered. */
export class StreamOf {
	readonly name: string;
	key: (item: never) => string | number = keyOf;
	changes: StreamChange<unknown>[] = [];
	/** How many changes the render that is not told yet has written, -1 where it has not shown the stream. */
	written = -1;
	/** What it has written. */
	json: unknown[] | null = null;
	/** Whether the last render that was told has shown it. */
	shown = false;
	/** Whether it was shown once and then not: the session has forgotten what was in it. */
	lost = false;

	constructor(name: string) {
		this.name = name;
	}
}

/** A stream where it stands in a template. */
export class StreamSlot {
	readonly stream: StreamOf;
	readonly render: (item: never, key: string) => Html;
	constructor(stream: StreamOf, render: (item: never, key: string) => Html) {
		this.stream = stream;
		this.render = render;
	}
}

function keyOf(item: unknown): string | number {
	return (item as { id: string | number }).id;
}

/** The stream of a name; `made` says whether it may be a new one. */
function streamOf(core: Core, name: string): StreamOf {
	const streams = (core.more.streams ??= new Map());
	let stream = streams.get(name);
	if (!stream) streams.set(name, (stream = new StreamOf(name)));
	return stream;
}

function change(core: Core, stream: StreamOf, change: StreamChange<unknown>): void {
	const { limits } = core.session.host;
	within(limits, "stream", stream.changes.length + 1, `changes of the stream ${stream.name} of ${core.definition.name} that wait for a render`, "insert fewer at once, and show the stream with this.each");
	stream.changes.push(change);
	core.touch();
}

function keyText(core: Core, stream: StreamOf, item: unknown): string {
	const key = stream.key(item as never) as unknown;
	if ((typeof key === "string" && key !== "") || (typeof key === "number" && Number.isFinite(key))) return String(key);
	throw new LiveError("misuse", `an item of the stream ${stream.name} of ${core.definition.name} has no key`, "items need an id, or the stream { key: (item) => … }");
}

/** `this.stream(name, items, options)`. */
export function fill<T>(core: Core, name: string, items: Iterable<T>, options: StreamOptions<T>): void {
	const stream = streamOf(core, name);
	if (options.key) stream.key = options.key;
	if (options.reset) reset(core, name);
	let at = checkedAt(options.at);
	for (const item of items) {
		insert(core, stream, item, at);
		// One after the other, not each before the one that came before it.
		if (at >= 0) at++;
	}
	limit(core, stream, options.limit);
	core.touch();
}

export function insertOne<T>(core: Core, name: string, item: T, options: Pick<StreamOptions<T>, "at" | "limit">): void {
	const stream = streamOf(core, name);
	insert(core, stream, item, checkedAt(options.at));
	limit(core, stream, options.limit);
}

function insert(core: Core, stream: StreamOf, item: unknown, at: number): void {
	const plain = behind(item);
	change(core, stream, [1, keyText(core, stream, plain), at, plain]);
}

function limit(core: Core, stream: StreamOf, count: number | undefined): void {
	if (count === undefined) return;
	if (!Number.isInteger(count)) throw new LiveError("misuse", `the limit of the stream ${stream.name} must be a whole number`);
	change(core, stream, [3, count]);
}

function checkedAt(at: number | undefined): number {
	if (at === undefined) return -1;
	if (!Number.isInteger(at) || at < -1) throw new LiveError("misuse", "`at` of a stream must be a whole number from -1", "0 is the beginning, -1 the end");
	return at;
}

export function deleteOne(core: Core, name: string, item: unknown): void {
	const stream = streamOf(core, name);
	const plain = behind(item);
	change(core, stream, [2, typeof plain === "object" && plain !== null ? keyText(core, stream, plain) : String(plain)]);
}

export function reset(core: Core, name: string): void {
	const stream = streamOf(core, name);
	// What waits is of no use before a reset.
	stream.changes.length = 0;
	stream.written = -1;
	change(core, stream, [0]);
}

/** `this.each(name, render)`: the stream in a template. */
export function slot<T>(core: Core, name: string, render: (item: T, key: string) => Html): StreamSlot {
	return new StreamSlot(streamOf(core, name), render as StreamSlot["render"]);
}

/** A render was told: what it has written is forgotten. Gives back the streams whose items the session does not have. */
export function forget(core: Core): string[] {
	const lost: string[] = [];
	for (const stream of core.rare?.streams?.values() ?? []) {
		const shows = stream.written >= 0;
		if (shows) stream.changes.splice(0, stream.written);
		// What is kept of the render is told again without its changes.
		if (shows && stream.json) stream.json.length = 2;
		stream.json = null;
		if (shows && stream.lost) lost.push(stream.name);
		// What is no longer shown is not there when it is shown again.
		stream.lost = !shows && (stream.shown || stream.lost);
		stream.shown = shows;
		stream.written = -1;
	}
	return lost;
}

/** Whether a component can fill its streams again. */
export function refills(core: Core): boolean {
	return overrides(core.definition.type, "refill");
}

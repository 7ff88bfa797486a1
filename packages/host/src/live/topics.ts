/** Topics: what components of all sessions tell each other, and who is present. */

import type { Core } from "./core.ts";
import type { Presence } from "./commands.ts";
import { LiveError } from "./errors.ts";
import { within } from "./limits.ts";
import type { Session } from "./session.ts";

/** Who is present in a topic under one key. */
export interface Present {
	readonly key: string;
	/** What each of them told with `track`, in the order in which they came. */
	readonly metas: readonly unknown[];
}

function checked(topic: string): string {
	if (typeof topic !== "string" || topic === "" || topic.length > 200) throw new LiveError("misuse", `a topic is a text of 1 to 200 characters, not ${JSON.stringify(topic)}`);
	return topic;
}

export function subscribe(core: Core, topic: string): void {
	if (core.ended) return;
	const topics = (core.more.topics ??= new Set());
	if (topics.has(checked(topic))) return;
	join(core.session, topic);
	topics.add(topic);
	if (core.session.topics!.get(topic) === 1) core.session.effect(core, "subscribe", { topic });
}

export function unsubscribe(core: Core, topic: string): void {
	if (core.rare?.topics?.delete(topic)) leave(core, topic);
}

/** Counts the components of a session that are in a topic. */
function join(session: Session, topic: string): void {
	const topics = (session.topics ??= new Map());
	if (!topics.has(topic)) within(session.host.limits, "topics", topics.size + 1, "topics of the session", "subscribe to one topic for many things, and look at the message");
	topics.set(topic, (topics.get(topic) ?? 0) + 1);
}

function leave(core: Core, topic: string): void {
	const { session } = core;
	const count = (session.topics?.get(topic) ?? 1) - 1;
	if (count > 0) return void session.topics?.set(topic, count);
	session.topics?.delete(topic);
	// Who came and went is no longer told.
	session.present?.delete(topic);
	session.effect(core, "unsubscribe", { topic });
}

/** Makes the user of this page present in a topic; again with the same key, with other metadata. */
export function track(core: Core, topic: string, key: string, meta: unknown): void {
	if (core.ended) return;
	const tracked = (core.more.tracked ??= new Map());
	const keys = tracked.get(checked(topic)) ?? new Map<string, unknown>();
	if (typeof key !== "string" || key === "") throw new LiveError("misuse", "the key of track is a text, such as the user's id");
	if (!keys.has(key)) within(core.session.host.limits, "topics", ++core.session.tracked, "presences of the session", "untrack what is over");
	keys.set(key, meta);
	tracked.set(topic, keys);
	core.session.effect(core, "track", { topic, key, about: meta });
}

export function untrack(core: Core, topic: string, key: string): void {
	const keys = core.rare?.tracked?.get(topic);
	if (!keys?.delete(key)) return;
	core.session.tracked--;
	if (keys.size === 0) core.rare!.tracked!.delete(topic);
	// The session counts as one, whoever of its components is present.
	if (!core.session.all().some(({ rare }) => rare?.tracked?.get(topic)?.has(key))) core.session.effect(core, "untrack", { topic, key });
}

/** Who is present, in the order in which they came. */
export function presences(core: Core, topic: string): Present[] {
	const present = new Map<string, unknown[]>();
	for (const { key, about: meta } of core.session.present?.get(topic)?.values() ?? []) {
		const metas = present.get(key);
		if (metas) metas.push(meta);
		else present.set(key, [meta]);
	}
	return [...present].map(([key, metas]) => ({ key, metas }));
}

/** Notes who came and went; says whether anything is different. */
export function notePresences(session: Session, topic: string, joins: readonly Presence[], leaves: readonly Presence[]): boolean {
	const all = (session.present ??= new Map());
	let present = all.get(topic);
	if (!present) all.set(topic, (present = new Map()));
	const { limits } = session.host;
	let changed = false;
	for (const { id } of leaves) changed = present.delete(id) || changed;
	for (const presence of joins) {
		if (present.size >= limits.presences && !present.has(presence.id)) continue;
		present.set(presence.id, presence);
		changed = true;
	}
	if (present.size === 0) all.delete(topic);
	return changed;
}

/** Whether a component hears of a topic. */
export function hears(core: Core, topic: string): boolean {
	return core.rare !== null && ((core.rare.topics?.has(topic) ?? false) || (core.rare.tracked?.has(topic) ?? false));
}

export function leaveTopics(core: Core): void {
	for (const topic of [...(core.rare?.topics ?? [])]) unsubscribe(core, topic);
	for (const [topic, keys] of [...(core.rare?.tracked ?? [])]) for (const key of [...keys.keys()]) untrack(core, topic, key);
}

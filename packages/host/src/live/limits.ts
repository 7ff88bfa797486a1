/** How much a session may ask of its host. */

import { LiveError } from "./errors.ts";

export interface LiveLimits {
	/** Components of one session, those within components included. */
	readonly components: number;
	/** Handlers, timers and `assignAsync` of one session that have not ended. */
	readonly pending: number;
	/** Topics that one session subscribes to or is present in. */
	readonly topics: number;
	/** Timers of one session. */
	readonly timers: number;
	/** One render as JSON, in characters. */
	readonly render: number;
	/** Changes of one stream that wait for a render. */
	readonly stream: number;
	/** Effects of one turn. */
	readonly effects: number;
	/** Arguments of one event. */
	readonly arguments: number;
	/** Fields of one form. */
	readonly fields: number;
	/** Files of one session that are chosen and not consumed. */
	readonly uploads: number;
	/** Who is present in one topic, as one session is told. */
	readonly presences: number;
	/** Templates of one host. */
	readonly templates: number;
	/** How often one component may render in one turn, because `updated` has changed its state. */
	readonly updates: number;
}

export const LIMITS: LiveLimits = {
	components: 10_000,
	pending: 100,
	topics: 100,
	timers: 100,
	render: 8_388_608,
	stream: 10_000,
	effects: 1_000,
	arguments: 20,
	fields: 10_000,
	uploads: 100,
	presences: 10_000,
	templates: 10_000,
	updates: 10,
};

/** Refuses what would be more than the limit. */
export function within(limits: LiveLimits, limit: keyof LiveLimits, count: number, what: string, hint: string): void {
	if (count > limits[limit])
		throw new LiveError("limit", `${what}: more than ${limits[limit]} (the limit \`${limit}\`)`, hint);
}

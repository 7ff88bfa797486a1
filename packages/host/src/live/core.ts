/**
 * An instance of a component as the host has it, beside the object of the app's class. A host has tens of thousands of them, so
 * whatever most components do not need is in `Rare`, which is made when something first asks for it.
 */

import type { Definition } from "./definition.ts";
import type { GivenProps } from "./html.ts";
import type { Saved } from "./saved.ts";
import type { Session } from "./session.ts";
import type { Reactive } from "./state.ts";
import type { StreamOf } from "./streams.ts";
import type { Timer } from "./timers.ts";
import type { UploadOf } from "./uploads.ts";
import type { LiveView } from "./view.ts";

export const enum Flag {
	/** `mount` is over. */
	Mounted = 1,
	/** `mount` waits for something. */
	Mounting = 2,
	/** It must render. */
	Dirty = 4,
	Rendering = 8,
	/** It is on the page, or on its way. */
	Shown = 16,
	/** What it showed last may not be used again. */
	Stale = 32,
	/** Its render depends on whether a browser is there. */
	SeesConnection = 64,
	Ended = 128,
}

/** What a component within another has beside. */
export interface Child {
	readonly key: string;
	/** As the parent's render gave them, and as the component sees them. */
	given: GivenProps;
	props: GivenProps;
	/** Whose methods and state the props are. */
	owner: Core;
	/** The parent's render that showed it last. */
	pass: number;
	/** `[-3, number, content]`. The same array in each of the parent's renders, so that those that are kept stay right. */
	readonly cell: [kind: -3, number: number, content: unknown];
}

/** What few components have. */
export class Rare {
	/** Handlers that it has rendered and that have no bit. */
	names: Set<string> | null = null;
	views: WeakMap<object, object> | null = null;
	children: Map<string, Core> | null = null;
	/** What was saved of components within this one that are not there yet. */
	saved: Map<string, Saved> | null = null;
	streams: Map<string, StreamOf> | null = null;
	timers: Set<Timer> | null = null;
	topics: Set<string> | null = null;
	/** Topics in which it is present: the metadata by key. */
	tracked: Map<string, Map<string, unknown>> | null = null;
	uploads: Record<string, UploadOf> | null = null;
	abort: AbortController | null = null;
	/** Fields of state that `assignAsync` is loading, each with the number of its last call. */
	loading: Map<string, number> | null = null;
	flash: Record<string, string> | null = null;
	title: string | undefined = undefined;
	/** Fields of its last form that the user has not used. */
	unused: readonly string[] | null = null;
	/** Paths of numbers that are empty now, whose fields `ts-model` has bound. */
	emptied: Set<string> | null = null;
	/** Fields of state that are reset after each render: what they are reset to. */
	initial: Map<string, unknown> | null = null;
}

export class Core {
	readonly session: Session;
	readonly number: number;
	readonly definition: Definition;
	readonly parent: Core | null;
	view!: LiveView;
	/** What is behind `this.state`. */
	state: object | undefined = undefined;
	stateView: object | null = null;
	reactive: Reactive | null = null;
	flags = 0;
	/** A bit for each handler that it has rendered, as its definition numbers them. */
	rendered = 0;
	rare: Rare | null = null;
	child: Child | null = null;

	constructor(session: Session, number: number, definition: Definition, parent: Core | null) {
		this.session = session;
		this.number = number;
		this.definition = definition;
		this.parent = parent;
	}

	get more(): Rare {
		return (this.rare ??= new Rare());
	}

	get ended(): boolean {
		return (this.flags & Flag.Ended) !== 0;
	}

	/** Something that it shows has changed. */
	touch(): void {
		if (this.flags & (Flag.Dirty | Flag.Rendering | Flag.Ended)) return;
		this.flags |= Flag.Dirty;
		if (this.flags & Flag.Mounted) this.session.mark(this);
	}
}

/** The core of the component that is being made: how the constructor of `LiveView` gets it. */
const making: { core: Core | null } = { core: null };

/** Makes the object of the app's class. */
export function construct(core: Core): LiveView {
	const before = making.core;
	making.core = core;
	try {
		return (core.view = new core.definition.type());
	} finally {
		making.core = before;
	}
}

/** Taken by the constructor of `LiveView`. */
export function taken(): Core {
	const { core } = making;
	if (!core) throw new TypeError("the server makes live components; within another one write component(Child, { … })");
	making.core = null;
	return core;
}

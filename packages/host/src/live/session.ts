/** A session: one page that is open in one browser, its components, and the news of a turn. */

import { type Command, type Effects, type ErrorNews, NESTED, type Presence } from "./commands.ts";
import { Core, Flag } from "./core.ts";
import { overrides } from "./definition.ts";
import { LiveError, type LiveErrorCode, told } from "./errors.ts";
import { handle } from "./events.ts";
import type { Host } from "./host.ts";
import { begin, end, failed, fallen } from "./life.ts";
import { within } from "./limits.ts";
import { attempt, Failed, then } from "../maybe.ts";
import { json, newsText, Outbox } from "./outbox.ts";
import { Pass } from "./pass.ts";
import { readSaved, save } from "./saved.ts";
import type { Change } from "./state.ts";
import { refills } from "./streams.ts";
import { hears, notePresences } from "./topics.ts";
import { note } from "./uploads.ts";

type Of<T extends Command["type"]> = Extract<Command, { type: T }>;

const NO_VALUES: Readonly<Record<string, unknown>> = /* @__PURE__ */ Object.freeze({});

export class Session {
	readonly host: Host;
	readonly id: number;
	connected = false;
	closed = false;
	url = "";
	/** What the server says of the user. */
	values: Readonly<Record<string, unknown>> = NO_VALUES;
	/** What has not ended, timers, presences and files, for the limits. */
	pending = 0;
	timers = 0;
	tracked = 0;
	uploads = 0;
	/** How many of its components subscribe to a topic. */
	topics: Map<string, number> | null = null;
	present: Map<string, Map<string, Presence>> | null = null;
	/** The components of the page itself: few, as a rule one. */
	readonly #roots: Core[] = [];
	#nested: Map<number, Core> | null = null;
	#next = NESTED;
	#dirty: Core[] | null = null;
	#box: Outbox | null = null;
	/** Commands for components that are not there yet, by their numbers. */
	#early: Map<number, Command[]> | null = null;
	/** What the handler that runs has changed, so that it can be undone. */
	changes: Change[] | null = null;
	/** Whether somebody will ask for news. */
	#awaited = false;

	constructor(host: Host, id: number) {
		this.host = host;
		this.id = id;
	}

	/** Does commands that came together, and gives back what came of them at once. */
	run(commands: readonly Command[]): string | undefined {
		this.#awaited = true;
		for (const command of commands) this.#run(command);
		return this.news();
	}

	#run(command: Command): void {
		const component = (command as { component?: number } | null)?.component;
		const early = component === undefined ? undefined : this.#early?.get(component);
		if (early) return void early.push(command);
		const done = attempt(() => this.#do(command));
		if (done instanceof Failed) this.fail(component ?? 0, done.error, "bad_command");
	}

	#do(command: Command): void {
		switch (command?.type) {
			case "mount":
				return this.#mount(command);
			case "params":
				return this.#params(command);
			case "event":
				return handle(this, command);
			case "info":
				return this.#info(command);
			case "presence":
				return this.#presence(command);
			case "upload":
				return note(this.#known(command.component), command);
			case "refill":
				return this.#refill(this.#known(command.component));
			case "save":
				this.#news.states = this.#roots.filter(({ flags }) => flags & Flag.Mounted).map((core) => [core.number, save(core)]);
				return;
			case "unmount":
				return this.remove(this.#known(command.component));
			case "connected":
			case "disconnected":
				return this.#connection(command.type === "connected");
			case "close":
				for (const core of [...this.#roots]) this.remove(core);
				return void (this.closed = true);
			default:
				throw new LiveError("bad_command", `there is no command ${JSON.stringify((command as { type?: unknown } | null)?.type)}`);
		}
	}

	#mount(command: Of<"mount">): void {
		const { component, module, params = {}, url, session, state } = command;
		if (!Number.isInteger(component) || component < 0 || component >= NESTED || this.find(component)) throw new LiveError("bad_command", `${component} is no number for a new component`);
		this.url = url;
		if (session) this.values = session;
		(this.#early ??= new Map()).set(component, []);
		const loaded = attempt(() => this.host.definition(module));
		void then(loaded, (definition) => {
			const begun = attempt(() => {
				if (definition instanceof Failed) throw definition.error;
				if (this.closed) return;
				const core = new Core(this, component, definition, null);
				begin(core, params, state === undefined ? undefined : readSaved(state, this.host.transport));
				this.arrived(core);
			});
			if (!(begun instanceof Failed)) return;
			this.fail(component, begun.error, "mount_failed", { fatal: true });
			this.#released(component);
		});
	}

	/** A component is mounted, or has failed: what came for it meanwhile is done. */
	arrived(core: Core): void {
		if (!core.parent && (core.flags & Flag.Mounting) === 0) this.#released(core.number);
	}

	#released(component: number): void {
		const early = this.#early?.get(component);
		this.#early?.delete(component);
		if (this.#early?.size === 0) this.#early = null;
		for (const command of early ?? []) this.#run(command);
		if (!this.#awaited) this.#wait();
	}

	#params({ component, params = {}, url }: Of<"params">): void {
		this.url = url;
		const core = this.#known(component);
		if (overrides(core.definition.type, "handleParams")) this.call(core, "params_failed", () => core.view.handleParams(params, { url: new URL(url, "http://localhost"), connected: this.connected, session: this.values }));
	}

	#info({ topic, message }: Of<"info">): void {
		for (const core of this.all()) if (core.rare?.topics?.has(topic) && core.flags & Flag.Mounted) this.call(core, "info_failed", () => core.view.handleInfo(message, topic));
	}

	#presence({ topic, joins, leaves }: Of<"presence">): void {
		if (notePresences(this, topic, joins, leaves)) for (const core of this.all()) if (hears(core, topic)) core.touch();
	}

	/** The session has forgotten what is in the streams of a component. */
	#refill(core: Core): void {
		const streams = [...(core.rare?.streams?.values() ?? [])];
		const lost = refills(core) ? undefined : streams.find(({ shown }) => shown);
		if (lost) failed(core, new LiveError("stream_lost", `${core.definition.name} cannot fill its stream ${lost.name} again`, "give it a method refill(stream); without one it is mounted anew"), "stream_lost");
		else for (const { name } of streams) this.call(core, "stream_lost", () => core.view.refill(name));
		for (const child of core.rare?.children?.values() ?? []) this.#refill(child);
		core.touch();
	}

	#connection(connected: boolean): void {
		if (this.connected === connected) return;
		this.connected = connected;
		for (const core of this.all()) {
			if (core.flags & Flag.SeesConnection) core.touch();
			if (core.flags & Flag.Mounted && overrides(core.definition.type, "handleConnection")) this.call(core, "hook_failed", () => core.view.handleConnection(connected));
		}
	}

	/** Calls a method of a component; what it throws, now or later, is told. */
	call(core: Core, doing: LiveErrorCode, run: () => unknown): void {
		const done = attempt(() => {
			within(this.host.limits, "pending", this.pending + 1, "handlers and loads of the session that have not ended", "await less in handlers");
			return run();
		});
		if (done instanceof Failed) failed(core, done.error, doing);
		if (!(done instanceof Promise)) return;
		this.pending++;
		void done.then((result) => {
			this.pending--;
			if (result instanceof Failed) failed(core, result.error, doing);
		});
	}

	find(component: number): Core | undefined {
		return component < NESTED ? this.#roots.find(({ number }) => number === component) : this.#nested?.get(component);
	}

	#known(component: number): Core {
		const core = this.find(component);
		if (core) return core;
		throw new LiveError("unknown_component", `there is no component ${component}`);
	}

	all(): readonly Core[] {
		return this.#nested ? [...this.#roots, ...this.#nested.values()] : [...this.#roots];
	}

	/** A number for a component within another: the one that it had, where it was saved. */
	nestedNumber(parent: Core, key: string): number {
		const saved = parent.rare?.saved?.get(key)?.number;
		if (saved !== undefined && saved >= NESTED && !this.#nested?.has(saved)) {
			this.#next = Math.max(this.#next, saved + 1);
			return saved;
		}
		return this.#next++;
	}

	add(core: Core): void {
		within(this.host.limits, "components", this.#roots.length + (this.#nested?.size ?? 0) + 1, `components of the session (the last is ${core.definition.name})`, "show fewer at once, or use templates in place of components");
		if (core.number < NESTED) this.#roots.push(core);
		else (this.#nested ??= new Map()).set(core.number, core);
	}

	forget(core: Core): void {
		if (core.number >= NESTED) this.#nested?.delete(core.number);
		else if (this.#roots.includes(core)) this.#roots.splice(this.#roots.indexOf(core), 1);
	}

	/** Ends a component of the page itself. */
	remove(core: Core): void {
		end(core);
		this.#released(core.number);
	}

	get #news(): Outbox {
		if (!this.#awaited) this.#wait();
		return (this.#box ??= new Outbox());
	}

	#wait(): void {
		this.#awaited = true;
		this.host.wait(this);
	}

	effect<Kind extends keyof Effects>(core: Core, kind: Kind, fields: Effects[Kind]): void {
		if (core.ended || this.closed) return;
		const { effects } = this.#news;
		// What ends with a component must end.
		if (!kind.startsWith("un"))
			within(this.host.limits, "effects", effects.length + 1, `effects of one turn (the last is ${kind} of ${core.definition.name})`, "push one event with a list in place of many");
		effects.push(json({ [kind]: { component: core.number, ...fields } }, `${kind} of ${core.definition.name}`));
	}

	/** Tells of a failure. `core` is the component, or its number. */
	fail(core: Core | number, error: unknown, doing: LiveErrorCode, more: Pick<ErrorNews, "event" | "fatal"> = {}): void {
		if (this.closed) return this.host.options.report(error);
		this.#news.errors.push({ component: typeof core === "number" ? core : core.number, ...more, ...told(error, doing) });
	}

	settle(event: number): void {
		if (!this.closed) this.#news.settled.push(event);
	}

	/** A component must render. */
	mark(core: Core): void {
		if (this.closed) return;
		(this.#dirty ??= []).push(core);
		if (!this.#awaited) this.#wait();
	}

	/** Renders what must, and gives back all that there is to tell. */
	news(): string | undefined {
		this.#awaited = true;
		for (let round = 1; this.#dirty; round++) {
			const dirty = this.#dirty.sort((one, other) => one.number - other.number);
			this.#dirty = null;
			for (const core of dirty) {
				const due = core.flags & Flag.Dirty && !core.ended && core.flags & Flag.Mounted;
				if (!due || (core.parent && (core.flags & Flag.Shown) === 0)) continue;
				if (round > this.host.limits.updates) {
					core.flags &= ~Flag.Dirty;
					this.fail(core, new LiveError("limit", `${core.definition.name} has rendered ${round - 1} times in one turn`, "updated must not change state each time"), "render_failed");
				} else this.#render(core);
			}
		}
		this.#awaited = false;
		const out = this.#box;
		this.#box = null;
		return out ? newsText(out, this.host.untold()) : undefined;
	}

	#render(core: Core): void {
		const pass = new Pass(core);
		try {
			const shown = pass.render(core);
			if (pass.incomplete && (core.flags & Flag.Shown) === 0) {
				// The first thing that is told is the whole page: it renders again when the components within are there.
				core.flags |= Flag.Dirty;
				return pass.undo();
			}
			const text = json(shown, core.definition.name);
			within(this.host.limits, "render", text.length, `characters in a render of ${core.definition.name}`, "show less at once, or use a stream");
			this.#news.renders.push([core.number, text]);
			if (core.child) core.child.cell[2] = shown;
		} catch (error) {
			pass.undo();
			return core.flags & Flag.Shown ? failed(core, error, "render_failed") : fallen(core, error, "render_failed");
		}
		for (const rendered of pass.commit()) if (overrides(rendered.definition.type, "updated") && !rendered.ended) this.call(rendered, "hook_failed", () => rendered.view.updated());
	}
}

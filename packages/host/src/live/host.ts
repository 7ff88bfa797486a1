/**
 * The host of live components: what a server bundle exports beside `respond`. It has the instances of components of all sessions of
 * one isolate or process, takes commands and answers with news, as docs/design/live.md says.
 */

import { encoder, type Encode } from "../../../client/src/serial.ts";
import type { Transport } from "../../../client/src/types.ts";
import type { Command } from "./commands.ts";
import { definitionOf, type Definition, type ViewClass } from "./definition.ts";
import { LiveError, nameFilesFrom } from "./errors.ts";
import { LIMITS, type LiveLimits, within } from "./limits.ts";
import { attempt, Failed, type Maybe } from "../maybe.ts";
import { installState } from "./install.ts";
import { Session } from "./session.ts";
import type { Template } from "./template.ts";
import { LiveView } from "./view.ts";

export interface LiveHostOptions {
	/** Loads the module of a component: its default export is the class. */
	readonly load: (module: string) => Promise<{ readonly default?: unknown }>;
	/** Takes news that are not the answer to a command. */
	readonly news: (session: number, text: string) => void;
	/** Takes errors that no session can be told of. */
	readonly report: (error: unknown) => void;
	/** The address of the folder that files in stacks are named relative to, with a slash at its end. */
	readonly root?: string;
	readonly limits?: Partial<LiveLimits>;
	/** How types of the app's own are saved with the state: `transport` of src/hooks.ts. */
	readonly transport?: () => Transport;
	/** Reads a file that was uploaded, by its path. */
	readonly open?: (path: string) => ReadableStream<Uint8Array>;
}

export interface LiveHost {
	/**
	 * Does what a command says, or a list of commands that came together. What comes of it at once is returned, as news; what comes later
	 * goes to `news`. Commands of a session are in order, and so are its news.
	 */
	command(session: number, text: string): string | undefined;
}

export function createLiveHost(options: LiveHostOptions): LiveHost {
	return new Host(options);
}

/** What all sessions share, which is nothing of any of them. */
export class Host implements LiveHost {
	readonly limits: LiveLimits;
	readonly options: LiveHostOptions;
	/** Counts renders, by which components know whether one has shown them. */
	passes = 0;
	#encode: Encode | null = null;
	readonly #sessions = new Map<number, Session>();
	readonly #classes = new Map<string, Maybe<Definition>>();
	readonly #numbers = new Map<Template, number>();
	/** Templates that no news has told of. */
	#untold: [number: number, statics: readonly string[]][] = [];
	/** Sessions that have news for when all that happens now is over. */
	#waiting: Session[] = [];

	constructor(options: LiveHostOptions) {
		installState();
		if (options.root !== undefined) nameFilesFrom(options.root);
		this.options = options;
		this.limits = { ...LIMITS, ...options.limits };
	}

	/** Not before a component's module is loaded: hooks are there then. */
	get transport(): Transport {
		return this.options.transport?.() ?? {};
	}

	get encode(): Encode {
		return (this.#encode ??= encoder(this.transport));
	}

	command(id: number, text: string): string | undefined {
		const session = this.#sessions.get(id) ?? new Session(this, id);
		let commands: readonly Command[];
		try {
			const read = JSON.parse(text) as Command | Command[];
			commands = Array.isArray(read) ? read : [read];
		} catch {
			commands = [];
			session.fail(0, new LiveError("bad_command", "a command is no JSON"), "bad_command");
		}
		// What comes for a session that is over makes no new one.
		if (commands.some((command) => command?.type === "mount" || command?.type === "connected")) this.#sessions.set(id, session);
		const news = session.run(commands);
		if (session.closed) this.#sessions.delete(id);
		return news;
	}

	/** The class of a module; a promise only the first time. */
	definition(module: string): Maybe<Definition> {
		const known = this.#classes.get(module);
		if (known) return known;
		const loading = (async () => {
			const loaded = await this.options.load(module);
			const definition = definitionOf(checkedClass(loaded.default, module));
			this.#classes.set(module, definition);
			return definition;
		})();
		this.#classes.set(module, loading);
		// The next mount tries again.
		loading.catch(() => this.#classes.delete(module));
		return loading;
	}

	/** The number of a template, which the next news tells of if it is new. */
	number(template: Template): number {
		if (template.numbered === this) return template.number;
		let number = this.#numbers.get(template);
		if (number === undefined) {
			number = this.#numbers.size;
			within(this.limits, "templates", number + 1, `templates of this server (the last is at ${template.place})`, "do not make functions that have templates with eval, or components in a loop");
			this.#numbers.set(template, number);
			this.#untold.push([number, template.statics]);
		}
		template.numbered = this;
		return (template.number = number);
	}

	/** The templates that were not told yet. Whoever asks tells them. */
	untold(): readonly [number: number, statics: readonly string[]][] {
		const untold = this.#untold;
		if (untold.length > 0) this.#untold = [];
		return untold;
	}

	/** A session has news that no command waits for. */
	wait(session: Session): void {
		if (this.#waiting.push(session) === 1) later(HOPS, () => this.#tell());
	}

	#tell(): void {
		const waiting = this.#waiting;
		this.#waiting = [];
		for (const session of waiting) {
			const text = attempt(() => session.news());
			if (text instanceof Failed) this.options.report(text.error);
			else if (typeof text === "string") this.tell(session.id, text);
		}
	}

	tell(session: number, text: string): void {
		try {
			this.options.news(session, text);
		} catch (error) {
			this.options.report(error);
		}
	}
}

/** How many microtasks news wait: so many that what follows at once, such as the end of an async handler, is in them too. */
const HOPS = 4;

function later(hops: number, run: () => void): void {
	queueMicrotask(() => (hops === 0 ? run() : later(hops - 1, run)));
}

function checkedClass(exported: unknown, module: string): ViewClass {
	if (typeof exported === "function" && exported.prototype instanceof LiveView) return exported as ViewClass;
	throw new LiveError("bad_module", `${module} has no live component`, "export default class … extends LiveView");
}

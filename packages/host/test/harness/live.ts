/** A host of live components for tests, which keeps what it tells as objects. */

import type { Command, Effect, News } from "../../src/live/commands.ts";
import { createLiveHost, type LiveHost, type LiveHostOptions } from "../../src/live/host.ts";

type Render = [number, unknown];

export class TestHost {
	readonly host: LiveHost;
	/** Fixed parts by the numbers of their templates. */
	readonly templates: string[][] = [];
	/** News that came later, by session. */
	readonly later: [session: number, news: News][] = [];
	readonly reported: unknown[] = [];
	#heard: (() => void)[] = [];

	constructor(classes: Record<string, unknown>, options: Partial<LiveHostOptions> = {}) {
		this.host = createLiveHost({
			load: async (module) => ({ default: classes[module] }),
			news: (session, text) => {
				this.later.push([session, this.#read(text)]);
				for (const wake of this.#heard.splice(0)) wake();
			},
			report: (error) => void this.reported.push(error),
			...options,
		});
	}

	send(session: number, ...commands: Command[]): News {
		const text = this.host.command(session, JSON.stringify(commands.length === 1 ? commands[0] : commands));
		return text === undefined ? {} : this.#read(text);
	}

	#read(text: string): News {
		const news = JSON.parse(text) as News;
		for (const [number, statics] of news.templates ?? []) this.templates[number] = [...statics];
		return news;
	}

	/** What the host tells next. */
	async next(): Promise<News> {
		if (this.later.length === 0) await new Promise<void>((wake) => this.#heard.push(wake));
		return this.later.shift()![1];
	}

	/** Opens a page with one component. */
	async open(module: string, options: { session?: number; state?: string; params?: Record<string, string>; url?: string } = {}): Promise<Page> {
		const page = new Page(this, options.session ?? 1);
		const { state } = options;
		const news = page.send({ type: "mount", component: 0, module, params: options.params ?? {}, url: options.url ?? "http://localhost/", ...(state === undefined ? {} : { state }) });
		page.mounted = Object.keys(news).length > 0 ? news : page.note(await this.next());
		return page;
	}

	/** A render as HTML, as far as tests need it: attributes that are not there are shown as `name=`. */
	html(render: unknown): string {
		if (render === null || render === true || render === false) return "";
		if (!Array.isArray(render)) return String(render);
		const [tag, ...rest] = render as [number, ...unknown[]];
		if (tag === -1) return rest.map((item) => this.html(item)).join("");
		if (tag === -2) return String(rest[0]);
		if (tag === -3) return this.html(rest[1]);
		if (tag === -4) return (rest.slice(1) as unknown[][]).map((change) => (change[0] === 1 ? this.html(change[3]) : "")).join("");
		const statics = this.templates[tag]!;
		return statics.map((part, i) => part + (i < rest.length ? this.html(rest[i]) : "")).join("");
	}
}

/** A session of a test, and what its components show. */
export class Page {
	readonly host: TestHost;
	readonly session: number;
	readonly shown = new Map<number, unknown>();
	mounted: News = {};
	#events = 0;

	constructor(host: TestHost, session: number) {
		this.host = host;
		this.session = session;
	}

	send(...commands: Command[]): News {
		return this.note(this.host.send(this.session, ...commands));
	}

	note(news: News): News {
		for (const [component, render] of (news.renders ?? []) as Render[]) this.shown.set(component, render);
		return news;
	}

	async next(): Promise<News> {
		return this.note(await this.host.next());
	}

	event(handler: string, payload?: unknown, component = 0): News {
		return this.send(this.command(handler, payload, component));
	}

	/** An event as a command, for those that are sent together. */
	command(handler: string, payload?: unknown, component = 0): Command {
		return { type: "event", component, event: ++this.#events, handler, ...(payload === undefined ? {} : { payload }) } as Command;
	}

	html(component = 0): string {
		return this.host.html(this.shown.get(component));
	}
}

export function effects(news: News): Effect[] {
	return [...(news.effects ?? [])];
}

export function codes(news: News): string[] {
	return (news.errors ?? []).map(({ code }) => code);
}

export function message(news: News): string {
	return (news.errors ?? []).map(({ message }) => message).join("\n");
}

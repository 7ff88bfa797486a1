/** `LiveView`: the class that live components extend. Its methods hand over to the parts of the host that do the work. */

import { type Core, Flag, taken } from "./core.ts";
import { LiveError } from "./errors.ts";
import type { LiveEvent } from "./event.ts";
import type { Html, Method, Nested, Raw } from "./html.ts";
import { assignAsync } from "./loading.ts";
import { reactive } from "./state.ts";
import { deleteOne, fill, insertOne, slot, type StreamOptions, type StreamSlot } from "./streams.ts";
import { start } from "./timers.ts";
import { type Present, presences, subscribe, track, unsubscribe, untrack } from "./topics.ts";
import { allow, cancel, consume, type Upload, type UploadedFile, type UploadEntry, type UploadOptions } from "./uploads.ts";
import { errorsOf, type StandardSchema, validate } from "./validation.ts";

/** What `mount`, `restore` and `handleParams` are told beside the parameters. */
export interface MountInfo {
	/** The page's address. */
	readonly url: URL;
	/** Whether a browser is there already: not while the page is rendered over HTTP. */
	readonly connected: boolean;
	/** What the server says of the user, from the cookie session. */
	readonly session: Readonly<Record<string, unknown>>;
}

type MaybePromise<T> = T | Promise<T>;

/**
 * A live component: its state and code stay on the server, the browser gets what has changed. Methods whose names do not begin with
 * `_` are handlers, which templates name.
 *
 * `State` and `Props` are types for the compiler; without them `this.state` takes anything.
 */
export abstract class LiveView<State extends object = Record<string, any>, Props extends object = Record<never, never>> {
	/** Fields of state that are empty again after each render, so that the server does not keep them. */
	static readonly temporary: readonly string[] = [];
	/** Handlers that hooks and scripts in the browser may call though no template names them. */
	static readonly events: readonly string[] = [];

	/** The component's state: a plain object. What is changed in it outside of `render` is rendered, as deep as plain objects and arrays go. */
	declare state: State;

	readonly #core: Core;

	constructor() {
		this.#core = taken();
	}

	/** @internal */
	static core(view: LiveView): Core {
		return view.#core;
	}

	/** What the component shows. It is synchronous, and changes nothing. */
	abstract render(): Html | Nested | Raw | string | number | null | undefined | readonly unknown[];

	/** Called once, before the first render. What it awaits, the page waits for. */
	mount(_params: Readonly<Record<string, string>>, _info: MountInfo): MaybePromise<void> {}
	/** Called in place of `mount` when the component goes on from its saved state, which is there again, with topics, timers and flash. */
	restore(_params: Readonly<Record<string, string>>, _info: MountInfo): MaybePromise<void> {}
	/** Called when a stream is shown whose items the session has forgotten: fill it with `this.stream(name, items, { reset: true })`. */
	refill(_stream: string): MaybePromise<void> {}
	/** Called after `mount`, and when the address has changed and stays on this page. Not of components within others. */
	handleParams(_params: Readonly<Record<string, string>>, _info: MountInfo): MaybePromise<void> {}
	/** Called for events whose handler is no method. */
	handleEvent(_name: string, _event: LiveEvent): unknown {
		return undefined;
	}
	/** Called for each message of a topic that the component subscribes to. It is the sender's word, as JSON. */
	handleInfo(_message: unknown, _topic: string): MaybePromise<void> {}
	/** Called when the props may be others, with the former ones. Not before the first render. */
	handleProps(_before: Readonly<Props>): MaybePromise<void> {}
	/** Called when a browser has come or gone. */
	handleConnection(_connected: boolean): MaybePromise<void> {}
	/** Called after each render. */
	updated(): MaybePromise<void> {}
	/** Called when the component is gone. */
	unmount(): MaybePromise<void> {}

	/** What the parent's render gives: `component(Child, { … })`. Its methods are called on the parent. */
	get props(): Readonly<Props> {
		const { child, flags } = this.#core;
		if (!child) return {} as Props;
		return (flags & Flag.Rendering ? child.props : reactive(child.owner, child.props)) as Props;
	}
	/** Whether a browser is there. */
	get connected(): boolean {
		if (this.#core.flags & Flag.Rendering) this.#core.flags |= Flag.SeesConnection;
		return this.#core.session.connected;
	}
	/** The document's title, as far as this component has set it. */
	get title(): string | undefined {
		return this.#core.rare?.title;
	}
	set title(text: string | undefined) {
		if (text === undefined || this.#core.ended || this.#core.rare?.title === text) return;
		this.#core.more.title = text;
		this.#core.session.effect(this.#core, "title", { text: String(text) });
	}

	/** Renders, where something has changed that `state` cannot notice, such as a `Map`. */
	update(): void {
		this.#core.touch();
	}

	/** Loads a value into `state[key]`: `{ status: "loading" }`, then `"ok"` with `value` or `"failed"` with `error`. The signal is aborted when the component ends. */
	assignAsync<T>(key: string & keyof State, load: (signal: AbortSignal) => MaybePromise<T>): Promise<void> {
		return assignAsync(this.#core, key, load);
	}

	/** Calls a method every so many milliseconds. Gives back what stops it. */
	every(milliseconds: number, method: Method | string): () => void {
		return start(this.#core, "every", milliseconds, method);
	}
	/** Calls a method once, after so many milliseconds. Gives back what stops it. */
	after(milliseconds: number, method: Method | string): () => void {
		return start(this.#core, "after", milliseconds, method);
	}

	/** Messages for the user, by kind. */
	get flashes(): Readonly<Record<string, string>> {
		return this.#core.rare?.flash ?? {};
	}
	/** A message for the user; a second one of its kind replaces it. Templates show `this.flashes`. */
	flash(kind: string, text: string): void {
		this.#core.more.flash = { ...this.#core.more.flash, [kind]: text };
		this.#core.touch();
	}
	/** Takes messages away: of one kind, or all. */
	clearFlash(kind?: string): void {
		if (!this.#core.rare?.flash) return;
		const { [kind ?? ""]: _, ...rest } = this.#core.rare.flash;
		this.#core.rare.flash = kind === undefined || Object.keys(rest).length === 0 ? null : rest;
		this.#core.touch();
	}

	/** An event for hooks and scripts in the browser. The payload goes as JSON. */
	pushEvent(name: string, payload: unknown = null): void {
		this.#core.session.effect(this.#core, "push", { name, value: payload });
	}
	/** Sends the browser to any address, as a link would. */
	redirect(url: string | URL): void {
		this.#go("redirect", url, false);
	}
	/** Goes to another page of the app. */
	navigate(url: string | URL, options: { readonly replace?: boolean } = {}): void {
		this.#go("navigate", url, options.replace ?? false);
	}
	/** Changes the address and stays on this page: `handleParams`. */
	patch(url: string | URL, options: { readonly replace?: boolean } = {}): void {
		this.#go("patch", url, options.replace ?? false);
	}
	#go(kind: "patch" | "navigate" | "redirect", url: string | URL, replace: boolean): void {
		const text = String(url);
		const scheme = /^[\u0000-\u0020]*([a-z][a-z0-9+.\-\t\n\r]*):/i.exec(text)?.[1]?.replace(/[\t\n\r]/g, "").toLowerCase();
		if (scheme !== undefined && !/^https?$|^mailto$/.test(scheme)) throw new LiveError("misuse", `${kind}: ${scheme}: is no scheme of an address to go to`);
		this.#core.session.effect(this.#core, "navigate", { kind, url: text, replace });
	}

	/** From now on `handleInfo` gets the topic's messages. */
	subscribe(topic: string): void {
		subscribe(this.#core, topic);
	}
	unsubscribe(topic: string): void {
		unsubscribe(this.#core, topic);
	}
	/** Sends a message to all who subscribe to a topic, in all sessions; to components of this session too unless `own` is `false`. It goes as JSON. */
	broadcast(topic: string, message: unknown = null, options: { readonly own?: boolean } = {}): void {
		this.#core.session.effect(this.#core, "broadcast", { topic, message, own: options.own ?? true });
	}
	/** Makes this page's user present in a topic while a browser is there, until the component ends. `meta` goes as JSON. */
	track(topic: string, key: string, meta: unknown = null): void {
		track(this.#core, topic, key, meta);
	}
	untrack(topic: string, key: string): void {
		untrack(this.#core, topic, key);
	}
	/** Who is present in a topic that this component subscribes to. It renders again when that changes. */
	presences(topic: string): readonly Present[] {
		return presences(this.#core, topic);
	}

	/** Adds items to a stream, a large list of which the server keeps none. Templates show it with `each`. */
	stream<T>(name: string, items: Iterable<T>, options: StreamOptions<T> = {}): void {
		fill(this.#core, name, items, options);
	}
	/** Adds an item; if there is one with its key, that is shown anew where it stands. */
	streamInsert<T>(name: string, item: T, options: Pick<StreamOptions<T>, "at" | "limit"> = {}): void {
		insertOne(this.#core, name, item, options);
	}
	/** Takes an item away: the item, or its key. */
	streamDelete(name: string, item: unknown): void {
		deleteOne(this.#core, name, item);
	}
	/** Takes all items away, and adds others. */
	streamReset<T>(name: string, items: Iterable<T> = []): void {
		fill(this.#core, name, items, { reset: true });
	}
	/** A stream in a template: how each item is shown. */
	each<T>(name: string, render: (item: T, key: string) => Html): StreamSlot {
		return slot(this.#core, name, render);
	}

	/** The values if the schema takes them, otherwise `undefined`, and `state.errors` says why. */
	validate<Output>(schema: StandardSchema<Output>, values: unknown): Promise<Output | undefined> {
		return validate(this.#core, schema, values);
	}
	/** The messages for a field of a form that the user has used already. */
	errorsOf(name: string): readonly string[] {
		return errorsOf(this.#core, name);
	}

	/** Lets the user send files: `<input type="file" ts-upload="avatar">`. */
	allowUpload(name: string, options: UploadOptions = {}): void {
		allow(this.#core, name, options);
	}
	/** What was allowed, with the files that the user chose. */
	get uploads(): Readonly<Record<string, Upload>> {
		return (this.#core.rare?.uploads ?? {}) as Readonly<Record<string, Upload>>;
	}
	/** Gives each file that has arrived to a function, one after the other, and what it returned. Then they are deleted. */
	consumeUploads<T>(name: string, take: (entry: UploadEntry, file: UploadedFile) => MaybePromise<T>): Promise<T[]> {
		return consume(this.#core, name, take);
	}
	/** Gives up a file, by `entry.ref`. */
	cancelUpload(name: string, ref: number): void {
		cancel(this.#core, name, ref);
	}
}

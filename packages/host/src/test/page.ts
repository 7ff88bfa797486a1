/**
 * `mount`: a live component on a page, without a browser. The session is a real one, and so is what goes over the wire; what stands in for
 * the browser is `wellhead_live::testing`, which does what this asks it to, by JSON.
 */

import type { Call } from "../abi.ts";

/** What a component is mounted with. */
export interface MountOptions {
	/** The page's address, `/` by itself. */
	readonly url?: string;
	/** The parameters of the route; by itself those that the address has. */
	readonly params?: Readonly<Record<string, string>>;
	/** What the server says of the user: what `liveSession` would have given. */
	readonly session?: Readonly<Record<string, unknown>>;
}

/** A file to send. */
export interface TestFile {
	readonly name: string;
	/** Its media type, `text/plain` by itself. */
	readonly type?: string;
	readonly content: string | Uint8Array;
}

/** What `mount` threw, if that was `redirect` or `error`, and what a page refuses to do. */
export class PageError extends Error {
	override readonly name: string = "PageError";
	/** Of `error(status)`. */
	status?: number;
	/** Where `redirect` leads. */
	location?: string;
}

/** What the other side says to a request. */
type Answer = { readonly ok: unknown } | { readonly redirect: string } | { readonly status: number; readonly message: string } | { readonly error: { readonly message: string } };

/** What is waited for: an element, by its selector; a text anywhere on the page; that no element matches any more. */
export type Awaited = string | { readonly text: string } | { readonly gone: string };

/** Where a page comes from. */
export interface Opened {
	readonly module: string;
	readonly params: Readonly<Record<string, string>>;
	readonly url: string;
	readonly session?: Readonly<Record<string, unknown>>;
}

async function ask(call: Call, question: object, failure: PageError): Promise<unknown> {
	const answer = JSON.parse(await call.mount(JSON.stringify(question))) as Answer;
	if ("ok" in answer) return answer.ok;
	if ("redirect" in answer) {
		failure.location = answer.redirect;
		failure.message = `the page is redirected to ${answer.redirect}`;
	} else if ("status" in answer) {
		failure.status = answer.status;
		failure.message = `${answer.status} ${answer.message}`;
	} else failure.message = answer.error.message;
	throw failure;
}

/**
 * A page in a browser that is none. What is done to it happens in order; `await` waits until all of it is done:
 *
 *     const html = await mount(Counter).click("#more").click("#more").html();
 *
 * Elements are named by CSS selectors that match just one. What cannot be done, such as a click on what handles none, fails the test.
 */
export class TestPage implements PromiseLike<void> {
	readonly #call: Call;
	/** What was asked last. The number of the page is what the first answer has. */
	#last: Promise<unknown>;
	readonly #page: Promise<number>;

	/** @internal */
	constructor(call: Call, opened: Promise<Opened>) {
		this.#call = call;
		const failure = new PageError("");
		this.#page = opened.then(async (open) => ((await ask(call, { open }, failure)) as { page: number }).page);
		this.#last = this.#page;
		this.#last.catch(() => {});
	}

	/** Waits until all that was asked for is done. */
	then<A = void, B = never>(done?: ((value: void) => A | PromiseLike<A>) | null, failed?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<A | B> {
		const last = this.#last.then(() => {});
		this.#last = told(last);
		return last.then(done, failed);
	}

	#ask(what: string, args: readonly unknown[]): Promise<unknown> {
		// Its stack leads to the line of the test.
		const failure = new PageError("");
		const asked = this.#last.then(async () => ask(this.#call, { page: await this.#page, do: what, args }, failure));
		this.#last = asked;
		// What nobody awaits is told when the test is over.
		asked.catch(() => {});
		return asked;
	}
	#do(what: string, ...args: readonly unknown[]): this {
		void this.#ask(what, args);
		return this;
	}
	#read<T>(what: string, ...args: readonly unknown[]): Promise<T> {
		const answer = this.#ask(what, args);
		this.#last = told(answer);
		return answer as Promise<T>;
	}

	click(selector: string): this {
		return this.#do("click", selector);
	}
	/** Enters a text into a field, in place of what is there. */
	type(selector: string, text: string): this {
		return this.#do("type", selector, text);
	}
	/** Gives a field a value and leaves it: `change`. */
	change(selector: string, value: string): this {
		return this.#do("change", selector, value);
	}
	/** Checks a checkbox or a radio button; with `false`, unchecks it. */
	check(selector: string, checked = true): this {
		return this.#do("check", selector, checked);
	}
	/** Chooses an option of a `<select>` by its value; with several, those and no others. */
	select(selector: string, ...values: readonly string[]): this {
		return this.#do("select", selector, values);
	}
	/** Submits a form. */
	submit(selector: string): this {
		return this.#do("submit", selector);
	}
	/** Presses a key, by its name in `KeyboardEvent.key`. */
	keydown(selector: string, key: string): this {
		return this.#do("keydown", selector, key);
	}
	focus(selector: string): this {
		return this.#do("focus", selector);
	}
	blur(selector: string): this {
		return this.#do("blur", selector);
	}
	/** Dispatches any other event; `detail` is that of a `CustomEvent`. */
	event(selector: string, type: string, detail?: unknown): this {
		return this.#do("event", selector, type, detail ?? null);
	}
	/** Chooses a file in an `<input type="file">`, and sends it as the page would. */
	upload(selector: string, { name, type = "text/plain", content }: TestFile): this {
		return this.#do("upload", selector, name, type, base64(content));
	}
	/** Waits for what comes by itself: a load, a timer, a message of another page. Fails after so many milliseconds, 4,000 unless it is said. */
	waitFor(what: Awaited, milliseconds = 4000): this {
		return this.#do("waitFor", what, milliseconds);
	}
	/** Loses the connection. */
	disconnect(): this {
		return this.#do("disconnect");
	}
	/** Comes back to the same session. */
	reconnect(): this {
		return this.#do("reconnect");
	}
	/** Closes the tab. */
	close(): this {
		return this.#do("close");
	}

	/** Calls a handler as a hook does, and gives back what it replies. */
	push(handler: string, payload?: unknown): Promise<unknown> {
		return this.#read("push", handler, payload ?? null);
	}
	/** All that the page shows, as HTML. */
	html(): Promise<string> {
		return this.#read("html");
	}
	/** The text in an element, without white space around it. */
	text(selector: string): Promise<string> {
		return this.#read("text", selector);
	}
	/** The texts in all elements that match. */
	texts(selector: string): Promise<string[]> {
		return this.#read("texts", selector);
	}
	/** An attribute's value; `null` without it. */
	attribute(selector: string, name: string): Promise<string | null> {
		return this.#read("attribute", selector, name);
	}
	/** What a field has: what the user entered, or what the server says. */
	value(selector: string): Promise<string> {
		return this.#read("value", selector);
	}
	/** How many elements match. */
	count(selector: string): Promise<number> {
		return this.#read("count", selector);
	}
	/** The document's title. */
	title(): Promise<string | null> {
		return this.#read("title");
	}
	/** The page's address, which `patch` changes. */
	url(): Promise<string> {
		return this.#read("url");
	}
	/** Where `navigate` or `redirect` has sent the browser; `null` if it is here still. */
	redirected(): Promise<string | null> {
		return this.#read("redirected");
	}
	/** The events that `pushEvent` has sent, in order. */
	pushed(): Promise<readonly { readonly name: string; readonly value: unknown }[]> {
		return this.#read("pushed");
	}
}

/** What goes on after something whose failure the test has been told of. */
const told = (done: Promise<unknown>): Promise<unknown> => done.catch(() => {});

function base64(content: string | Uint8Array): string {
	const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
	let text = "";
	for (const byte of bytes) text += String.fromCharCode(byte);
	return btoa(text);
}

/**
 * The contract between an engine (embedded V8, a Node process) and the host, which is the part of a server bundle that
 * runs application code. Both engines run the same host; only how a `Call` is carried differs.
 *
 * A server bundle's entry module exports `respond`, of type `Respond`. Everything is synchronous where it can be: a page
 * without `load` and without `await` is answered without a promise, and the engine takes that path without a turn of
 * the event loop.
 */

import type { Markup } from "../../client/src/native.ts";

/** The version of this contract; a bundle with another one is refused at start. */
export const ABI_VERSION = 1;

/** What is asked for; numbered as `Target` in `wellhead-render`. */
export const enum Target {
	Page = 0,
	Data = 1,
	Endpoint = 2,
}

/** A place in a document; numbered as `Part` in `wellhead-render`. */
export const enum Part {
	Head = 0,
	Body = 1,
	State = 2,
	Late = 3,
}

/** What a reply's body is; numbered as `Shape` in `wellhead-render`. */
export const enum Shape {
	Raw = 0,
	Page = 1,
	Fallback = 2,
}

/** One request, as the engine hands it to the host. Getters are lazy: what is not read costs nothing. */
export interface Call {
	readonly method: string;
	/** The absolute URL as text. */
	readonly url: string;
	readonly target: Target;
	/**
	 * The routes that match, best first, flat: for each its index, the number of its parameters, then names and values
	 * in turn. Empty where none matches.
	 */
	readonly routes: readonly (number | string)[];
	readonly traceId: string;
	/** The Content-Security-Policy nonce, empty where there is none. */
	readonly nonce: string;
	/** The client's address, empty where unknown. */
	readonly client: string;
	/** A header by its lower-case name, values joined by `, ` (`cookie` by `; `); `null` where absent. */
	header(name: string): string | null;
	/** All headers, flat: name and value in turn, names lower-case. */
	headers(): string[];
	/** The body, `null` where there is none. The same stream at every call. */
	body(): ReadableStream<Uint8Array> | null;
	/** Aborted when the client is gone or the render's time is over. Made when first asked for. */
	readonly signal: AbortSignal;
	/**
	 * Sends status and headers before the reply is there, so that the server can send the shell while a component still
	 * awaits. The reply's own status and headers are ignored then. Called at most once; pages only.
	 */
	early(status: number, headers: readonly string[], route: number): void;
	/** Tells of an error of application code, to be logged with its mapped stack and shown in development. */
	report(error: unknown): void;
	/**
	 * Mounts a live component into the page: a `LiveMount` as JSON, answered by a `LiveMounted`. An error that the answer tells
	 * of is reported already.
	 */
	mount(component: string): Promise<string>;
}

/** A live component that a page wants. */
export interface LiveMount {
	/** Its module: its file, relative to the app. */
	readonly module: string;
	readonly params: Readonly<Record<string, string>>;
	/** The page's address. */
	readonly url: string;
	/** What the component may know of the user; plain data, which goes into the page as a signed token. */
	readonly session?: Readonly<Record<string, unknown>>;
}

/** What became of it. */
export type LiveMounted =
	| {
			/** What the component shows. */
			readonly html: string;
			/** What the component calls the page. */
			readonly title?: string | null;
			readonly token: string;
			readonly digest: string;
			readonly marks: readonly (readonly [node: number, count: number, component: number])[];
			/** The page's own token. */
			readonly page: string;
			/** Where the socket is. */
			readonly socket: string;
	  }
	| { readonly redirect: string }
	| { readonly error: { readonly message: string; readonly status?: number } };

/** What the host answers. */
export interface Reply {
	readonly status: number;
	/** Flat: name and value in turn; a name may come more than once (`set-cookie`). */
	readonly headers: readonly string[];
	readonly shape: Shape;
	/** The index of the route that answered, -1 where none did. */
	readonly route: number;
	/** For pages: HTML for the end of `<head>`. */
	readonly head: string;
	/** HTML of the page, or the body of a raw reply. */
	readonly body: string | Uint8Array | Markup | null;
	/** For pages: the state to hydrate from, safe inside a script element; empty where the page does not hydrate. */
	readonly state: string;
	/**
	 * What comes later. The engine asks for the next chunk when the reader has room, and calls `return` when nobody
	 * reads any more. Chunks of a raw reply are `Part.Body`.
	 */
	readonly rest: AsyncIterator<readonly [Part, string | Uint8Array]> | null;
}

/** The function that a server bundle exports as `respond`. */
export type Respond = (call: Call) => Reply | Promise<Reply>;

/** What an engine gives the host of live components. */
export interface LiveEngine {
	/** Takes news that are not the answer to a command. */
	news(session: number, text: string): void;
	/** Takes errors that no session can be told of. */
	report(error: unknown): void;
	/** The address of the bundle's folder, with a slash at its end. */
	readonly root?: string;
}

/** What a server bundle with live components exports as `live`; docs/design/live.md has commands and news. */
export type Live = (engine: LiveEngine) => { command(session: number, text: string): string | undefined };

/** The public types: what app code imports from `wellhead`. Names follow SvelteKit where it has one. */

import type { HttpError, Redirect } from "./control.ts";

declare global {
	/** An app widens these in its `src/app.d.ts`. */
	namespace App {
		interface Error {
			message: string;
			/** For an unexpected error: by this it is found in the server's log, or the document's request where it happened in the browser. */
			trace?: string;
		}
		interface Locals {}
		interface PageData {}
		interface PageState {}
		interface Platform {}
	}
}

export type ErrorBody = App.Error;
export type MaybePromise<T> = T | Promise<T>;
export type Params = Record<string, string>;
export type Data = Record<string, unknown>;
export type OutputData = Record<string, unknown> | void;

/** What `page` of `$app/state` holds. */
export interface Page<P = Params> {
	url: URL;
	params: P;
	route: { id: string | null };
	status: number;
	error: ErrorBody | null;
	/** `App.PageData` of the app says what is in it. */
	data: App.PageData & Record<string, unknown>;
	/** What an action returned. */
	form: unknown;
	state: App.PageState;
}

export interface CookieOptions {
	domain?: string;
	expires?: Date;
	httpOnly?: boolean;
	maxAge?: number;
	partitioned?: boolean;
	path?: string;
	priority?: "low" | "medium" | "high";
	sameSite?: boolean | "lax" | "strict" | "none";
	secure?: boolean;
	encode?: (value: string) => string;
}

export interface Cookies {
	/** The value, as it is after this request's `set` and `delete`. */
	get(name: string, options?: { decode?: (value: string) => string | undefined }): string | undefined;
	getAll(options?: { decode?: (value: string) => string | undefined }): { name: string; value: string }[];
	/** Sets a cookie: `httpOnly`, `secure` (not on http://localhost) and `sameSite: "lax"` unless said otherwise. */
	set(name: string, value: string, options: CookieOptions & { path: string }): void;
	/** Deletes a cookie; `path` and `domain` must be those that it was set with. */
	delete(name: string, options: CookieOptions & { path: string }): void;
	/** The text of a `set-cookie` header, without setting it. */
	serialize(name: string, value: string, options: CookieOptions & { path: string }): string;
}

/** A request and what belongs to it, as hooks, server loads and endpoints see it. */
export interface RequestEvent<P = Params, Id = string | null> {
	readonly request: Request;
	readonly url: URL;
	readonly params: P;
	readonly route: { readonly id: Id };
	readonly cookies: Cookies;
	locals: App.Locals;
	readonly platform: Readonly<App.Platform> | undefined;
	/** Like the platform's `fetch`, with relative URLs, the user's cookies, and own endpoints called without HTTP. */
	readonly fetch: typeof fetch;
	/** Sets headers of the response; each name once, and not `set-cookie`. */
	readonly setHeaders: (headers: Record<string, string>) => void;
	readonly getClientAddress: () => string;
	readonly isDataRequest: boolean;
	/** Whether the request was made by another one's `event.fetch`. */
	readonly isSubRequest: boolean;
}

export interface LoadEvent<P = Params, D = Data | null, ParentData = Data, Id = string | null> {
	readonly url: URL;
	readonly params: P;
	readonly route: { readonly id: Id };
	/** What the server load of the same page or layout returned. */
	readonly data: D;
	readonly fetch: typeof fetch;
	readonly setHeaders: (headers: Record<string, string>) => void;
	/** The data of the layouts above. */
	readonly parent: () => Promise<ParentData>;
	/** Names what the load depends on, for `invalidate`. */
	readonly depends: (...dependencies: string[]) => void;
	/** Runs `fn` without noting what it reads. */
	readonly untrack: <T>(fn: () => T) => T;
}

export interface ServerLoadEvent<P = Params, ParentData = Data, Id = string | null> extends RequestEvent<P, Id> {
	readonly parent: () => Promise<ParentData>;
	readonly depends: (...dependencies: string[]) => void;
	readonly untrack: <T>(fn: () => T) => T;
}

/** A load of any page or layout; `./$types` has those of a folder: `PageLoad`, `PageServerLoad`, `LayoutLoad`, `LayoutServerLoad`. */
export type Load<Output extends OutputData = OutputData> = (event: LoadEvent) => MaybePromise<Output>;
export type ServerLoad<Output extends OutputData = OutputData> = (event: ServerLoadEvent) => MaybePromise<Output>;
/** An endpoint's function of any route; `./$types` has that of a folder. */
export type RequestHandler = (event: RequestEvent) => MaybePromise<Response>;

export interface ResolveOptions {
	/**
	 * Not supported, and an error: the server streams the shell before a page is rendered. For the page's language set the
	 * header `content-language`, and write `%wellhead.lang%` into `src/app.html`.
	 */
	transformPageChunk?: (input: { html: string; done: boolean }) => MaybePromise<string | undefined>;
	/** Which headers of a universal load's `fetch` go to the browser with the body. */
	filterSerializedResponseHeaders?: (name: string, value: string) => boolean;
	/** Accepted; the build decides what is preloaded. */
	preload?: (input: { type: "font" | "css" | "js" | "asset"; path: string }) => boolean;
}

export type Handle = (input: {
	event: RequestEvent;
	resolve: (event: RequestEvent, options?: ResolveOptions) => MaybePromise<Response>;
}) => MaybePromise<Response>;
export type HandleServerError = (input: {
	error: unknown;
	event: RequestEvent;
	status: number;
	message: string;
	/** The request's trace id, under which the server has logged the error. */
	trace: string;
}) => MaybePromise<void | ErrorBody>;
export type HandleClientError = (input: {
	error: unknown;
	event: NavigationEvent;
	status: number;
	message: string;
	/** The document's trace id, by which its request is found in the server's log; empty where the browser does not know it. */
	trace: string;
}) => MaybePromise<void | ErrorBody>;
export type HandleFetch = (input: {
	event: RequestEvent;
	request: Request;
	fetch: typeof fetch;
}) => MaybePromise<Response>;
export type ServerInit = () => MaybePromise<void>;
export type ClientInit = () => MaybePromise<void>;
export type Reroute = (event: { url: URL; fetch: typeof fetch }) => MaybePromise<void | string>;
/**
 * `liveSession` of src/hooks.server.ts: what live components may know of who asked for their page, as `session` in `mount`. It is plain
 * data, goes into the page signed but readable, and is the same when a component is mounted again on another server.
 */
export type LiveSession = (event: RequestEvent) => MaybePromise<Record<string, unknown> | void>;

/** How one type of the app's own crosses to the browser: `encode` gives a falsy value for what is not of the type. */
export interface Transporter<T = unknown, U = unknown> {
	encode(value: unknown): false | U;
	decode(data: U): T;
}
export type Transport = Record<string, Transporter>;
export type ParamMatcher = (value: string) => boolean;

export interface NavigationEvent {
	readonly params: Params;
	readonly route: { readonly id: string | null };
	readonly url: URL;
}
export interface NavigationTarget {
	params: Params | null;
	route: { id: string | null };
	url: URL;
	scroll: { x: number; y: number } | null;
}
export type NavigationType = "enter" | "form" | "leave" | "link" | "goto" | "popstate";
export interface Navigation {
	from: NavigationTarget | null;
	to: NavigationTarget | null;
	type: NavigationType;
	willUnload: boolean;
	/** For `popstate`: how far in the history. */
	delta?: number;
	event?: Event;
	/** Settles when the navigation is over; rejects when it was cancelled or failed. */
	complete: Promise<void>;
}
export interface BeforeNavigate extends Navigation {
	cancel: () => void;
}
export type OnNavigate = Navigation;
export type AfterNavigate = Omit<Navigation, "willUnload"> & { willUnload: false };

/** What `preloadData` of `$app/navigation` found. */
export type Preloaded =
	| { type: "loaded"; status: number; data: Record<string, unknown> }
	| { type: "redirect"; location: string };

export interface GotoOptions {
	replaceState?: boolean;
	noScroll?: boolean;
	keepFocus?: boolean;
	invalidateAll?: boolean;
	invalidate?: (string | URL | ((url: URL) => boolean))[];
	state?: App.PageState;
}

export type { HttpError, Redirect };

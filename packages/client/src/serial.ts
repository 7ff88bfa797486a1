/**
 * How values cross from the server to the browser: `devalue`, with the app's own types and with promises as numbered
 * placeholders whose values follow later.
 */

import { parse, stringify, unflatten } from "devalue";
import type { Transport } from "./types.ts";

export type Encode = (value: unknown) => string;

/** Makes a function that writes values as JSON text that is safe inside a script element. */
export function encoder(transport: Transport, promise?: (value: PromiseLike<unknown>) => unknown): Encode {
	const reducers: Record<string, (value: unknown) => unknown> = {}
	for (const name in transport) reducers[name] = transport[name]!.encode;
	if (promise) reducers["Promise"] = (value) => isPromise(value) && promise(value);
	return (value) => stringify(value, reducers);
}

/** Makes functions that read what `encoder` wrote, as text or as JSON that is parsed already. */
export function decoder(transport: Transport, promise: (id: number) => Promise<unknown>): Decoder {
	const revivers: Record<string, (value: unknown) => unknown> = { Promise: (id) => promise(id as number) };
	for (const name in transport) revivers[name] = transport[name]!.decode;
	return {
		text: (value) => parse(value, revivers),
		json: (value) => unflatten(value as number | unknown[], revivers),
	};
}

export interface Decoder {
	text(value: string): unknown;
	json(value: unknown): unknown;
}

export function isPromise(value: unknown): value is PromiseLike<unknown> {
	return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

/** What a load of the server depended on, as it is sent. */
export interface SentUses {
	params: string[];
	url: boolean;
	search: string[];
	route: boolean;
	parent: boolean;
	dependencies: string[];
}

/** A layout's or page's data of the server. */
export interface SentNode {
	data: Record<string, unknown> | null;
	uses: SentUses;
}

/** A response that a universal load fetched on the server, so that the browser does not ask again. */
export interface SentFetch {
	key: string;
	status: number;
	statusText: string;
	headers: [string, string][];
	body: string;
	/** Whether the body is Base64. */
	binary: boolean;
}

/** What the state element of a page holds. */
export interface State {
	status: number;
	error: App.Error | null;
	/** The route's number, -1 where none matched. */
	route: number;
	params: Record<string, string>;
	nodes: (SentNode | null)[];
	form: unknown;
	/** For an error page: its node, below the layouts of `nodes`. */
	boundary?: number;
	fetched?: SentFetch[];
	/** Whether the body is empty, so that the browser renders instead of hydrating. */
	blank?: true;
	/** The variables of `$env/dynamic/public`, where there are any. */
	env?: Readonly<Record<string, string>>;
}

/** The key of a fetched response: what must be the same for the browser to use it. */
export function fetchKey(method: string, url: string, origin: string, body: unknown): string | null {
	const path = url.startsWith(origin) ? url.slice(origin.length) : url;
	if (body === undefined || body === null) return `${method} ${path}`;
	return typeof body === "string" ? `${method} ${path} ${body}` : null;
}

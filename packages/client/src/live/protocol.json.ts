/** The messages of live pages as JSON, for development: the subprotocol that people can read. Same interface as `protocol.ts`. */

import { type Down, type Up, subprotocol as binary } from "./protocol.ts";

/** The name of the WebSocket's subprotocol. */
export const subprotocol = `${binary}.json`;

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Reads what a server sends. */
export const createDecoder =
	() =>
	(message: string): Down =>
		JSON.parse(message) as Down;

/** Writes what a client sends. */
export const createEncoder =
	() =>
	(message: Up): string =>
		JSON.stringify(message, (_key, value: unknown) => (value instanceof Uint8Array ? hex(value) : value));

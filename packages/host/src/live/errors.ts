/** What can go wrong in a live component: errors with codes, and how they are told to the session. */

import { HttpError } from "../../../client/src/control.ts";

/** The codes of errors, which are stable. */
export type LiveErrorCode =
	| "bad_command"
	| "bad_module"
	| "bad_template"
	| "bad_value"
	| "bad_arguments"
	| "unknown_component"
	| "unknown_handler"
	| "handler_refused"
	| "handler_not_rendered"
	| "handler_failed"
	| "render_failed"
	| "mount_failed"
	| "params_failed"
	| "info_failed"
	| "hook_failed"
	| "http_error"
	| "stream_lost"
	| "restore_failed"
	| "misuse"
	| "limit";

/** An error of the framework's own, with a code and, where there is one, a hint. */
export class LiveError extends Error {
	readonly code: LiveErrorCode;
	readonly hint: string | undefined;
	constructor(code: LiveErrorCode, message: string, hint?: string) {
		super(hint === undefined ? message : `${message}; hint: ${hint}`);
		this.name = "LiveError";
		this.code = code;
		this.hint = hint;
	}
}

/** A place in the app's code, as the engine numbers lines; source maps are applied by whoever shows it. */
export interface Frame {
	readonly function: string;
	readonly file: string;
	readonly line: number;
	readonly column: number;
}

/** An error as news has it. */
export interface ToldError {
	readonly code: LiveErrorCode;
	readonly message: string;
	/** The name of the error's class. */
	readonly name: string;
	readonly frames?: readonly Frame[];
	/** Of an expected error, made by `error(404, …)`. */
	readonly status?: number;
}

/** An error as it is told. What is not the framework's own has the code of what was being done. */
export function told(error: unknown, doing: LiveErrorCode): ToldError {
	if (error instanceof LiveError) return { code: error.code, message: error.message, name: error.name, ...framesOf(error) };
	if (error instanceof HttpError) return { code: "http_error", message: error.body.message, name: "HttpError", status: error.status };
	if (error instanceof Error) return { code: doing, message: error.message, name: error.name, ...framesOf(error) };
	return { code: doing, message: textOf(error), name: typeof error };
}

/** How many frames are told. */
const FRAMES = 30;

/** The bundle's folder, which files are named relative to: as an address, and as the path by which Node names what source maps name. */
let roots: readonly string[] = [];

/** Files are named relative to this folder from now on. */
export function nameFilesFrom(folder: string): void {
	roots = [folder, decodeURI(new URL(folder).pathname)];
}

/** A file as the app's developers know it; `undefined` for those of the engine and of this runtime. */
function ofApp(file: string): string | undefined {
	const root = roots.find((root) => file.startsWith(root));
	const named = root === undefined ? file : decodeURI(file.slice(root.length));
	return /^(ext:|node:|wellhead\/|\[eval)/.test(named) ? undefined : named;
}

function framesOf({ stack }: Error): { frames?: readonly Frame[] } {
	if (typeof stack !== "string") return {};
	const frames: Frame[] = [];
	for (const [, called, inside, bare] of stack.matchAll(/^ +at (?:(.*?) \((.*)\)|(.*))$/gm)) {
		const found = /^(.*):(\d+):(\d+)$/.exec(inside ?? bare ?? "");
		const file = found && ofApp(found[1]!);
		if (file) frames.push({ function: (called ?? "").replace(/^async /, ""), file, line: Number(found[2]), column: Number(found[3]) });
		if (frames.length === FRAMES) break;
	}
	return { frames };
}

/** What was thrown and is no error: it may refuse to become text. */
function textOf(thrown: unknown): string {
	try {
		return String(thrown);
	} catch {
		return "something that cannot be written as text";
	}
}

/** The name that is most like one that does not exist, if any is at all. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
	let best: string | undefined;
	let least = Math.max(2, Math.floor(name.length / 3)) + 1;
	for (const other of names) {
		const found = distance(name.toLowerCase(), other.toLowerCase(), least);
		if (found < least) [best, least] = [other, found];
	}
	return best;
}

/** How many letters must change to get from one word to the other (Levenshtein); at least `most` if it is more. */
function distance(from: string, to: string, most: number): number {
	if (Math.abs(from.length - to.length) >= most || from.length > 100 || to.length > 100) return most;
	let row = Array.from({ length: to.length + 1 }, (_, i) => i);
	for (let i = 1; i <= from.length; i++) {
		const next = [i];
		for (let j = 1; j <= to.length; j++) {
			const changed = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
			next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
		}
		row = next;
	}
	return row[to.length]!;
}

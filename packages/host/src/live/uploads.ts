/** Uploads: which files a component takes, how far they are, and what becomes of them. */

import type { UploadCommand } from "./commands.ts";
import type { Core } from "./core.ts";
import { quoted } from "./definition.ts";
import { LiveError } from "./errors.ts";
import { within } from "./limits.ts";

export interface UploadOptions {
	/** Extensions and media types, as of `<input accept>`: `".jpg,.png"`, `["image/*"]`. Everything without it. */
	readonly accept?: string | readonly string[];
	/** How many files at once; 1 without it. */
	readonly maxEntries?: number;
	/** The size of one file, in bytes; 8,000,000 without it. */
	readonly maxSize?: number;
	/** Whether files are sent as soon as they are chosen, not with the form's submit. */
	readonly auto?: boolean;
}

/** The options with nothing left out. */
export interface UploadLimits {
	readonly accept: readonly string[];
	readonly maxEntries: number;
	readonly maxSize: number;
	readonly auto: boolean;
}

/** Why a file is not taken. */
export type UploadError = "too_large" | "too_many" | "not_accepted" | (string & {});

/** A file that the user chose. Name, size and type are the client's word. */
export interface UploadEntry {
	/** Its number, for `cancelUpload`. */
	readonly ref: number;
	readonly name: string;
	/** In bytes. */
	readonly size: number;
	/** The media type. */
	readonly type: string;
	/** How much of it has arrived, in per cent. */
	readonly progress: number;
	/** Whether all of it has. */
	readonly done: boolean;
	readonly errors: readonly UploadError[];
}

/** `this.uploads.avatar`. */
export interface Upload extends UploadLimits {
	readonly name: string;
	readonly entries: readonly UploadEntry[];
	/** Whether any file has errors. */
	readonly invalid: boolean;
}

/** A file that has arrived. It is deleted after it was consumed. */
export interface UploadedFile {
	/** Where it is until then. */
	readonly path: string;
	/** Its bytes. */
	stream(): ReadableStream<Uint8Array>;
}

interface Entry {
	ref: number;
	name: string;
	size: number;
	type: string;
	progress: number;
	done: boolean;
	errors: UploadError[];
	path?: string;
	/** While it is consumed. */
	busy?: boolean;
}

/** An upload of a component. */
export class UploadOf implements Upload {
	readonly name: string;
	limits: UploadLimits;
	entries: Entry[] = [];
	constructor(name: string, limits: UploadLimits) {
		this.name = name;
		this.limits = limits;
	}
	get accept(): readonly string[] {
		return this.limits.accept;
	}
	get maxEntries(): number {
		return this.limits.maxEntries;
	}
	get maxSize(): number {
		return this.limits.maxSize;
	}
	get auto(): boolean {
		return this.limits.auto;
	}
	get invalid(): boolean {
		return this.entries.some(({ errors }) => errors.length > 0);
	}
}

export function allow(core: Core, name: string, options: UploadOptions): void {
	if (core.ended) return;
	if (!/^[\w-]{1,100}$/.test(name)) throw new LiveError("misuse", `the upload ${JSON.stringify(name)} must be named with letters, digits, _ and -`);
	const { accept = [], maxEntries = 1, maxSize = 8_000_000, auto = false } = options;
	if (!Number.isInteger(maxEntries) || maxEntries < 1) throw new LiveError("misuse", `maxEntries of the upload ${name} must be a whole number from 1`);
	if (!(maxSize >= 1)) throw new LiveError("misuse", `maxSize of the upload ${name} must be at least 1 byte`);
	const list = (typeof accept === "string" ? accept.split(",") : accept).map((item) => item.trim().toLowerCase()).filter((item) => item !== "");
	const wrong = list.find((item) => !/^(?:\.[\w.+-]+|[\w.+-]+\/(?:\*|[\w.+-]+))$/.test(item));
	if (wrong !== undefined) throw new LiveError("misuse", `accept of the upload ${name}: ${JSON.stringify(wrong)} is no extension and no media type`, 'write ".jpg" or "image/*"');
	const limits: UploadLimits = { accept: list, maxEntries, maxSize, auto };
	const uploads = (core.more.uploads ??= Object.create(null) as Record<string, UploadOf>);
	const known = uploads[name];
	if (known) known.limits = limits;
	else uploads[name] = new UploadOf(name, limits);
	core.session.effect(core, "upload", { upload: name, ...limits });
	core.touch();
}

/** What the session tells of a file. */
export function note(core: Core, command: UploadCommand): void {
	const upload = core.rare?.uploads?.[command.upload];
	if (!upload) throw new LiveError("bad_arguments", `${core.definition.name} takes no upload ${quoted(command.upload)}`);
	const at = upload.entries.findIndex(({ ref }) => ref === command.entry);
	const entry = upload.entries[at];
	if (command.start) {
		if (!entry) begin(core, upload, command.entry, command.start);
	} else if (!entry) return;
	else if (command.cancelled) remove(core, upload, entry);
	else if (command.error !== undefined) entry.errors.push(command.error);
	else if (command.path !== undefined) Object.assign(entry, { path: command.path, progress: 100, done: true });
	else if (command.progress !== undefined && !entry.done) entry.progress = entry.size > 0 ? Math.min(100, Math.floor((100 * command.progress) / entry.size)) : 0;
	core.touch();
}

function begin(core: Core, upload: UploadOf, ref: number, { name, size, type }: NonNullable<UploadCommand["start"]>): void {
	const { session } = core;
	within(session.host.limits, "uploads", session.uploads + 1, "files of the session that are not consumed", "consume files with this.consumeUploads when the form is submitted");
	const errors: UploadError[] = [];
	if (size > upload.maxSize) errors.push("too_large");
	if (upload.entries.filter(({ errors }) => errors.length === 0).length >= upload.maxEntries) errors.push("too_many");
	if (!accepts(upload.accept, name, type)) errors.push("not_accepted");
	upload.entries.push({ ref, name, size, type, progress: 0, done: false, errors });
	session.uploads++;
	if (errors.length > 0) session.effect(core, "uploadCancel", { upload: upload.name, entry: ref });
}

function accepts(accept: readonly string[], name: string, type: string): boolean {
	const [lower, media] = [name.toLowerCase(), type.toLowerCase()];
	return accept.length === 0 || accept.some((item) => (item.startsWith(".") ? lower.endsWith(item) : item.endsWith("/*") ? media.startsWith(item.slice(0, -1)) : media === item));
}

function remove(core: Core, upload: UploadOf, entry: Entry): void {
	const at = upload.entries.indexOf(entry);
	if (at < 0) return;
	upload.entries.splice(at, 1);
	core.session.uploads--;
}

export function cancel(core: Core, name: string, ref: number): void {
	const upload = core.rare?.uploads?.[name];
	const entry = upload?.entries.find((entry) => entry.ref === ref);
	if (!upload || !entry) return;
	remove(core, upload, entry);
	core.session.effect(core, "uploadCancel", { upload: name, entry: ref });
	core.touch();
}

/** Gives each file that has arrived to `take`, one after the other. Those for which it throws stay. */
export async function consume<T>(core: Core, name: string, take: (entry: UploadEntry, file: UploadedFile) => T | Promise<T>): Promise<T[]> {
	const upload = core.rare?.uploads?.[name];
	if (!upload) throw new LiveError("misuse", `${core.definition.name} takes no upload ${name}`, `this.allowUpload("${name}", …) in mount`);
	const { open } = core.session.host.options;
	const taken: T[] = [];
	for (const entry of [...upload.entries]) {
		const { path, busy } = entry;
		if (path === undefined || busy || entry.errors.length > 0) continue;
		entry.busy = true;
		const stream = (): ReadableStream<Uint8Array> => {
			if (!open) throw new LiveError("misuse", "this engine cannot read files", "use file.path");
			return open(path);
		};
		try {
			taken.push(await take(entry, { path, stream }));
		} finally {
			entry.busy = false;
		}
		if (core.ended) continue;
		remove(core, upload, entry);
		core.session.effect(core, "uploadConsumed", { upload: name, entry: entry.ref });
		core.touch();
	}
	return taken;
}

/** Asks the server for the data of a page: `__data.json`. */

import { HttpError } from "../control.ts";
import { decoder, type SentUses } from "../serial.ts";
import type { Data, ErrorBody, Transport } from "../types.ts";
import { Inbox } from "./late.ts";

/** What the server has for one node. */
export type ServerNode =
	| null
	| { skip: true }
	| { data: Data | null; uses: SentUses }
	| { error: ErrorBody; status: number };

export type ServerData = { redirect: string } | { nodes: ServerNode[] };

export interface DataRequest {
	readonly url: URL;
	/** Which nodes are asked for. */
	readonly mask: readonly boolean[];
	readonly signal: AbortSignal;
	readonly transport: Transport;
	/** Told of the version that answered. */
	readonly version: (version: string) => void;
	/** Told of the trace id of an answer with an error. */
	readonly failed: (trace: string) => void;
}

/** Thrown where there is no answer, or none that makes sense: the browser should ask for the page itself. */
export class Unreachable extends Error {}

/** The path of a page's data. */
export function dataUrl(page: URL, mask: readonly boolean[]): URL {
	const url = new URL(page);
	const slash = url.pathname.length > 1 && url.pathname.endsWith("/");
	url.pathname = `${url.pathname.replace(/\/$/, "")}/__data.json`;
	url.hash = "";
	url.searchParams.append("x-wellhead-invalidated", mask.map((asked) => (asked ? "1" : "0")).join(""));
	if (slash) url.searchParams.append("x-wellhead-slash", "1");
	return url;
}

export async function requestData(request: DataRequest): Promise<ServerData> {
	let lines: AsyncIterator<string>;
	let first: IteratorResult<string>;
	let trace: string;
	try {
		const response = await fetch(dataUrl(request.url, request.mask), { signal: request.signal });
		const version = response.headers.get("x-wellhead-version");
		if (version !== null) request.version(version);
		trace = response.headers.get("x-trace-id") ?? "";
		if (!response.headers.get("content-type")?.includes("json") || !response.body) throw new Unreachable();
		lines = linesOf(response.body);
		first = await lines.next();
	} catch (error) {
		if (request.signal.aborted) throw error;
		throw new Unreachable("the server did not answer with data", { cause: error });
	}
	const head = first.done ? null : (JSON.parse(first.value) as Head);
	if (head?.type === "error" || (head?.type === "data" && head.nodes.some((node) => node && "error" in node))) request.failed(trace);
	if (head?.type === "redirect") return { redirect: head.location };
	if (head?.type === "error") throw new HttpError(head.status, head.error);
	if (head?.type !== "data") throw new Unreachable("the server did not answer with data");
	const inbox = new Inbox();
	const decode = decoder(request.transport, inbox.promise);
	const nodes = head.nodes.map((node) => (node && "uses" in node ? { ...node, data: decode.json(node.data) as Data | null } : node));
	void readLate(lines, inbox, decode.json);
	return { nodes };
}

type Head =
	| { type: "data"; nodes: ServerNode[] }
	| { type: "redirect"; location: string }
	| { type: "error"; status: number; error: ErrorBody };

async function readLate(lines: AsyncIterator<string>, inbox: Inbox, decode: (value: unknown) => unknown): Promise<void> {
	try {
		for (let line = await lines.next(); !line.done; line = await lines.next()) {
			const late = JSON.parse(line.value) as { id: number; value?: unknown; error?: unknown };
			if ("error" in late) inbox.settle({ id: late.id, error: decode(late.error) });
			else inbox.settle({ id: late.id, value: decode(late.value) });
		}
	} catch {
		// The connection is gone, which `end` tells whoever still waits.
	}
	inbox.end();
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
	const reader = body.getReader();
	const utf8 = new TextDecoder();
	let text = "";
	for (;;) {
		const { done, value } = await reader.read();
		text += value ? utf8.decode(value, { stream: true }) : "";
		const parts = text.split("\n");
		text = done ? "" : parts.pop()!;
		for (const part of parts) if (part) yield part;
		if (done) return undefined;
	}
}

/** Replies under construction, and the way between them and `Response` objects. */

import { bytesOf } from "../../client/src/native.ts";
import { textOf } from "../../client/src/response.ts";
import { Part, Shape, type Reply } from "./abi.ts";

/** A reply whose head may be known before its body. */
export interface Draft extends Reply {
	headers: string[];
	/** The whole reply, where a component still awaits. It never rejects. */
	readonly later: Promise<Draft> | null;
}

export function raw(status: number, headers: string[], body: string | Uint8Array | null, route = -1): Draft {
	return { status, headers, shape: Shape.Raw, route, head: "", body, state: "", rest: null, later: null };
}

/** The error page of last resort, which the server writes. Its body is the message that may be shown. */
export function fallback(status: number, message: string, headers: string[] = [], route = -1): Draft {
	return { status, headers, shape: Shape.Fallback, route, head: "", body: message, state: "", rest: null, later: null };
}

export function redirectTo(status: number, location: string, headers: string[], route: number): Draft {
	// A header holds ASCII only; what the app escaped already stays as it is.
	const ascii = location.replace(/[^\x21-\x7e]+/gu, encodeURI);
	return raw(status, ["location", ascii, ...headers], null, route);
}

/** The headers of a `Response`, flat. */
export function flat(headers: Headers): string[] {
	const list: string[] = [];
	headers.forEach((value, name) => {
		if (name !== "set-cookie") list.push(name, value);
	});
	for (const cookie of headers.getSetCookie()) list.push("set-cookie", cookie);
	return list;
}

/** A `Response` as a draft; its body is read as the engine asks for it. */
export function ofResponse(response: Response, route: number): Draft {
	const text = textOf(response);
	if (text !== undefined) return raw(response.status, flat(response.headers), text, route);
	const rest = response.body && chunks(response.body);
	return { ...raw(response.status, flat(response.headers), null, route), rest };
}

function chunks(body: ReadableStream<Uint8Array>): Reply["rest"] {
	const reader = body.getReader();
	return {
		async next() {
			const { done, value } = await reader.read();
			if (done) return { done, value: undefined };
			if (!(value instanceof Uint8Array))
				throw new TypeError("the body of a Response must be a stream of Uint8Array; encode text with TextEncoderStream");
			return { done: false, value: [Part.Body, value] as const };
		},
		async return() {
			await reader.cancel();
			return { done: true, value: undefined };
		},
	};
}

const drafts = new WeakMap<object, Draft>();
const NULL_BODY = new Set([101, 204, 205, 304]);

/**
 * A draft as a `Response`, for `handle` and for `event.fetch`. The draft of a page is found again by the response or by its
 * body, so a page keeps its shape through `handle`, whether it is returned as it is or wrapped in another `Response`.
 */
export function toResponse(draft: Draft): Response {
	const headers = new Headers();
	for (let i = 0; i < draft.headers.length; i += 2) headers.append(draft.headers[i]!, draft.headers[i + 1]!);
	if (draft.shape === Shape.Raw) {
		if (NULL_BODY.has(draft.status)) return new Response(null, { status: draft.status, headers });
		const body = draft.rest ? stream(draft) : (draft.body as BodyInit | null);
		const response = new Response(body, { status: draft.status, headers });
		// A text body without a type would get one here; what the endpoint said stays as it is.
		if (!draft.headers.includes("content-type")) response.headers.delete("content-type");
		drafts.set(response, draft);
		return response;
	}
	headers.set("content-type", "text/html; charset=utf-8");
	const response = new Response(stream(draft), { status: draft.status, headers });
	drafts.set(response, draft);
	if (response.body) drafts.set(response.body, draft);
	return response;
}

/** What `handle` returned, as a draft. */
export function fromHandle(response: Response, route: number): Draft {
	if (!(response instanceof Response))
		throw new TypeError("handle (src/hooks.server) must return a Response: return await resolve(event)");
	const draft = drafts.get(response) ?? (response.body && drafts.get(response.body));
	if (!draft || response.bodyUsed) return ofResponse(response, route);
	const headers = flat(response.headers);
	if (draft.shape !== Shape.Raw) drop(headers, "content-type", "text/html; charset=utf-8");
	return { ...draft, status: response.status, headers };
}

/** Leaves out a header that has just this value: the server sets it anyway. */
function drop(headers: string[], name: string, value: string): void {
	for (let i = 0; i < headers.length; i += 2)
		if (headers[i] === name && headers[i + 1] === value) headers.splice(i, 2);
}

/** The body of a draft as a stream that does nothing until it is read. Of a page it has what is inside the shell. */
function stream(draft: Draft): ReadableStream<Uint8Array> {
	let started = false;
	return new ReadableStream<Uint8Array>(
		{
			async pull(controller) {
				if (!started) {
					started = true;
					const whole = draft.later ? await draft.later : draft;
					const bytes = whole.body && bytesOf(whole.body);
					if (bytes && bytes.length > 0) return controller.enqueue(bytes);
				}
				// Late data belongs to the page's script, not to its text.
				const next = draft.shape === Shape.Raw && draft.rest ? await draft.rest.next() : null;
				if (!next || next.done) controller.close();
				else controller.enqueue(bytesOf(next.value[1]));
			},
			async cancel() {
				await draft.rest?.return?.();
			},
		},
		{ highWaterMark: 0 },
	);
}

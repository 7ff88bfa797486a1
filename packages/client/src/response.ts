/** Responses of text that the server host can send without reading them as a stream. */

const texts = new WeakMap<Response, string>();

/** The text that a response of `json` or `text` was made of, as long as nobody read it. */
export function textOf(response: Response): string | undefined {
	return response.bodyUsed ? undefined : texts.get(response);
}

/**
 * A response of JSON.
 *
 * @example export const GET = () => json({ ok: true });
 */
export function json(data: unknown, init?: ResponseInit): Response {
	return make(JSON.stringify(data), "application/json", init);
}

/** A response of plain text. */
export function text(body: string, init?: ResponseInit): Response {
	return make(body, "text/plain; charset=utf-8", init);
}

function make(body: string, type: string, init: ResponseInit | undefined): Response {
	const headers = new Headers(init?.headers);
	if (!headers.has("content-type")) headers.set("content-type", type);
	const response = new Response(body, { ...init, headers });
	texts.set(response, body);
	return response;
}

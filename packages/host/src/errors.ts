/** What the outside gets to see of an error. */

import { HttpError, StatusError } from "../../client/src/control.ts";
import type { ErrorBody } from "../../client/src/types.ts";
import type { Event } from "./event.ts";
import { attempt, Failed, then, type Maybe } from "./maybe.ts";

export function statusOf(error: unknown): number {
	return error instanceof HttpError || error instanceof StatusError ? error.status : 500;
}

/** An error that the engine knows already. */
export class Reported extends Error {}

/** A path for which there is no route. */
export function notFound(event: Event): StatusError {
	return new StatusError(404, "Not Found", `Not found: ${event.url.pathname}`);
}

/**
 * The body that may be shown for an error: an expected error's own, otherwise what `handleError` makes of it. Unexpected
 * errors are reported to the engine; nothing of them gets out by default.
 */
export function explain(error: unknown, event: Event): Maybe<ErrorBody> {
	if (error instanceof HttpError) return error.body;
	const status = statusOf(error);
	const expected = error instanceof StatusError;
	const message = expected ? error.text : "Internal Error";
	const trace = event.call.traceId;
	// Whoever sees the page can name the trace, by which the error is found in the log.
	const plain: ErrorBody = expected || trace === "" ? { message } : { message, trace };
	if (!expected && !(error instanceof Reported)) event.call.report(error);
	const hook = event.host.handleError;
	if (!hook) return plain;
	return then(
		attempt(() => hook({ error, event, status, message, trace })),
		(body) => {
			if (body instanceof Failed) event.call.report(body.error);
			return body instanceof Failed || !body ? plain : body;
		},
	);
}

/** Endpoints: `+server` modules. */

import { Redirect } from "../../client/src/control.ts";
import { Target } from "./abi.ts";
import { explain, statusOf } from "./errors.ts";
import type { Event } from "./event.ts";
import { attempt, Failed, then, type Maybe } from "./maybe.ts";
import { fallback, ofResponse, raw, redirectTo, type Draft } from "./reply.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"];

/** Answers a request for an endpoint. */
export function endpoint(event: Event): Maybe<Draft> {
	return then(
		attempt(() => event.host.endpoint(event.number)),
		(module) => (module instanceof Failed ? endpointError(event, module.error) : run(event, module)),
	);
}

function run(event: Event, module: Record<string, unknown>): Maybe<Draft> {
	const { method } = event.call;
	const handler = module[method] ?? (method === "HEAD" ? module["GET"] : undefined) ?? module["fallback"];
	if (handler === undefined) return notAllowed(event, module);
	return then(
		attempt(() => {
			if (typeof handler !== "function") throw new TypeError(`${method} of the endpoint "${event.route.id}" must be a function`);
			return handler(event) as Response;
		}),
		(response) => {
			if (response instanceof Failed) return endpointError(event, response.error);
			if (!(response instanceof Response)) {
				const message = `${method} of the endpoint "${event.route.id}" must return a Response: new Response(…) or json(…)`;
				return endpointError(event, new TypeError(message));
			}
			const draft = ofResponse(response, event.number);
			if (method === "HEAD" && draft.rest) {
				void draft.rest.return?.();
				return { ...draft, rest: null, headers: event.flush(draft.headers) };
			}
			return { ...draft, headers: event.flush(draft.headers) };
		},
	);
}

function notAllowed(event: Event, module: Record<string, unknown>): Draft {
	const allowed = METHODS.filter((name) => name in module || (name === "HEAD" && "GET" in module));
	const headers = ["allow", allowed.join(", "), "content-type", "text/plain; charset=utf-8"];
	return raw(405, headers, `${event.call.method} is not allowed here`, event.number);
}

/** An error outside of a page: JSON for programs, the server's own error page for people. */
export function endpointError(event: Event, error: unknown): Maybe<Draft> {
	if (error instanceof Redirect) return redirectTo(error.status, error.location, event.flush([]), event.number);
	const status = statusOf(error);
	return then(explain(error, event), (body) => {
		const accept = event.call.header("accept") ?? "*/*";
		if (event.call.target === Target.Page || accept.includes("text/html")) return fallback(status, body.message, event.flush([]), event.number);
		return raw(status, event.flush(["content-type", "application/json"]), JSON.stringify(body), event.number);
	});
}

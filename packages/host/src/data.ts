/** `__data.json`: what a client that navigates asks for. Lines of JSON; the first has the data, the others what is late. */

import { Redirect } from "../../client/src/control.ts";
import type { SentNode } from "../../client/src/serial.ts";
import { Part } from "./abi.ts";
import { explain, statusOf } from "./errors.ts";
import type { Event } from "./event.ts";
import type { Plan } from "./host.ts";
import { Outbox } from "./late.ts";
import { Loads } from "./load.ts";
import { attempt, Failed, then, type Maybe } from "./maybe.ts";
import { raw, type Draft } from "./reply.ts";

/** Answers a data request for a page. */
export function data(event: Event, plan: Plan): Maybe<Draft> {
	return then(
		attempt(() => event.host.modules(plan)),
		(modules) => {
			if (modules instanceof Failed) return dataError(event, modules.error);
			const mask = new URL(event.call.url).searchParams.get("x-wellhead-invalidated");
			const asked = (i: number) => mask === null || mask[i] === "1";
			const loads = new Loads(event, modules);
			const ends = modules.map((_, i) => (asked(i) ? loads.server(i) : null));
			const waiting = ends.some((end) => end instanceof Promise);
			return then(waiting ? Promise.all(ends) : (ends as Awaited<(typeof ends)[number]>[]), (ends) => write(event, ends, asked));
		},
	);
}

function write(event: Event, ends: (SentNode | null | Failed)[], asked: (i: number) => boolean): Maybe<Draft> {
	const outbox = new Outbox(event, (encode, id, key, value) => `{"type":"late","id":${id},"${key}":${encode(value, "")}}\n`);
	const nodes: string[] = [];
	for (const [i, end] of ends.entries()) {
		if (end instanceof Failed) return failedNode(event, end.error, nodes, outbox);
		if (!asked(i)) nodes.push('{"skip":true}');
		else if (end === null) nodes.push("null");
		else {
			try {
				const text = outbox.encode(end.data, (path) => ({ node: i, name: `data${path}` }));
				nodes.push(`{"data":${text},"uses":${JSON.stringify(end.uses)}}`);
			} catch (error) {
				return failedNode(event, error, nodes, outbox);
			}
		}
	}
	return lines(event, nodes, outbox);
}

/** A load failed: the nodes above it are well, and the browser shows the error page that is nearest. */
function failedNode(event: Event, error: unknown, nodes: string[], outbox: Outbox): Maybe<Draft> {
	if (error instanceof Redirect) return dataRedirect(event, error);
	return then(explain(error, event), (body) => {
		nodes.push(`{"error":${JSON.stringify(body)},"status":${statusOf(error)}}`);
		return lines(event, nodes, outbox);
	});
}

function lines(event: Event, nodes: string[], outbox: Outbox): Draft {
	const first = `{"type":"data","nodes":[${nodes.join(",")}]}\n`;
	return { ...reply(event, 200, first), rest: outbox.rest(Part.Body) };
}

export function dataRedirect(event: Event, { location }: Redirect): Draft {
	return reply(event, 200, `${JSON.stringify({ type: "redirect", location })}\n`);
}

/** An error outside of any load: no route, or a module or hook that throws. */
export function dataError(event: Event, error: unknown): Maybe<Draft> {
	if (error instanceof Redirect) return dataRedirect(event, error);
	const status = statusOf(error);
	return then(explain(error, event), (body) =>
		reply(event, status, `${JSON.stringify({ type: "error", status, error: body })}\n`),
	);
}

function reply(event: Event, status: number, body: string): Draft {
	const own = ["content-type", "application/json", "cache-control", "private, no-store"];
	own.push("x-wellhead-version", event.host.app.options.version);
	const set = event.flush([]);
	// A page's own caching does not hold for its data, of which a client may ask for a part.
	for (let i = 0; i < set.length; i += 2) if (!own.includes(set[i]!) || set[i] === "set-cookie") own.push(set[i]!, set[i + 1]!);
	return raw(status, own, body, event.number);
}

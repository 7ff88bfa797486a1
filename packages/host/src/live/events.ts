/** What the browser asks a component to do. All of it is checked: a client can call only what was rendered to it. */

import { attempt, Failed } from "../maybe.ts";
import type { Command } from "./commands.ts";
import type { Core } from "./core.ts";
import { quoted } from "./definition.ts";
import { LiveError } from "./errors.ts";
import { checkedPayload, EventOf } from "./event.ts";
import { failed } from "./life.ts";
import { within } from "./limits.ts";
import { MODEL, readBound, setBound } from "./models.ts";
import type { Session } from "./session.ts";
import { type Change, undo } from "./state.ts";

type EventCommand = Extract<Command, { type: "event" }>;

/** Does what an event asks for. It is settled when its handler is done, and also when it was refused. */
export function handle(session: Session, command: EventCommand): void {
	const { component, event } = command;
	const core = session.find(component);
	let call: Called;
	try {
		if (!core) throw new LiveError("unknown_component", `there is no component ${component}`);
		call = called(core, command);
	} catch (error) {
		session.fail(component, error, "bad_arguments", { event });
		return session.settle(event);
	}
	const { target, run, of } = call;
	if (of.unused !== undefined) target.more.unused = of.unused;
	const changes: Change[] = (session.changes = []);
	const done = attempt(run);
	session.changes = null;
	if (done instanceof Failed) {
		// It has not awaited anything, so nobody else has seen what it changed.
		undo(changes);
		failed(target, done.error, "handler_failed", { event });
		return session.settle(event);
	}
	if (!(done instanceof Promise)) return replied(target, event, done);
	session.pending++;
	void done.then((result) => {
		session.pending--;
		if (!(result instanceof Failed)) return replied(target, event, result);
		failed(target, result.error, "handler_failed", { event });
		session.settle(event);
	});
}

interface Called {
	/** Whose handler it is. */
	readonly target: Core;
	readonly of: { readonly unused: readonly string[] | null | undefined };
	readonly run: () => unknown;
}

function called(core: Core, { handler, payload: sent }: EventCommand): Called {
	const { limits } = core.session.host;
	if (handler === MODEL && !core.definition.letsCall(MODEL)) return entered(core, sent);
	if (typeof handler !== "string") throw new LiveError("bad_arguments", "the handler of an event is no text");
	const name = handler.replace(/^\^+/, "");
	let target = core;
	for (let levels = handler.length - name.length; levels > 0; levels--) {
		if (!target.parent) throw new LiveError("handler_refused", `${quoted(handler)} is no name of a handler`);
		target = target.parent;
	}
	const method = target.definition.handler(target.view, name);
	if (!core.definition.allows(core, handler)) throw new LiveError("handler_not_rendered", `${core.definition.name} has not rendered the handler ${name}`, "name it in the template, or in `static events` if a script calls it");
	const { payload, args } = checkedPayload(sent, limits.arguments);
	within(limits, "pending", core.session.pending + 1, "handlers and loads of the session that have not ended", "await less in handlers");
	const event = new EventOf(name, payload, args, limits.fields);
	const run = method ? () => method.call(target.view, ...([...args, event] as never[])) : () => target.view.handleEvent(name, event);
	return { target, run, of: { unused: payload.form ? event.unused : undefined } };
}

/** A field with `ts-model` was changed. The state follows, unless the component has a method for it. */
function entered(core: Core, sent: unknown): Called {
	const { payload } = checkedPayload(sent, 0);
	const bound = readBound(core, payload);
	const { view } = bound.target;
	const own = (view as unknown as Record<string, unknown>)[MODEL];
	const run = typeof own === "function" ? () => own.call(view, new EventOf(MODEL, payload, [], 0)) as unknown : () => setBound(bound);
	return { target: bound.target, run, of: { unused: undefined } };
}

/** A handler is done. What it returned is the answer, if anybody waits for one. */
function replied(core: Core, event: number, value: unknown): void {
	const { session } = core;
	try {
		if (value !== undefined) session.effect(core, "reply", { event, value });
	} catch (error) {
		session.fail(core, error, "handler_failed", { event });
	}
	session.settle(event);
}

/** How components begin and end. */

import { attempt, Failed, type Maybe, then } from "../maybe.ts";
import { Redirect } from "../../../client/src/control.ts";
import type { ErrorNews } from "./commands.ts";
import { type Core, construct, Flag } from "./core.ts";
import { overrides } from "./definition.ts";
import { LiveError, type LiveErrorCode } from "./errors.ts";
import { restore, type Saved } from "./saved.ts";
import { adoptState } from "./state.ts";
import { endTimers } from "./timers.ts";
import { leaveTopics } from "./topics.ts";
import type { MountInfo } from "./view.ts";

/** Begins a component: `mount`, or `restore` where there is what was saved. What it throws is its failure. */
export function begin(core: Core, params: Record<string, string>, saved: Saved | undefined): void {
	const { session, definition } = core;
	core.flags |= Flag.Mounting;
	session.add(core);
	const done = attempt((): Maybe<void> => {
		const view = construct(core);
		adoptState(core);
		const info = infoOf(core);
		const mounted = saved ? restore(core, saved, params, info) : (view.mount(params, info) as Maybe<void>);
		if (core.parent || !overrides(definition.type, "handleParams")) return mounted;
		return then(mounted, () => view.handleParams(params, info) as Maybe<void>);
	});
	if (done instanceof Promise) {
		session.pending++;
		void done.then((result) => {
			session.pending--;
			core.flags &= ~Flag.Mounting;
			if (core.ended) return;
			if (result instanceof Failed) return lost(core, result.error);
			core.flags |= Flag.Mounted | Flag.Dirty;
			session.mark(unshown(core) ?? core);
			session.arrived(core);
		});
		return;
	}
	core.flags &= ~Flag.Mounting;
	if (done instanceof Failed) {
		if (!core.parent) return fallen(core, done.error, "mount_failed");
		// A component that fails at once fails what shows it.
		end(core);
		throw done.error;
	}
	core.flags |= Flag.Mounted | Flag.Dirty;
	if (!core.parent) session.mark(core);
}

function infoOf({ session }: Core): MountInfo {
	const { url, connected } = session;
	return {
		get url() {
			return new URL(url, "http://localhost");
		},
		connected,
		session: session.values,
	};
}

/** `mount` has failed later. Where nothing of the page is there yet the page fails; otherwise the component's place stays empty. */
function lost(core: Core, error: unknown): void {
	const first = unshown(core);
	if (!core.parent || (first && !first.parent)) return fallen(first ?? core, error, "mount_failed");
	failed(core, error, "mount_failed");
	end(core);
}

/** The outermost component around that is not on the page yet, the component itself included; `null` where all are. */
function unshown(core: Core): Core | null {
	let first: Core | null = null;
	for (let at: Core | null = core; at; at = at.parent) if ((at.flags & Flag.Shown) === 0) first = at;
	return first;
}

/** A component of the page itself cannot be there: it has failed before it was shown. */
export function fallen(core: Core, error: unknown, doing: LiveErrorCode): void {
	failed(core, error, doing, { fatal: true });
	core.session.remove(core);
}

/** What a component threw: a redirect is no failure. */
export function failed(core: Core, error: unknown, doing: LiveErrorCode, more: Pick<ErrorNews, "event" | "fatal"> = {}): void {
	if (error instanceof Redirect) core.session.effect(core, "navigate", { kind: "redirect", url: error.location, replace: false });
	else core.session.fail(core, error, doing, more);
}

/** Ends a component and all within it. What it waits for goes on, and is not heard. */
export function end(core: Core): void {
	if (core.ended) return;
	const { session, rare } = core;
	// First, so that what it does in `unmount` still has an effect.
	if (core.flags & Flag.Mounted && overrides(core.definition.type, "unmount")) {
		const done = attempt(() => core.view.unmount());
		const failure = (result: unknown) => result instanceof Failed && failed(core, result.error, "hook_failed");
		if (done instanceof Promise) void done.then((result) => result instanceof Failed && session.host.options.report(result.error));
		else failure(done);
	}
	for (const child of rare?.children?.values() ?? []) end(child);
	leaveTopics(core);
	core.flags |= Flag.Ended;
	endTimers(core);
	rare?.abort?.abort(new LiveError("misuse", `${core.definition.name} has ended`));
	session.forget(core);
	core.rare = null;
	core.state = undefined;
	core.stateView = null;
}

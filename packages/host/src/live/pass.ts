/** One render: a component, and those within it that have changed. It counts only when it is told; until then it can be undone. */

import { type Child, Core, Flag } from "./core.ts";
import { definitionOf, overrides, type ViewClass } from "./definition.ts";
import { LiveError } from "./errors.ts";
import { type GivenProps, type Nested, rendering } from "./html.ts";
import { begin, end, failed } from "./life.ts";
import { Failed, attempt } from "../maybe.ts";
import { forget } from "./streams.ts";
import { resetTemporary } from "./temporary.ts";
import { LiveView } from "./view.ts";
import { type Json, Writer } from "./write.ts";

export class Pass {
	readonly #root: Core;
	readonly #number: number;
	readonly #rendered: Rendered[] = [];
	/** Components that are shown as nothing yet. */
	readonly #mounting: Core[] = [];

	constructor(root: Core) {
		this.#root = root;
		this.#number = ++root.session.host.passes;
	}

	/** Whether components within wait for something before they can be shown. */
	get incomplete(): boolean {
		return this.#mounting.length > 0;
	}

	render(core: Core): Json {
		core.flags = (core.flags | Flag.Rendering) & ~(Flag.Dirty | Flag.Stale);
		for (const stream of core.rare?.streams?.values() ?? []) stream.written = -1;
		this.#rendered.push({ core, before: core.child?.cell[2] });
		const around = rendering.core;
		rendering.core = core;
		try {
			const shown: unknown = core.view.render();
			if (shown instanceof Promise) {
				shown.catch(() => {});
				throw new LiveError("misuse", `render of ${core.definition.name} is async`, "await in mount or in a handler, or use this.assignAsync");
			}
			const { host } = core.session;
			return new Writer(core, (template) => host.number(template), this.#nested).child(shown);
		} finally {
			rendering.core = around;
			core.flags &= ~Flag.Rendering;
		}
	}

	readonly #nested = (parent: Core, nested: Nested): Json => {
		const core = this.#childOf(parent, nested);
		const child = core.child!;
		if (core.ended) return child.cell as unknown as Json;
		if (core.flags & Flag.Mounting) {
			this.#mounting.push(core);
			return child.cell as unknown as Json;
		}
		// What is on the page and has not changed is written as it was.
		if ((core.flags & (Flag.Dirty | Flag.Stale)) === 0) return child.cell as unknown as Json;
		const from = this.#rendered.length;
		try {
			child.cell[2] = this.render(core);
		} catch (error) {
			if ((core.flags & Flag.Shown) === 0) throw error;
			core.session.fail(core, error, "render_failed");
			// It shows what it showed, and so does what is within it.
			again(this.#rendered.splice(from), core);
		}
		return child.cell as unknown as Json;
	};

	/** The component for a place in its parent's render: the one that is there, or a new one. */
	#childOf(parent: Core, nested: Nested): Core {
		const definition = definitionOf(checkedType(nested.type));
		const { id } = nested.props as { id?: unknown };
		const children = (parent.more.children ??= new Map());
		let key = `${definition.name}:${id === undefined ? "" : String(id)}`;
		let found = children.get(key);
		// Two classes may have one name.
		while (found && found.definition !== definition) found = children.get((key += "'"));
		if (!found) return this.#mount(parent, new Core(parent.session, parent.session.nestedNumber(parent, key), definition, parent), key, nested);
		const child = found.child!;
		if (child.pass === this.#number)
			throw new LiveError("misuse", `${parent.definition.name} shows two ${definition.name} ${id === undefined ? "without an id" : `with the id ${String(id)}`}`, "give each its own: component(Row, { id: row.id, … })");
		child.pass = this.#number;
		update(found, child, nested);
		return found;
	}

	#mount(parent: Core, core: Core, key: string, nested: Nested): Core {
		core.child = { key, given: {}, props: {}, owner: nested.owner ?? parent, pass: this.#number, cell: [-3, core.number, null] };
		core.child.props = bound(core.child, nested.props);
		core.child.given = nested.props;
		core.flags |= Flag.Stale;
		const { children, saved } = parent.more;
		const state = saved?.get(key);
		saved?.delete(key);
		outsideRender(parent, () => begin(core, {}, state));
		children!.set(key, core);
		return core;
	}

	/** It is told: what it has written is on the page. Gives back the components that have rendered. */
	commit(): readonly Core[] {
		for (const core of this.#mounting) core.flags |= Flag.Shown;
		const rendered = this.#rendered.map(({ core }) => core);
		for (const core of rendered) {
			core.flags |= Flag.Shown;
			if (!core.rare) continue;
			for (const [key, child] of core.rare.children ?? [])
				if (child.child!.pass !== this.#number) {
					core.rare.children!.delete(key);
					end(child);
				}
			core.rare.saved = null;
			for (const name of forget(core)) refill(core, name);
		}
		for (const core of rendered) resetTemporary(core);
		return rendered;
	}

	/** It is not told: what it has written is to be written again. */
	undo(): void {
		again(this.#rendered, this.#root);
	}
}

/** A component that has rendered, and what it showed before. */
interface Rendered {
	readonly core: Core;
	readonly before: unknown;
}

/** What components have written was not told, so they render again; all but one, which has failed. */
function again(rendered: readonly Rendered[], failed: Core): void {
	for (const { core, before } of rendered) {
		if (core === failed) continue;
		// Renders that are kept have this in them.
		if (core.child) core.child.cell[2] = before;
		core.flags |= Flag.Stale;
		if (core.flags & Flag.Shown) core.touch();
	}
}

/** Gives a component the props of its parent's render. */
function update(core: Core, child: Child, nested: Nested): void {
	const before = child.props;
	if (!differ(child.given, nested.props)) return;
	child.owner = nested.owner ?? core.parent!;
	child.props = bound(child, nested.props);
	child.given = nested.props;
	core.flags |= Flag.Stale;
	if (core.flags & Flag.Mounted && !core.ended && overrides(core.definition.type, "handleProps"))
		outsideRender(core.parent!, () => {
			const done = attempt(() => core.view.handleProps(before));
			const failure = (result: unknown) => result instanceof Failed && failed(core, result.error, "hook_failed");
			if (done instanceof Promise) void done.then(failure);
			else failure(done);
		});
}

/** Whether props may show something else: objects may have changed inside. */
function differ(before: GivenProps, after: GivenProps): boolean {
	const keys = Object.keys(after);
	if (keys.length !== Object.keys(before).length) return true;
	return keys.some((key) => !Object.is(before[key], after[key]) || (typeof after[key] === "object" && after[key] !== null));
}

/** Props as the component sees them: methods are called on the component that they are of. */
function bound(child: Child, props: GivenProps): Child["props"] {
	const made: Record<string, unknown> = {};
	for (const [key, value] of Object.entries(props)) {
		// What has a prototype can be made with `new`; methods have none.
		if (typeof value !== "function" || Object.hasOwn(value, "prototype")) made[key] = value;
		else made[key] = child.given[key] === value ? child.props[key] : value.bind(child.owner.view);
	}
	return made;
}

/** Runs code of a component that is not its parent's render, and may change the parent's state. */
function outsideRender(parent: Core, run: () => void): void {
	const around = rendering.core;
	const flag = parent.flags & Flag.Rendering;
	rendering.core = null;
	parent.flags &= ~Flag.Rendering;
	try {
		run();
	} finally {
		rendering.core = around;
		parent.flags |= flag;
	}
}

function refill(core: Core, name: string): void {
	const done = attempt(() => core.view.refill(name));
	const failure = (result: unknown) => result instanceof Failed && failed(core, result.error, "stream_lost");
	if (done instanceof Promise) void done.then(failure);
	else failure(done);
}

function checkedType(type: unknown): ViewClass {
	if (typeof type === "function" && type.prototype instanceof LiveView) return type as ViewClass;
	throw new LiveError("misuse", "component takes a class that extends LiveView");
}

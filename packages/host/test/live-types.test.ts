/** What the compiler says of live components, checked by `npm run check`; and that browsers do not pay for them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "esbuild";
import { component, html, type LiveEvent, LiveView, on, type StandardSchema } from "../../client/src/index.ts";

interface Props {
	id: number;
	onPick: (id: number) => void;
}

class Row extends LiveView<{ open: boolean }, Props> {
	render() {
		const { onPick } = this.props;
		// @ts-expect-error: there is no such property
		void this.props.nothing;
		// @ts-expect-error: the argument is of the wrong type
		onPick("text");
		return html``;
	}
}
class Plain extends LiveView {
	render() {
		return html``;
	}
}

/** Never made: only the compiler looks at it. */
export class Checked extends LiveView<{ count: number }> {
	plain() {}
	withEvent(event: LiveEvent) {
		void event.form;
	}
	remove(id: number) {
		void id;
	}
	both(id: number, name: string, event: LiveEvent) {
		void [id, name, event.type];
	}
	optional(id: number, force?: boolean) {
		void [id, force];
	}
	maybe(event?: LiveEvent) {
		void event;
	}
	narrow(kind: "a" | "b") {
		void kind;
	}
	async later(id: number) {
		const schema = {} as StandardSchema<{ name: string }>;
		const values = await this.validate(schema, {});
		values?.name.trim();
		// @ts-expect-error: it may not be valid
		values.name.trim();
		void id;
	}
	render() {
		on(this.plain);
		on(this.withEvent);
		on(this.remove, 1);
		on(this.both, 1, "a");
		on(this.optional, 1, true);
		on(this.maybe);
		on(this.narrow, "a");
		on(this.later, 1);
		// @ts-expect-error: the argument is of the wrong type
		on(this.remove, "1");
		// @ts-expect-error: the argument is missing
		on(this.remove);
		// @ts-expect-error: there is one argument too many
		on(this.remove, 1, 2);
		// @ts-expect-error: there is one argument too many
		on(this.plain, 1);
		// @ts-expect-error: the event comes by itself
		on(this.withEvent, {});
		// @ts-expect-error: the second is missing
		on(this.both, 1);
		// @ts-expect-error: the optional one would be the event
		on(this.optional, 1);
		// @ts-expect-error: not one of the two
		on(this.narrow, "c");
		// @ts-expect-error: there is no such method
		on(this.nothing);
		// @ts-expect-error: state is a number
		this.state.count = "1";
		component(Row, { id: 1, onPick: this.remove });
		component(Plain);
		component(Plain, { id: "x" });
		// @ts-expect-error: a prop is missing
		component(Row, { id: 1 });
		// @ts-expect-error: props are missing
		component(Row);
		// @ts-expect-error: a prop is of the wrong type
		component(Row, { id: "1", onPick: this.remove });
		// @ts-expect-error: no live component
		component(class {}, {});
		return html``;
	}
	override mount() {
		void this.assignAsync("count", () => 1);
		// @ts-expect-error: state has no such field
		void this.assignAsync("nothing", () => 1);
	}
}

class Untyped extends LiveView {
	override mount() {
		this.state = { count: 0 };
	}
	increment() {
		this.state["count"]++;
		this.state.count++;
	}
	render() {
		return html`<button @click="increment">${this.state.count}</button>`;
	}
}
void Untyped;

const bundled = async (contents: string): Promise<string> => {
	const { outputFiles } = await build({ stdin: { contents, resolveDir: "client/src", loader: "ts" }, bundle: true, minify: true, write: false, format: "esm", target: "es2022", legalComments: "none" });
	return outputFiles[0]!.text;
};

test("a browser's bundle has nothing of live components that it does not use", async () => {
	const code = await bundled('import { error } from "./index.ts"; error(404);');
	const floor = await bundled('import { error } from "./control.ts"; error(404);');
	assert.equal(code.length, floor.length);
});

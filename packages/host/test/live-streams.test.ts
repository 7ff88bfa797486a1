/** Streams: only changes are told, and nothing is kept. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { component, html, LiveView, type StreamOptions } from "../../client/src/index.ts";
import { codes, message, TestHost } from "./harness/live.ts";

interface Message {
	id: number;
	text: string;
}

class Chat extends LiveView<{ shown: boolean; n: number }> {
	override state = { shown: true, n: 0 };
	override mount() {
		this.stream<Message>("messages", [{ id: 1, text: "a" }, { id: 2, text: "b" }]);
	}
	insert(item: Message, options: StreamOptions<Message>) {
		this.streamInsert("messages", item, options.at === undefined && options.limit === undefined ? {} : options);
	}
	fill(items: Message[], options: StreamOptions<Message>) {
		this.stream("messages", items, options);
	}
	drop(item: unknown) {
		this.streamDelete("messages", item);
	}
	clear() {
		this.streamReset("messages");
	}
	bump() {
		this.state.n++;
	}
	hide() {
		this.state.shown = !this.state.shown;
	}
	override refill(name: string) {
		this.stream(name, [{ id: 7, text: "again" }], { reset: true });
	}
	render() {
		return html`<ul @a="insert" @b="fill" @c="drop" @d="clear" @e="bump" @f="hide">${this.state.shown ? this.each<Message>("messages", (message, key) => html`<li id=${key}>${message.text}</li>`) : null}</ul>${this.state.n}`;
	}
}

const open = async () => {
	const page = await new TestHost({ Chat }).open("Chat");
	const stream = () => (page.shown.get(0) as unknown[])[1];
	const after = (handler: string, ...args: unknown[]) => {
		page.event(handler, { args });
		return stream();
	};
	return { page, stream, after };
};

test("the first render has all items, later ones what has changed, in order", async () => {
	const { stream, after } = await open();
	assert.deepEqual(stream(), [-4, "messages", [1, "1", -1, [1, "1", "a"]], [1, "2", -1, [1, "2", "b"]]]);
	assert.deepEqual(after("bump"), [-4, "messages"]);
	assert.deepEqual(after("insert", { id: 3, text: "c" }, { at: 0, limit: -2 }), [-4, "messages", [1, "3", 0, [1, "3", "c"]], [3, -2]]);
	assert.deepEqual(after("drop", { id: 3 }), [-4, "messages", [2, "3"]]);
	assert.deepEqual(after("drop", 2), [-4, "messages", [2, "2"]]);
	assert.deepEqual(after("clear"), [-4, "messages", [0]]);
	assert.deepEqual(after("fill", [{ id: 8, text: "x" }, { id: 9, text: "y" }], { at: 2, limit: 5, reset: true }), [-4, "messages", [0], [1, "8", 2, [1, "8", "x"]], [1, "9", 3, [1, "9", "y"]], [3, 5]]);
});

test("changes of one turn are told together, and a reset forgets those before it", async () => {
	const { page, stream } = await open();
	page.send(page.command("insert", { args: [{ id: 3, text: "c" }, {}] }), page.command("drop", { args: [1] }));
	assert.deepEqual(stream(), [-4, "messages", [1, "3", -1, [1, "3", "c"]], [2, "1"]]);
	page.send(page.command("insert", { args: [{ id: 4, text: "d" }, {}] }), page.command("clear"), page.command("insert", { args: [{ id: 5, text: "e" }, {}] }));
	assert.deepEqual(stream(), [-4, "messages", [0], [1, "5", -1, [1, "5", "e"]]]);
});

test("a render that fails loses no changes", async () => {
	let fails = false;
	class Fails extends LiveView {
		add(id: number) {
			this.streamInsert("s", { id });
		}
		render() {
			// It fails when the stream is written already.
			return html`<b @a="add"></b>${this.each<{ id: number }>("s", ({ id }) => html`${id}`)}${fails ? {} : null}`;
		}
	}
	const page = await new TestHost({ Fails }).open("Fails");
	fails = true;
	page.event("add", { args: [1] });
	fails = false;
	page.event("add", { args: [2] });
	assert.deepEqual((page.shown.get(0) as unknown[])[1], [-4, "s", [1, "1", -1, [1, 1]], [1, "2", -1, [1, 2]]]);
});

test("a stream that was hidden is filled again when it is shown", async () => {
	const { page, stream, after } = await open();
	assert.equal(after("hide"), null);
	page.event("insert", { args: [{ id: 3, text: "c" }, {}] });
	const news = page.event("hide");
	// First what is known of it, then all of it.
	assert.equal(news.renders!.length, 2);
	assert.deepEqual(stream(), [-4, "messages", [0], [1, "7", -1, [1, "7", "again"]]]);
});

test("the session may ask for all items again", async () => {
	const { page, stream } = await open();
	page.send({ type: "refill", component: 0 });
	assert.deepEqual(stream(), [-4, "messages", [0], [1, "7", -1, [1, "7", "again"]]]);
});

test("a component that cannot fill a stream again says so, unless it does not show it", async () => {
	class Fixed extends LiveView<{ shown: boolean }> {
		override state = { shown: true };
		override mount() {
			this.stream("s", [{ id: 1 }]);
		}
		hide() {
			this.state.shown = false;
		}
		render() {
			return html`<b @a="hide"></b>${this.state.shown ? this.each<{ id: number }>("s", ({ id }) => html`${id}`) : null}`;
		}
	}
	class Outer extends LiveView {
		render() {
			return html`${component(Fixed)}`;
		}
	}
	const page = await new TestHost({ Outer }).open("Outer");
	const news = page.send({ type: "refill", component: 0 });
	assert.deepEqual(codes(news), ["stream_lost"]);
	assert.match(message(news), /Fixed cannot fill its stream s again; hint: give it a method refill/);
	assert.equal(news!.errors![0]!.component, 1000);
	page.event("hide", {}, 1000);
	assert.equal(page.send({ type: "refill", component: 0 })?.errors, undefined);
});

test("what changes on its own is no part of an item", async () => {
	class Row extends LiveView {
		render() {
			return html`x`;
		}
	}
	class Rows extends LiveView {
		override mount(params: Readonly<Record<string, string>>) {
			this.stream("rows", [{ id: 1 }]);
			this.stream("more", [{ id: 1 }]);
			this.inner = params["inner"] === "stream";
		}
		inner = false;
		render() {
			return html`${this.each("rows", () => html`<p>${[this.inner ? this.each("more", () => html`x`) : component(Row)]}</p>`)}`;
		}
	}
	const host = new TestHost({ Rows });
	assert.match(message((await host.open("Rows")).mounted), /Rows shows a component in an item of its stream rows, in slot 0 of .*; hint: items are forgotten/);
	assert.match(message((await host.open("Rows", { session: 2, params: { inner: "stream" } })).mounted), /Rows shows a stream in an item of its stream rows/);
});

test("a component within another tells changes once, though its content is kept", async () => {
	class Inner extends LiveView {
		override mount() {
			this.stream("s", [{ id: 1 }]);
		}
		add(id: number) {
			this.streamInsert("s", { id });
		}
		render() {
			return html`<i @a="add"></i>${this.each<{ id: number }>("s", ({ id }) => html`${id}`)}`;
		}
	}
	class Middle extends LiveView {
		render() {
			return html`${component(Inner)}`;
		}
	}
	class Outer extends LiveView<{ n: number }> {
		override state = { n: 0 };
		bump() {
			this.state.n++;
		}
		render() {
			return html`<b @click="bump"></b>${component(Middle)}${this.state.n}`;
		}
	}
	const page = await new TestHost({ Outer }).open("Outer");
	const changes = (render: unknown): unknown[] => (JSON.stringify(render).match(/\[1,"\d",-1/g) ?? []) as unknown[];
	assert.equal(changes(page.shown.get(0)).length, 1);
	page.event("bump");
	assert.deepEqual(changes(page.shown.get(0)), []);
	page.event("add", { args: [2] }, 1001);
	assert.equal(changes(page.shown.get(1001)).length, 1);
	page.event("bump");
	assert.deepEqual(changes(page.shown.get(0)), []);
});

test("items without keys, and streams shown twice, are errors", async () => {
	class Bad extends LiveView {
		override mount(params: Readonly<Record<string, string>>) {
			this.stream("s", [params["key"] ? { id: 1 } : ({} as { id: number })]);
		}
		render() {
			return html`${this.each("s", () => html`x`)}${this.each("s", () => html`x`)}`;
		}
	}
	const host = new TestHost({ Bad });
	assert.match(message((await host.open("Bad")).mounted), /an item of the stream s of Bad has no key; hint: items need an id/);
	assert.match(message((await host.open("Bad", { session: 2, params: { key: "1" } })).mounted), /Bad shows its stream s twice/);
});

test("changes that wait for a render are limited", async () => {
	class Flood extends LiveView {
		flood() {
			for (let id = 0; id < 100; id++) this.streamInsert("s", { id });
		}
		render() {
			return html`<b @click="flood"></b>`;
		}
	}
	const page = await new TestHost({ Flood }, { limits: { stream: 50 } }).open("Flood");
	const news = page.event("flood");
	assert.deepEqual(codes(news), ["limit"]);
	assert.match(message(news), /changes of the stream s of Flood that wait for a render: more than 50/);
});

test("a component within that fails loses no changes, nor do those within it", async () => {
	let fails = false;
	class Leaf extends LiveView<{}, { n: number }> {
		override mount() {
			this.stream("leaf", [{ id: 0 }]);
		}
		override handleProps() {
			this.streamInsert("leaf", { id: this.props.n });
		}
		render() {
			return html`${this.each<{ id: number }>("leaf", ({ id }) => html`${id}`)}`;
		}
	}
	class Middle extends LiveView<{}, { n: number }> {
		override handleProps() {
			this.streamInsert("middle", { id: this.props.n });
		}
		render() {
			return html`${component(Leaf, { n: this.props.n })}${this.each<{ id: number }>("middle", ({ id }) => html`${id}`)}${fails ? {} : null}`;
		}
	}
	class Outer extends LiveView<{ n: number }> {
		override state = { n: 0 };
		next() {
			this.state.n++;
		}
		render() {
			return html`<b @click="next"></b>${component(Middle, { n: this.state.n })}`;
		}
	}
	const page = await new TestHost({ Outer }).open("Outer");
	fails = true;
	const first = page.event("next");
	fails = false;
	const second = page.event("next");
	const told = JSON.stringify([first.renders, second.renders]);
	for (const stream of ["leaf", "middle"]) assert.match(told, new RegExp(`"${stream}",\\[1,"1".*"${stream}"|"${stream}",\\[1,"1",-1,\\[\\d+,1\\]\\],\\[1,"2"`), stream);
	for (const id of ["1", "2"]) assert.equal(told.split(`[1,"${id}",-1`).length, 3, id);
});

/** Fields of forms that are bound to fields of the state: `ts-model`. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { component, html, type LiveEvent, LiveView } from "../../client/src/index.ts";
import { codes, type Page, TestHost } from "./harness/live.ts";

class Profile extends LiveView {
	override state: Record<string, unknown> = { name: "", age: 1, zip: "", on: false, tags: ["a"], user: { city: "x", secret: 1 }, free: null, at: new Date(0), hidden: "h" };
	render() {
		const bound = ["tags", "free", "at", "user.none.x", "constructor", "user.__proto__"];
		return html`<input ts-model="name"><input ts-model.lazy.number='age'><input ts-model="zip"><input ts-model = user.city>${bound.map((path) => html`<input ts-model.trim=${path}>`)}<input ts-model=${" on "}>
			<input ts-model="hid${"den"}"><p>${JSON.stringify(this.state)}</p>`;
	}
}

const enter = (page: Page, path: unknown, value: unknown, number = 0) => page.event("ts-model", { type: "input", data: { path, value } }, number);
const state = (page: Page): Record<string, unknown> => JSON.parse(/<p>(.*)<\/p>/.exec(page.html())![1]!) as Record<string, unknown>;

test("what is entered into a bound field is set and shown, without a method", async () => {
	const page = await new TestHost({ Profile }).open("Profile");
	const news = enter(page, "name", "Ada");
	assert.deepEqual([news.settled, codes(news), state(page)["name"]], [[1], [], "Ada"]);
	enter(page, " user.city ", "Oslo");
	assert.deepEqual(state(page)["user"], { city: "Oslo", secret: 1 });
});

for (const [path, before, value, after] of [
	["age", 1, 7.5, 7.5],
	["age", 1, "12", 12],
	["age", 1, null, null],
	["zip", "", 123, "123"],
	["name", "", null, ""],
	["on", false, true, true],
	["tags", ["a"], ["a", "b"], ["a", "b"]],
	["tags", ["a"], [], []],
	["free", null, "text", "text"],
	["free", null, true, true],
	["free", null, ["a"], ["a"]],
] as const) {
	test(`${JSON.stringify(before)} becomes ${JSON.stringify(after)} when ${JSON.stringify(value)} is entered`, async () => {
		const page = await new TestHost({ Profile }).open("Profile");
		assert.deepEqual(codes(enter(page, path, value)), []);
		assert.deepEqual(state(page)[path], after);
	});
}

for (const [path, value] of [
	["age", "old"],
	["age", true],
	["age", [1]],
	["name", true],
	["name", { toString: 1 }],
	["on", "on"],
	["tags", "a"],
	["tags", [1]],
	["free", { a: 1 }],
	["at", "now"],
	["name", undefined],
] as const) {
	test(`${path} does not become ${JSON.stringify(value)}`, async () => {
		const page = await new TestHost({ Profile }).open("Profile");
		const before = state(page);
		assert.deepEqual(codes(enter(page, path, value)), ["bad_arguments"]);
		page.event("ts-model", { data: { path: "zip", value: "again" } });
		assert.deepEqual(state(page), { ...before, zip: "again" });
	});
}

test("a box of several changes nothing in the list but what it stands for", async () => {
	const page = await new TestHost({ Profile }).open("Profile");
	page.event("ts-model", { data: { path: "tags", value: ["b"], item: "b" } });
	assert.deepEqual(state(page)["tags"], ["a", "b"]);
	page.event("ts-model", { data: { path: "tags", value: ["b"], item: "a" } });
	assert.deepEqual(state(page)["tags"], ["b"]);
	page.event("ts-model", { data: { path: "on", value: ["yes"], item: "yes" } });
	assert.equal(state(page)["on"], true);
});

test("a number that was emptied does not become a text", async () => {
	const page = await new TestHost({ Profile }).open("Profile");
	enter(page, "age", null);
	assert.deepEqual(codes(enter(page, "age", "x")), ["bad_arguments"]);
	enter(page, "age", 5);
	assert.equal(state(page)["age"], 5);
});

test("only what was rendered can be set, and nothing that every object has", async () => {
	const page = await new TestHost({ Profile }).open("Profile");
	for (const path of ["hidden", "user", "user.secret", "^name", 5, undefined, "__proto__.polluted"]) assert.deepEqual(codes(enter(page, path, "x")), [typeof path === "string" ? "handler_not_rendered" : "bad_arguments"]);
	for (const path of ["user.none.x", "constructor", "user.__proto__"]) assert.deepEqual(codes(enter(page, path, "x")), ["misuse"]);
	for (const payload of [undefined, null, 5, { data: null }, { data: "name" }]) assert.deepEqual(codes(page.event("ts-model", payload)), ["bad_arguments"]);
	assert.deepEqual(codes(page.event("ts-model:name", { data: { path: "name", value: "x" } })), ["handler_refused"]);
	assert.equal(state(page)["hidden"], "h");
});

test("a method of the name takes what bound fields hold, and handleEvent where the class lists it", async () => {
	const heard: unknown[] = [];
	class Own extends LiveView {
		override state = { name: "" };
		"ts-model"(event: LiveEvent) {
			heard.push(event.data);
		}
		render() {
			return html`<input ts-model="name"><p>${JSON.stringify(this.state)}</p>`;
		}
	}
	class Listed extends LiveView {
		static override events = ["ts-model"];
		override state = { name: "" };
		override handleEvent(name: string, event: LiveEvent) {
			heard.push([name, event.data]);
		}
		render() {
			return html`<input ts-model="name"><p>${JSON.stringify(this.state)}</p>`;
		}
	}
	const host = new TestHost({ Own, Listed });
	for (const [session, module] of ["Own", "Listed"].entries()) {
		const page = await host.open(module, { session });
		enter(page, "name", "x");
		assert.equal(state(page)["name"], "");
	}
	const data = { path: "name", value: "x" };
	assert.deepEqual(heard, [data, ["ts-model", data]]);
});

test("a field in a template that was given to another component is bound to the component that made it", async () => {
	class Card extends LiveView<{ name: string }, { body: unknown }> {
		override state = { name: "card" };
		render() {
			return html`<div>${this.props.body}<i>${this.state.name}</i></div>`;
		}
	}
	class Outer extends LiveView {
		override state = { name: "outer", other: "" };
		render() {
			return html`${component(Card, { body: html`<input ts-model="name"><input ts-model=${"other"}>` })}<p>${JSON.stringify(this.state)}</p>`;
		}
	}
	const page = await new TestHost({ Outer }).open("Outer");
	for (const path of ["name", "other"]) assert.deepEqual(codes(enter(page, path, "entered", 1000)), []);
	assert.deepEqual(state(page), { name: "entered", other: "entered" });
	assert.match(page.html(), /<i>card<\/i>/);
});

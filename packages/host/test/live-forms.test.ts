/** Forms and uploads of live components. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { html, type LiveEvent, LiveView, type StandardSchema } from "../../client/src/index.ts";
import { readForm } from "../src/live/form.ts";
import { codes, effects, message, TestHost } from "./harness/live.ts";

const read = (...fields: [string, string][]): unknown => JSON.parse(JSON.stringify(readForm(fields, 100)));

test("fields are values by name: texts, lists, and what dots nest", () => {
	assert.deepEqual(read(["a", "1"], ["b", ""]), { a: "1", b: "" });
	assert.deepEqual(read(["a", "1"], ["a", "2"], ["a", "3"], ["b[]", "x"]), { a: ["1", "2", "3"], b: ["x"] });
	assert.deepEqual(read(["user.name", "n"], ["user.city.zip", "z"]), { user: { name: "n", city: { zip: "z" } } });
	assert.deepEqual(read(["items.0.name", "a"], ["items.1.name", "b"], ["items.1.tags[]", "t"]), { items: [{ name: "a" }, { name: "b", tags: ["t"] }] });
	assert.deepEqual(read(["a..b", "1"], [".", "2"], ["", "3"], ["a.", "4"]), { "a..b": "1", ".": "2", "": "3", "a.": "4" });
});

test("names that clients make up do no harm", () => {
	assert.deepEqual(read(["items.9", "far"], ["items.length", "5"], ["items.01", "x"], ["a", "1"], ["a.b", "2"]), { items: [], a: "1" });
	const form = readForm([["__proto__.polluted", "1"], ["constructor.prototype.polluted", "1"], ["__proto__", "2"], ["list.0", "x"], ["list.__proto__.polluted", "1"]], 100);
	assert.equal(({} as { polluted?: unknown }).polluted, undefined);
	assert.equal(([] as { polluted?: unknown }).polluted, undefined);
	assert.deepEqual(Object.keys(form), ["__proto__", "constructor", "list"]);
	assert.deepEqual(Object.keys(readForm([["a.".repeat(50) + "b", "1"]], 100)), ["a.".repeat(50) + "b"]);
	for (const fields of [[5], [["a"]], [["a", 5]], [[1, "b"]], [null]]) assert.throws(() => readForm(fields, 100), { code: "bad_arguments" });
	assert.throws(() => readForm(Array(101).fill(["a", "b"]), 100), { code: "limit" });
});

/** A schema as zod and valibot give one. */
const schema: StandardSchema<{ name: string; age: number }> = {
	"~standard": {
		version: 1,
		vendor: "test",
		validate: (value) => {
			const { name = "", age = "" } = value as { name?: string; age?: string };
			const issues = [...(name === "" ? [{ message: "a name, please", path: ["name"] }] : []), ...(/^\d+$/.test(age) ? [] : [{ message: "a number, please", path: [{ key: "age" }] }]), ...(name === "taken" ? [{ message: "no", path: ["user", "tags", 0] }, { message: "whole" }] : [])];
			return issues.length > 0 ? { issues } : { value: { name, age: Number(age) } };
		},
	},
};

class Form extends LiveView {
	override state = { saved: null as unknown, errors: {} as Record<string, string[]> };
	async change(event: LiveEvent) {
		await this.validate(schema, event.form);
	}
	async submit(event: LiveEvent) {
		const values = await this.validate(schema, event.form);
		if (values) this.state.saved = { ...values, by: event.submitter?.name, age: values.age + 1 };
	}
	render() {
		return html`<form @change="change" @submit="submit">${this.errorsOf("name")}|${this.errorsOf("age")}|${this.errorsOf("")}|${JSON.stringify(this.state.errors)}|${this.state.saved ? JSON.stringify(this.state.saved) : ""}</form>`;
	}
}

test("errors are shown for fields that were used, and all after a submit", async () => {
	const page = await new TestHost({ Form }).open("Form");
	const shown = () => page.html().replace(/<[^>]*>/g, "").split("|").slice(0, 3);
	page.event("change", { type: "change", form: [["name", ""], ["age", ""]], unused: ["age"], name: "name", value: "" });
	await page.next();
	assert.deepEqual(shown(), ["a name, please", "", ""]);
	page.event("submit", { type: "submit", form: [["name", ""], ["age", "x"]], unused: ["age"] });
	await page.next();
	assert.deepEqual(shown(), ["a name, please", "a number, please", ""]);
	page.event("change", { type: "change", form: [["name", "taken"], ["age", "1"]] });
	await page.next();
	assert.match(page.html(), /\|\|whole\|\{"user\.tags\.0":\["no"\],"":\["whole"\]\}/);
	page.event("submit", { type: "submit", form: [["name", "n"], ["age", "1"]], submitter: ["go", "1"] });
	await page.next();
	assert.match(page.html(), /\|\{\}\|\{"name":"n","age":2,"by":"go"\}/);
});

test("a field that was filled in well is never shown with the error that it had while it was empty", async () => {
	const page = await new TestHost({ Form }).open("Form");
	const shown = () => page.html().replace(/<[^>]*>/g, "").split("|").slice(0, 2);
	page.event("change", { type: "change", form: [["name", "n"], ["age", ""]], unused: ["age"], name: "name", value: "n" });
	await page.next();
	assert.deepEqual(shown(), ["", ""]);
	const { renders } = page.event("change", { type: "change", form: [["name", "n"], ["age", "1"]], name: "age", value: "1" });
	assert.equal(renders?.length, 1);
	assert.deepEqual(shown(), ["", ""]);
	assert.equal((await page.next()).renders, undefined);
});

test("a schema may take its time", async () => {
	const slow: StandardSchema = { "~standard": { ...schema["~standard"], validate: async (value) => schema["~standard"].validate(value) } };
	class Slow extends Form {
		override async change(event: LiveEvent) {
			await this.validate(slow, event.form);
		}
	}
	const page = await new TestHost({ Slow }).open("Slow");
	page.event("change", { type: "change", form: [["name", ""], ["age", "1"]] });
	await page.next();
	assert.match(page.html(), />a name, please\|/);
});

test("validate wants a schema", async () => {
	class Bad extends LiveView {
		async go() {
			await this.validate({ parse() {} } as never, {});
		}
		render() {
			return html`<b @click="go"></b>`;
		}
	}
	const page = await new TestHost({ Bad }).open("Bad");
	page.event("go");
	assert.match(message(await page.next()), /validate takes a schema that follows standardschema.dev/);
});

test("an event says what the client sent, and nothing of the wrong type", async () => {
	const seen: Record<string, unknown>[] = [];
	class Probe extends LiveView {
		go(...args: unknown[]) {
			const event = args.at(-1) as LiveEvent;
			seen.push({ type: event.type, args: event.args, values: event.values, name: event.name, value: event.value, key: event.key, ctrl: event.ctrl, text: event.text("t"), used: event.used("t"), submitter: event.submitter, recover: event.recover, data: event.data, x: event.x, count: args.length });
		}
		render() {
			return html`<b @click="go"></b>`;
		}
	}
	const page = await new TestHost({ Probe }).open("Probe");
	page.event("go");
	page.event("go", { type: "change", args: [1, "a"], values: { v: "1" }, name: "t", value: "x", key: "Enter", ctrl: true, form: [["t", "x"]], unused: ["t"], submitter: ["s", "v"], recover: true, data: [1], x: 5 });
	page.event("go", { type: 5, values: 5, name: 5, value: {}, key: null, ctrl: 1, form: [5, ["t", 5]], unused: "t", submitter: "s", recover: "yes", x: "5" });
	page.event("go", { data: null });
	const nothing = { type: "click", args: [], values: {}, name: "", value: "", key: "", ctrl: false, text: "", used: true, submitter: null, recover: false, data: undefined, x: 0, count: 1 };
	assert.deepEqual(seen, [
		nothing,
		{ type: "change", args: [1, "a"], values: { v: "1" }, name: "t", value: "x", key: "Enter", ctrl: true, text: "x", used: false, submitter: { name: "s", value: "v" }, recover: true, data: [1], x: 5, count: 3 },
		nothing,
		{ ...nothing, type: "", data: null },
	]);
});

class Avatar extends LiveView<{ taken: string[]; fail: boolean }> {
	override state = { taken: [] as string[], fail: false };
	override mount() {
		this.allowUpload("avatar", { accept: ".jpg, image/png", maxEntries: 2, maxSize: 1000 });
	}
	async save() {
		const names = await this.consumeUploads("avatar", async (entry, file) => {
			if (this.state.fail) throw new Error("disk");
			return `${entry.name} ${file.path}`;
		});
		this.state.taken.push(...names);
	}
	fail() {
		this.state.fail = !this.state.fail;
	}
	cancel(ref: number) {
		this.cancelUpload("avatar", ref);
	}
	render() {
		const { entries, invalid } = this.uploads["avatar"]!;
		return html`<b @a="save" @b="cancel" @c="fail"></b>${entries.map(({ name, progress, done, errors }) => `${name} ${progress}${done ? " done" : ""} ${errors.join()};`)}${String(invalid)} ${this.state.taken.join()}`;
	}
}

test("uploads are checked, tell how far they are, and are consumed once", async () => {
	const page = await new TestHost({ Avatar }).open("Avatar");
	assert.deepEqual(effects(page.mounted), [{ upload: { component: 0, upload: "avatar", accept: [".jpg", "image/png"], maxEntries: 2, maxSize: 1000, auto: false } }]);
	const tell = (entry: number, what: object) => page.send({ type: "upload", component: 0, upload: "avatar", entry, ...what });
	const text = () => page.html().replace(/<[^>]*>/g, "");
	tell(1, { start: { name: "a.JPG", size: 1000, type: "image/jpeg" } });
	assert.deepEqual(effects(tell(2, { start: { name: "b.gif", size: 1001, type: "image/gif" } })), [{ uploadCancel: { component: 0, upload: "avatar", entry: 2 } }]);
	tell(3, { start: { name: "c", size: 0, type: "IMAGE/PNG" } });
	tell(4, { start: { name: "d.jpg", size: 1, type: "" } });
	assert.equal(text(), "a.JPG 0 ;b.gif 0 too_large,not_accepted;c 0 ;d.jpg 0 too_many;true ");
	tell(1, { progress: 999 });
	tell(4, { cancelled: true });
	page.event("cancel", { args: [2] });
	assert.equal(text(), "a.JPG 99 ;c 0 ;false ");
	tell(1, { path: "/tmp/1" });
	tell(3, { error: "lost" });
	assert.equal(text(), "a.JPG 100 done ;c 0 lost;true ");
	page.event("fail");
	page.event("save");
	assert.deepEqual(codes(await page.next()), ["handler_failed"]);
	page.event("fail");
	page.event("save");
	page.event("save");
	const news = await page.next();
	assert.deepEqual([effects(news), news.settled], [[{ uploadConsumed: { component: 0, upload: "avatar", entry: 1 } }], [6, 5]]);
	assert.equal(text(), "c 0 lost;true a.JPG /tmp/1");
	assert.deepEqual(codes(tell(9, { path: "/tmp/9" })), []);
	assert.deepEqual(codes(page.send({ type: "upload", component: 0, upload: "other", entry: 1, progress: 1 })), ["bad_arguments"]);
});

test("files that are not consumed are limited, and options are checked", async () => {
	const page = await new TestHost({ Avatar }, { limits: { uploads: 2 } }).open("Avatar");
	const start = (entry: number) => page.send({ type: "upload", component: 0, upload: "avatar", entry, start: { name: "x", size: 1, type: "" } });
	start(1);
	start(2);
	assert.match(message(start(3)), /files of the session that are not consumed: more than 2/);
	for (const [name, options, expected] of [["a b", {}, /must be named/], ["a", { maxEntries: 0 }, /maxEntries/], ["a", { maxSize: 0 }, /maxSize/], ["a", { accept: "jpg" }, /"jpg" is no extension/]] as const) {
		class Wrong extends LiveView {
			override mount() {
				this.allowUpload(name, options);
			}
			render() {
				return null;
			}
		}
		assert.match(message((await new TestHost({ Wrong }).open("Wrong")).mounted), expected);
	}
});

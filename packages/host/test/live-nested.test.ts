/** Components within components. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { component, html, type Html, LiveView, on } from "../../client/src/index.ts";
import { codes, message, type Page, TestHost } from "./harness/live.ts";

const renders: string[] = [];
const ended: string[] = [];

interface RowProps {
	id: number;
	label: string;
	onRemove?: (id: number) => void;
	item?: { done: boolean };
}

class Row extends LiveView<{ clicks: number }, RowProps> {
	override state = { clicks: 0 };
	click() {
		this.state.clicks++;
	}
	remove() {
		this.props.onRemove?.(this.props.id);
	}
	finish() {
		this.props.item!.done = true;
	}
	override unmount() {
		ended.push(`${this.props.id}`);
	}
	render() {
		renders.push(`row ${this.props.id}`);
		return html`<li @click="click" @x="remove" @y="finish">${this.props.label}${this.state.clicks}${this.props.item?.done}</li>`;
	}
}

class List extends LiveView<{ rows: { id: number; label: string }[]; other: number }> {
	override state = { rows: [{ id: 1, label: "a" }, { id: 2, label: "b" }], other: 0 };
	add() {
		this.state.rows.push({ id: this.state.rows.length + 1, label: "new" });
	}
	rename() {
		this.state.rows[0]!.label = "A";
	}
	bump() {
		this.state.other++;
	}
	reverse() {
		this.state.rows.reverse();
	}
	removeRow(id: number) {
		this.state.rows = this.state.rows.filter((row) => row.id !== id);
	}
	render() {
		renders.push("list");
		return html`<ul @a="add" @b="rename" @c="bump" @d="reverse">${this.state.rows.map(({ id, label }) => component(Row, { id, label, onRemove: this.removeRow }))}</ul>${this.state.other}`;
	}
}

async function list(): Promise<Page> {
	const page = await new TestHost({ List }).open("List");
	renders.length = ended.length = 0;
	return page;
}
const rows = (page: Page): [number, string][] => {
	const [, [, ...cells]] = page.shown.get(0) as [number, [number, ...[number, number, unknown][]]];
	return cells.map(([tag, number, content]) => {
		assert.equal(tag, -3);
		return [number, page.host.html(content).replace(/<[^>]*>/g, "")];
	});
};

test("the parent's render has them within, with numbers from 1000", async () => {
	assert.deepEqual(rows(await list()), [[1000, "a0"], [1001, "b0"]]);
});

test("their own events render them alone", async () => {
	const page = await list();
	const news = page.event("click", undefined, 1001);
	assert.deepEqual([news.renders!.map(([number]) => number), news.settled, renders], [[1001], [1], ["row 2"]]);
	assert.equal(page.html(1001).replace(/<[^>]*>/g, ""), "b1");
});

test("what neither props nor state have changed is not rendered again, and shown as it is now", async () => {
	const page = await list();
	page.event("click", undefined, 1001);
	renders.length = 0;
	page.event("bump");
	assert.deepEqual([renders, rows(page)], [["list"], [[1000, "a0"], [1001, "b1"]]]);
	renders.length = 0;
	page.event("rename");
	assert.deepEqual([renders, rows(page)], [["list", "row 1"], [[1000, "A0"], [1001, "b1"]]]);
});

test("parent and child that change in one turn render together, once", async () => {
	const page = await list();
	const news = page.send(page.command("click", undefined, 1000), page.command("bump"));
	assert.deepEqual([news.renders!.map(([number]) => number), renders], [[0], ["list", "row 1"]]);
	assert.deepEqual(rows(page)[0], [1000, "a1"]);
});

test("they keep state and number by class and id wherever they move, and end when they are no longer shown", async () => {
	const page = await list();
	page.event("click", undefined, 1001);
	page.event("reverse");
	assert.deepEqual(rows(page), [[1001, "b1"], [1000, "a0"]]);
	page.event("remove", undefined, 1000);
	assert.deepEqual([rows(page), ended], [[[1001, "b1"]], ["1"]]);
	assert.deepEqual(codes(page.event("click", undefined, 1000)), ["unknown_component"]);
	page.send({ type: "close" });
	assert.deepEqual(ended, ["1", "2"]);
});

test("props that are objects count as changed, and what is changed in them renders their owner", async () => {
	class Items extends LiveView<{ items: { id: number; done: boolean }[] }> {
		override state = { items: [{ id: 1, done: false }] };
		finish() {
			this.state.items[0]!.done = true;
		}
		reset() {
			this.state.items[0]!.done = false;
		}
		render() {
			return html`<b @click="finish" @x="reset"></b>${this.state.items.map((item) => component(Row, { id: item.id, label: "", item }))}${String(this.state.items[0]!.done)}`;
		}
	}
	class Shown extends Row {
		override render() {
			return html`${String(this.props.item!.done)}`;
		}
	}
	void Shown;
	const page = await new TestHost({ Items }).open("Items");
	page.event("finish");
	assert.match(page.html(), /true$/);
	page.event("reset");
	renders.length = 0;
	const news = page.event("finish", undefined, 1000);
	assert.deepEqual([news.renders!.map(([number]) => number), renders], [[0], ["row 1"]]);
	assert.match(page.html(), /true$/);
});

test("handleProps tells of other props before the render, not of the first", async () => {
	const told: string[] = [];
	class Child extends LiveView<{ twice: number }, { value: number }> {
		override mount() {
			this.state = { twice: this.props.value * 2 };
		}
		override handleProps(before: { value: number }) {
			told.push(`${before.value} → ${this.props.value}`);
			this.state.twice = this.props.value * 2;
		}
		render() {
			return html`${this.state.twice}`;
		}
	}
	class Parent extends LiveView<{ value: number; other: number }> {
		override state = { value: 1, other: 0 };
		next() {
			this.state.value++;
		}
		bump() {
			this.state.other++;
		}
		render() {
			return html`<b @click="next" @x="bump">${component(Child, { value: this.state.value })}</b>`;
		}
	}
	const page = await new TestHost({ Parent }).open("Parent");
	page.event("bump");
	assert.match(page.html(), />2</);
	const news = page.event("next");
	assert.deepEqual([told, news.renders!.length], [["1 → 2"], 1]);
	assert.match(page.html(), />4</);
});

test("two of one class need ids, and equal ids are named", async () => {
	class Two extends LiveView<{ ids: (number | undefined)[] }> {
		override state = { ids: [1, 1] as (number | undefined)[] };
		override mount(params: Readonly<Record<string, string>>) {
			if (params["none"]) this.state.ids = [undefined, undefined];
		}
		render() {
			return html`${this.state.ids.map((id) => component(Row as never, { ...(id === undefined ? {} : { id }), label: "" } as never))}`;
		}
	}
	const host = new TestHost({ Two });
	assert.match(message((await host.open("Two")).mounted), /^Two shows two Row with the id 1, in slot 0 .*; hint: give each its own/);
	assert.match(message((await host.open("Two", { session: 2, params: { none: "1" } })).mounted), /^Two shows two Row without an id/);
});

test("two classes of one name are two components", async () => {
	const make = (text: string) =>
		class Same extends LiveView {
			render() {
				return html`${text}`;
			}
		};
	const [One, Other] = [make("1"), make("2")];
	class Both extends LiveView<{ n: number }> {
		override state = { n: 0 };
		next() {
			this.state.n++;
		}
		render() {
			return html`<b @click="next"></b>${component(One)}${component(Other)}${this.state.n}`;
		}
	}
	const page = await new TestHost({ Both }).open("Both");
	page.event("next");
	assert.match(page.html(), /121$/);
});

test("templates that a component gets are the giver's: their handlers reach it", async () => {
	class Card extends LiveView<{ saved: number }, { body: Html }> {
		override state = { saved: 0 };
		save() {
			this.state.saved++;
		}
		render() {
			return html`<div @click="save">${this.props.body}${this.state.saved}</div>`;
		}
	}
	class Page_ extends LiveView<{ saved: number; picked: number }> {
		override state = { saved: 0, picked: 0 };
		save() {
			this.state.saved++;
		}
		pick(by: number) {
			this.state.picked += by;
		}
		render() {
			return html`${component(Card, { body: html`<b @click="save" @x=${on(this.pick, 3)}>${component(Inner, { text: html`<i @y="save"></i>` })}</b>` })}${this.state.saved}${this.state.picked}`;
		}
	}
	class Inner extends LiveView<{}, { text: Html }> {
		render() {
			return html`${this.props.text}`;
		}
	}
	const page = await new TestHost({ Page_ }).open("Page_");
	assert.equal(page.html(), '<div @click="save"><b @click="^save" @x=^pick([3])><i @y="^^save"></i></b>0</div>00');
	page.event("save", undefined, 1000);
	page.event("^save", undefined, 1000);
	page.event("^pick", { args: [3] }, 1000);
	page.event("^^save", undefined, 1001);
	assert.match(page.html(), />1<\/div>23$/);
	assert.deepEqual(codes(page.event("^^save", undefined, 1000)), ["handler_refused"]);
	assert.deepEqual(codes(page.event("^save", undefined, 1001)), ["handler_not_rendered"]);
});

test("what a child throws leaves it as it was, and the others well", async () => {
	class Fragile extends LiveView<{ on: boolean }, { id: number; bad: boolean }> {
		override state = { on: false };
		toggle() {
			this.state.on = !this.state.on;
		}
		render() {
			if (this.state.on || this.props.bad) throw new Error(`fragile ${this.props.id}`);
			return html`<b @click="toggle">${this.props.id}</b>`;
		}
	}
	class Parent extends LiveView<{ bad: boolean; n: number }> {
		override state = { bad: false, n: 0 };
		spoil() {
			this.state.bad = true;
			this.state.n++;
		}
		render() {
			return html`<p @click="spoil"></p>${[1, 2].map((id) => component(Fragile, { id, bad: id === 1 && this.state.bad }))}${this.state.n}`;
		}
	}
	const page = await new TestHost({ Parent }).open("Parent");
	const alone = page.event("toggle", undefined, 1001);
	assert.deepEqual([codes(alone), alone.errors![0]!.component, alone.renders], [["render_failed"], 1001, undefined]);
	const news = page.event("spoil");
	assert.deepEqual([news.errors!.map(({ component }) => component), news.renders!.length], [[1000], 1]);
	assert.match(page.html(), /<b @click="toggle">1<\/b><b @click="toggle">2<\/b>1$/);
});

test("a child that cannot be mounted fails its parent's render, and is tried again", async () => {
	let broken = true;
	class Child extends LiveView {
		override mount() {
			if (broken) throw new Error("no child");
		}
		render() {
			return html`child`;
		}
	}
	class Parent extends LiveView<{ shown: number }> {
		override state = { shown: 0 };
		next() {
			this.state.shown++;
		}
		render() {
			return html`<b @click="next"></b>${this.state.shown ? component(Child) : null}`;
		}
	}
	const page = await new TestHost({ Parent }).open("Parent");
	assert.deepEqual(codes(page.event("next")), ["render_failed"]);
	broken = false;
	assert.deepEqual(codes(page.event("next")), []);
	assert.match(page.html(), /child$/);
});

test("the first render waits for children that await; later ones come when they are there", async () => {
	const opened: (() => void)[] = [];
	class Slow extends LiveView<{ text: string }, { id: number }> {
		override async mount() {
			await new Promise<void>((open) => opened.push(open));
			this.state = { text: `slow ${this.props.id}` };
		}
		render() {
			return html`<i>${this.state.text}</i>${this.props.id === 1 ? component(Slow, { id: 10 }) : null}`;
		}
	}
	class Parent extends LiveView<{ ids: number[] }> {
		override state = { ids: [1] };
		more() {
			this.state.ids.push(2);
		}
		render() {
			return html`<b @click="more"></b>${this.state.ids.map((id) => component(Slow, { id }))}`;
		}
	}
	const host = new TestHost({ Parent });
	const opening = host.open("Parent");
	const tick = () => new Promise((done) => setImmediate(done));
	await tick();
	opened.shift()!();
	await tick();
	assert.deepEqual(host.later, []);
	opened.shift()!();
	const page = await opening;
	assert.match(page.html(), /<i>slow 1<\/i><i>slow 10<\/i>$/);
	assert.equal(page.event("more").renders!.length, 1);
	assert.match(page.html(), /slow 10<\/i>$/);
	opened.shift()!();
	const news = await page.next();
	assert.deepEqual([news.renders!.map(([number]) => number), page.html(1002)], [[1002], "<i>slow 2</i>"]);
	page.event("more");
});

test("a child that fails while the page waits for it fails the page; later only its place stays empty", async () => {
	class Bad extends LiveView {
		override async mount() {
			await null;
			throw new Error("bad child");
		}
		render() {
			return html`never`;
		}
	}
	class Parent extends LiveView<{ shown: boolean; n: number }> {
		override state = { shown: false, n: 0 };
		override mount(params: Readonly<Record<string, string>>) {
			this.state.shown = params["first"] === "1";
		}
		show() {
			this.state.shown = true;
			this.state.n++;
		}
		render() {
			return html`<b @click="show"></b>${this.state.shown ? component(Bad) : null}${this.state.n}`;
		}
	}
	const host = new TestHost({ Parent });
	const first = await host.open("Parent", { params: { first: "1" } });
	assert.deepEqual([codes(first.mounted), first.mounted.errors![0]!.fatal, first.mounted.errors![0]!.component], [["mount_failed"], true, 0]);
	const page = await host.open("Parent", { session: 2 });
	page.event("show");
	const news = await page.next();
	assert.deepEqual([codes(news), news.errors![0]!.fatal], [["mount_failed"], undefined]);
	page.event("show");
	assert.match(page.html(), /2$/);
});

test("a child may tell its parent while it is mounted", async () => {
	class Child extends LiveView<{}, { onReady: (text: string) => void }> {
		override mount() {
			this.props.onReady("ready");
		}
		render() {
			return null;
		}
	}
	class Parent extends LiveView<{ heard: string }> {
		override state = { heard: "" };
		hear(text: string) {
			this.state.heard = text;
		}
		render() {
			return html`${component(Child, { onReady: this.hear })}${this.state.heard}`;
		}
	}
	const page = await new TestHost({ Parent }).open("Parent");
	assert.equal(page.html(), "ready");
});

test("more components than a session may have are an error", async () => {
	class Many extends LiveView {
		render() {
			return html`${Array.from({ length: 20 }, (_, id) => component(Row, { id, label: "" }))}`;
		}
	}
	const page = await new TestHost({ Many }, { limits: { components: 10 } }).open("Many");
	assert.match(message(page.mounted), /components of the session \(the last is Row\): more than 10/);
	class Deep extends LiveView {
		render(): Html {
			return html`${component(Deep)}`;
		}
	}
	assert.match(message((await new TestHost({ Deep }).open("Deep")).mounted), /components of the session|nested deeper|call stack/i);
});

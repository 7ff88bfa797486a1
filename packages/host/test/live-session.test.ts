/** Sessions of live components: how they begin and end, what events do, what is refused, and when they render. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { error, html, type LiveEvent, LiveView, on, redirect } from "../../client/src/index.ts";
import type { News } from "../src/live/commands.ts";
import { codes, message, Page, TestHost } from "./harness/live.ts";

/** A promise, and what settles it. */
function gate<T = void>(): { promise: Promise<T>; open: (value: T) => void; fail: (error: unknown) => void } {
	let open!: (value: T) => void;
	let fail!: (error: unknown) => void;
	const promise = new Promise<T>((resolve, reject) => ([open, fail] = [resolve, reject]));
	return { promise, open, fail };
}

class Counter extends LiveView<{ count: number; list: number[] }> {
	override state = { count: 0, list: [] as number[] };
	increment() {
		this.state.count++;
	}
	add(by: number) {
		this.state.count += by;
	}
	twice() {
		this.state.count++;
		throw new Error("after one");
	}
	shuffle() {
		this.state.list.push(1, 2);
		this.state.list.length = 1;
		this.state.list.unshift(9);
		this.state.list.sort();
		this.state = { count: 7, list: this.state.list };
		this.state.list.pop();
		throw new Error("undone");
	}
	_hidden() {
		this.state.count = 1000;
	}
	render() {
		return html`<b @click="increment" @dblclick=${on(this.add, 2)} @x="twice" @y="shuffle">${this.state.count}</b>${this.state.list}`;
	}
}

test("an event is handled, settled, and answered with a render", async () => {
	const page = await new TestHost({ Counter }).open("Counter");
	assert.equal(page.html(), '<b @click="increment" @dblclick=add([2]) @x="twice" @y="shuffle">0</b>');
	assert.deepEqual(page.event("increment"), { renders: [[0, [0, "add([2])", 1, [-1]]]], settled: [1] });
	assert.deepEqual(page.event("add", { args: [5] }).settled, [2]);
	assert.match(page.html(), />6</);
});

test("events that came together render once, in their order", async () => {
	const page = await new TestHost({ Counter }).open("Counter");
	const news = page.send(page.command("increment"), page.command("add", { args: [10] }), page.command("increment"));
	assert.equal(news.renders!.length, 1);
	assert.deepEqual(news.settled, [1, 2, 3]);
	assert.match(page.html(), />12</);
});

test("an event that changes nothing renders nothing", async () => {
	const page = await new TestHost({ Counter }).open("Counter");
	assert.deepEqual(page.event("add", { args: [0] }), { settled: [1] });
});

test("what a client may not call is refused with a code, settled, and changes nothing", async () => {
	const page = await new TestHost({ Counter }).open("Counter");
	const refused: [handler: unknown, payload: unknown, code: string][] = [
		["nothing", undefined, "unknown_handler"],
		["_hidden", undefined, "handler_refused"],
		["mount", undefined, "handler_refused"],
		["render", undefined, "handler_refused"],
		["pushEvent", undefined, "handler_refused"],
		["state", undefined, "handler_refused"],
		["constructor", undefined, "handler_refused"],
		["__proto__", undefined, "handler_refused"],
		["toString", undefined, "handler_refused"],
		["hasOwnProperty", undefined, "handler_refused"],
		["", undefined, "handler_refused"],
		["^increment", undefined, "handler_refused"],
		["a b", undefined, "handler_refused"],
		[5, undefined, "bad_arguments"],
		[null, undefined, "bad_arguments"],
		["add", { args: 5 }, "bad_arguments"],
		["add", "text", "bad_arguments"],
		["add", [1], "bad_arguments"],
		["add", { args: Array(21).fill(1) }, "limit"],
		["add", { form: "x" }, "bad_arguments"],
	];
	for (const [handler, payload, code] of refused) {
		const news = page.event(handler as string, payload);
		assert.deepEqual([codes(news), news.settled?.length, news.renders], [[code], 1, undefined], String(handler));
		assert.equal(news.errors![0]!.component, 0);
		assert.equal(news.errors![0]!.event, news.settled![0]);
	}
	assert.ok(message(page.event(`${"x".repeat(100_000)} y`)).length < 300);
	assert.ok(message(page.event(`^${"x".repeat(100_000)}`)).length < 300);
	assert.deepEqual(codes(page.event("increment", undefined, 7)), ["unknown_component"]);
	assert.deepEqual(codes(page.event("increment", undefined, -1)), ["unknown_component"]);
	page.event("increment");
	assert.match(page.html(), />1</);
});

test("a handler that was not rendered is refused until it is", async () => {
	class Gate extends LiveView<{ open: boolean }> {
		static override events = ["script"];
		override state = { open: false };
		toggle() {
			this.state.open = !this.state.open;
		}
		secret() {}
		script() {}
		render() {
			return html`<b @click="toggle"></b>${this.state.open ? html`<i @click="secret"></i>` : null}`;
		}
	}
	const page = await new TestHost({ Gate }).open("Gate");
	assert.deepEqual(codes(page.event("secret")), ["handler_not_rendered"]);
	assert.deepEqual(codes(page.event("script")), []);
	page.event("toggle");
	assert.deepEqual(codes(page.event("secret")), []);
	// An event may be on its way when the element goes.
	page.event("toggle");
	assert.deepEqual(codes(page.event("secret")), []);
	const other = await page.host.open("Gate", { session: 2 });
	assert.deepEqual(codes(other.event("secret")), ["handler_not_rendered"]);
});

test("names beyond the thirty-first are remembered too", async () => {
	const names = Array.from({ length: 40 }, (_, i) => `h${i}`);
	class Many extends LiveView<{ shown: number }> {
		override state = { shown: 35 };
		more() {
			this.state.shown = 40;
		}
		render() {
			return html`<a @click="more"></a>${names.slice(0, this.state.shown).map((name) => html`<b @click=${name}></b>`)}`;
		}
	}
	for (const name of names) Object.assign(Many.prototype, { [name]() {} });
	const host = new TestHost({ Many });
	const page = await host.open("Many");
	const allowed = () => names.filter((name) => codes(page.event(name)).length === 0).length;
	assert.equal(allowed(), 35);
	page.event("more");
	assert.equal(allowed(), 40);
	const other = await host.open("Many", { session: 2 });
	assert.deepEqual(codes(other.event("h39")), ["handler_not_rendered"]);
	assert.deepEqual(codes(other.event("h34")), []);
});

test("a handler that throws leaves the state as it was, and says where", async () => {
	const page = await new TestHost({ Counter }).open("Counter");
	const news = page.event("twice");
	assert.deepEqual([news.errors![0]!.code, news.errors![0]!.message, news.settled], ["handler_failed", "after one", [1]]);
	assert.match(news.errors![0]!.frames![0]!.function, /twice/);
	assert.ok(news.errors![0]!.frames![0]!.line > 0);
	page.event("shuffle");
	page.event("increment");
	assert.match(page.html(), />1<\/b>$/);
	page.event("shuffle");
	page.event("increment");
	assert.match(page.html(), />2<\/b>$/);
});

test("whatever a handler does to arrays is undone when it throws", async () => {
	let seed = 1;
	const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
	const acts: ((list: unknown[]) => unknown)[] = [(l) => l.push(random(9), random(9)), (l) => l.pop(), (l) => l.shift(), (l) => l.unshift(5), (l) => l.splice(random(3), random(3), 7, 8), (l) => l.reverse(), (l) => l.sort(), (l) => (l.length = random(4)), (l) => (l[random(8)] = { a: 1 }), (l) => delete l[random(3)], (l) => l.fill(0), (l) => l.copyWithin(0, 2), (l) => Object.assign(l, [3])];
	class Lists extends LiveView<{ list: unknown[] }> {
		override state = { list: [1, 2, 3, { deep: [1] }] as unknown[] };
		act() {
			for (let i = random(6); i >= 0; i--) acts[random(acts.length)]!(this.state.list);
			(this.state as { other?: number }).other = 1;
			throw new Error("no");
		}
		render() {
			return html`<b @click="act"></b>`;
		}
	}
	const page = await new TestHost({ Lists }).open("Lists");
	const before = JSON.stringify(page.send({ type: "save" }).states);
	for (let i = 0; i < 500; i++) page.event("act");
	assert.equal(JSON.stringify(page.send({ type: "save" }).states), before);
});

test("async handlers let others run, and render when they change state and when they end", async () => {
	const gates = [gate(), gate()];
	class Slow extends LiveView<{ log: string[] }> {
		override state = { log: [] as string[] };
		async slow(number: number) {
			this.state.log.push(`begin ${number}`);
			await gates[number]!.promise;
			this.state.log.push(`end ${number}`);
			return number;
		}
		quick() {
			this.state.log.push("quick");
		}
		render() {
			return html`<b @click=${on(this.slow, 0)} @x="quick"></b>${this.state.log.join()}`;
		}
	}
	const page = await new TestHost({ Slow }).open("Slow");
	assert.deepEqual(page.event("slow", { args: [0] }).settled, undefined);
	page.event("slow", { args: [1] });
	assert.deepEqual(page.event("quick").settled, [3]);
	gates[1]!.open();
	const news = await page.next();
	assert.deepEqual([news.settled, news.renders!.length, news.effects], [[2], 1, [{ reply: { component: 0, event: 2, value: 1 } }]]);
	gates[0]!.open();
	await page.next();
	assert.match(page.html(), /begin 0,begin 1,quick,end 1,end 0$/);
});

test("what happens in one turn renders once, whoever does it", async () => {
	const all = gate();
	class Waiting extends LiveView<{ count: number }> {
		override state = { count: 0 };
		async wait() {
			await all.promise;
			this.state.count++;
			this.state.count++;
		}
		render() {
			return html`<b @click="wait"></b>${this.state.count}`;
		}
	}
	const page = await new TestHost({ Waiting }).open("Waiting");
	for (let i = 0; i < 10; i++) page.event("wait");
	all.open();
	const news = await page.next();
	assert.deepEqual([news.renders, news.settled!.length], [[[0, [0, 20]]], 10]);
});

test("any interleaving of events, awaits and batches loses no change and renders at most once for each news", async () => {
	let seed = 7;
	const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
	for (let round = 0; round < 50; round++) {
		const gates: ReturnType<typeof gate<void>>[] = [];
		class Sum extends LiveView<{ sum: number }> {
			override state = { sum: 0 };
			now(by: number) {
				this.state.sum += by;
			}
			async later(by: number, index: number) {
				if (by % 2) this.state.sum += 1;
				await (gates[index] = gate()).promise;
				this.state.sum += by;
				if (by % 3 === 0) await null;
				this.state.sum += 1;
			}
			render() {
				return html`<b @click="now" @x="later"></b>${this.state.sum}`;
			}
		}
		let later: (text: string) => void = () => {};
		const host = new TestHost({ Sum }, { news: (_, text) => later(text) });
		const page = new Page(host, 1);
		// Once before, so that the class is there and the page is told at once.
		host.send(2, { type: "mount", component: 0, module: "Sum", url: "/" });
		await new Promise((done) => setImmediate(done));
		page.send({ type: "mount", component: 0, module: "Sum", url: "/" });
		let expected = 0;
		let events = 0;
		const settled: number[] = [];
		const heard = (news: { errors?: unknown; renders?: unknown; settled?: readonly number[] }) => {
			assert.equal(news.errors, undefined);
			assert.ok(((news.renders as unknown[]) ?? []).length <= 1);
			settled.push(...(news.settled ?? []));
		};
		later = (text) => heard(page.note(JSON.parse(text) as News));
		for (let step = 0; step < 30; step++) {
			const batch = Array.from({ length: random(4) }, () => {
				const by = random(10);
				events++;
				if (random(2)) {
					expected += by;
					return page.command("now", { args: [by] });
				}
				expected += by + 1 + (by % 2);
				return page.command("later", { args: [by, gates.length + 100 * events] });
			});
			heard(page.send(...batch));
			const open = Object.keys(gates);
			for (let i = random(3); i > 0 && open.length; i--) {
				const [key] = open.splice(random(open.length), 1);
				gates[Number(key)]!.open();
				delete gates[Number(key)];
			}
			if (random(2)) await new Promise((done) => setImmediate(done));
		}
		for (const waiting of Object.values(gates)) waiting.open();
		for (let i = 0; i < 5; i++) await new Promise((done) => setImmediate(done));
		assert.deepEqual(page.shown.get(0), [0, expected]);
		assert.deepEqual(settled.sort((a, b) => a - b), Array.from({ length: events }, (_, i) => i + 1));
	}
});

test("an async handler that throws is told with its event and settled; what it changed stays", async () => {
	class Late extends LiveView<{ count: number }> {
		override state = { count: 0 };
		async fails() {
			this.state.count++;
			await null;
			throw new Error("late");
		}
		render() {
			return html`<b @click="fails"></b>${this.state.count}`;
		}
	}
	const page = await new TestHost({ Late }).open("Late");
	page.event("fails");
	const news = await page.next();
	assert.deepEqual([codes(news), news.errors![0]!.event, news.settled], [["handler_failed"], 1, [1]]);
	assert.match(page.html(), />1$/);
});

test("mount may be async: what comes meanwhile waits, and the page is told when it is there", async () => {
	const mounted = gate();
	class Slow extends LiveView<{ log: string[] }> {
		override async mount(params: Record<string, string>) {
			await mounted.promise;
			this.state = { log: [`mount ${params["id"]}`] };
		}
		override handleParams(params: Record<string, string>, { url }: { url: URL }) {
			this.state.log.push(`params ${params["id"]} ${url.pathname}`);
		}
		render() {
			return html`${this.state.log.join()}`;
		}
	}
	const host = new TestHost({ Slow });
	assert.deepEqual(host.send(1, { type: "mount", component: 0, module: "Slow", params: { id: "1" }, url: "http://h/a" }), {});
	assert.deepEqual(host.send(1, { type: "params", component: 0, params: { id: "2" }, url: "http://h/b" }), {});
	mounted.open();
	assert.deepEqual((await host.next()).renders, [[0, [0, "mount 1,params 1 /a,params 2 /b"]]]);
});

test("what cannot be mounted is told as fatal, and is not there", async () => {
	class Throws extends LiveView {
		override mount(params: Record<string, string>): void {
			if (params["how"] === "http") error(404, "No such thing");
			throw new Error("in mount");
		}
		render() {
			return null;
		}
	}
	class Later extends LiveView {
		override async mount() {
			await null;
			throw new Error("later");
		}
		render() {
			return null;
		}
	}
	class NoRender extends LiveView {
		render() {
			throw new Error("first");
			return null;
		}
	}
	const host = new TestHost({ Throws, Later, NoRender, Plain: class {}, Nothing: undefined }, {});
	const fatal = async (module: string, expected: string, text: RegExp, params = {}) => {
		const page = await host.open(module, { params });
		assert.deepEqual([codes(page.mounted), page.mounted.errors![0]!.fatal, page.mounted.renders], [[expected], true, undefined]);
		assert.match(message(page.mounted), text);
		assert.deepEqual(codes(page.event("x")), ["unknown_component"]);
		page.send({ type: "close" });
	};
	await fatal("Throws", "mount_failed", /in mount/);
	await fatal("Throws", "http_error", /No such thing/, { how: "http" });
	await fatal("Later", "mount_failed", /later/);
	await fatal("NoRender", "render_failed", /first/);
	await fatal("Plain", "bad_module", /Plain has no live component; hint: export default class/);
	await fatal("Nothing", "bad_module", /Nothing has no live component/);
});

test("a redirect that is thrown is an effect, not a failure", async () => {
	class Away extends LiveView {
		override mount(params: Readonly<Record<string, string>>) {
			if (!params["user"]) redirect(303, "/login");
		}
		leave() {
			redirect(303, "/bye");
		}
		render() {
			return html`<b @click="leave"></b>`;
		}
	}
	const host = new TestHost({ Away });
	assert.deepEqual((await host.open("Away")).mounted, { effects: [{ navigate: { component: 0, kind: "redirect", url: "/login", replace: false } }] });
	const page = await host.open("Away", { session: 2, params: { user: "u" } });
	assert.deepEqual(page.event("leave"), { settled: [1], effects: [{ navigate: { component: 0, kind: "redirect", url: "/bye", replace: false } }] });
});

test("a render that throws leaves the last one, and the next may be well", async () => {
	class Fragile extends LiveView<{ count: number }> {
		override state = { count: 0 };
		next() {
			this.state.count++;
		}
		render() {
			if (this.state.count === 1) throw new Error("one");
			return html`<b @click="next">${this.state.count}</b>`;
		}
	}
	const page = await new TestHost({ Fragile }).open("Fragile");
	const news = page.event("next");
	assert.deepEqual([codes(news), news.renders, news.settled], [["render_failed"], undefined, [1]]);
	assert.equal(news.errors![0]!.fatal, undefined);
	page.event("next");
	assert.match(page.html(), />2</);
});

test("handleEvent takes what has no handler of its own, as rendered", async () => {
	class All extends LiveView<{ last: string }> {
		override state = { last: "" };
		override handleEvent(name: string, event: LiveEvent) {
			this.state.last = `${name} ${JSON.stringify(event.args)} ${event.values["id"]}`;
			return { ok: true };
		}
		render() {
			return html`<b @click="save-all">${this.state.last}</b>`;
		}
	}
	const page = await new TestHost({ All }).open("All");
	const news = page.event("save-all", { args: [1], values: { id: "7", bad: 5 } });
	assert.deepEqual(news.effects, [{ reply: { component: 0, event: 1, value: { ok: true } } }]);
	assert.match(page.html(), />save-all \[1\] 7</);
	assert.deepEqual(codes(page.event("other")), ["handler_not_rendered"]);
});

test("state is noticed as deep as plain objects and arrays go, and by update() beyond", async () => {
	class Deep extends LiveView {
		override state = { a: { b: [{ c: 1 }] }, map: new Map([["x", 1]]), picked: null as unknown };
		change() {
			this.state.a.b[0]!.c++;
		}
		pick() {
			const item = this.state.a.b[0]!;
			this.state.picked = item;
			assert.equal(this.state.picked, item);
			assert.equal(this.state.a.b.indexOf(item), 0);
			assert.ok(this.state.a.b.includes(item));
		}
		same() {
			this.state.a.b[0]!.c = this.state.a.b[0]!.c;
			delete (this.state as { nothing?: 1 }).nothing;
		}
		remove() {
			delete (this.state.a.b[0] as { c?: number }).c;
		}
		map() {
			this.state.map.set("x", 2);
		}
		told() {
			this.state.map.set("x", 3);
			this.update();
		}
		render() {
			return html`<b @a="change" @b="same" @c="remove" @d="map" @e="told" @f="pick"></b>${this.state.a.b[0]!.c} ${this.state.map.get("x")}`;
		}
	}
	const page = await new TestHost({ Deep }).open("Deep");
	const renders = (handler: string) => page.event(handler).renders?.length ?? 0;
	assert.deepEqual(["change", "same", "map", "told", "pick", "same", "remove"].map(renders), [1, 0, 0, 1, 1, 0, 1]);
	assert.deepEqual(page.shown.get(0), [0, null, 3]);
});

test("render gets the state itself, not a view of it", async () => {
	const seen: unknown[] = [];
	const list = [{ id: 1 }];
	class Raw extends LiveView<{ list: { id: number }[] }> {
		override mount() {
			this.state = { list };
			seen.push(this.state.list === list);
		}
		render() {
			seen.push(this.state.list === list);
			return null;
		}
	}
	await new TestHost({ Raw }).open("Raw");
	assert.deepEqual(seen, [false, true]);
});

test("render may not set state, and state is a plain object", async () => {
	class Sets extends LiveView {
		render() {
			this.state = {};
			return null;
		}
	}
	class List extends LiveView {
		override mount() {
			this.state = [] as never;
		}
		render() {
			return null;
		}
	}
	const host = new TestHost({ Sets, List });
	assert.match(message((await host.open("Sets")).mounted), /render of Sets sets this.state/);
	assert.match(message((await host.open("List", { session: 2 })).mounted), /this.state of List must be a plain object/);
});

test("temporary fields are empty again after each render", async () => {
	class Temporary extends LiveView<{ messages: string[]; notice: string | null; kept: number }> {
		static override temporary = ["messages", "notice"];
		override state = { messages: ["first"], notice: null as string | null, kept: 1 };
		add() {
			this.state.messages.push("next");
			this.state.notice = "n";
			this.state.kept++;
		}
		render() {
			return html`<b @click="add"></b>${this.state.messages.join()}|${this.state.notice}|${this.state.kept}`;
		}
	}
	const page = await new TestHost({ Temporary }).open("Temporary");
	assert.match(page.html(), /first\|\|1$/);
	page.event("add");
	assert.match(page.html(), /next\|n\|2$/);
	assert.match(JSON.stringify(page.send({ type: "save" }).states), /\\"messages\\":\d+,\\"notice\\":\d+/);
	assert.doesNotMatch(JSON.stringify(page.send({ type: "save" }).states), /next|first|\\"n\\"/);
});

test("updated follows each render; one that changes state each time ends with an error", async () => {
	class Once extends LiveView<{ count: number; renders: number }> {
		override state = { count: 0, renders: 0 };
		override updated() {
			if (this.state.renders === 0) this.state.renders = 1;
		}
		render() {
			return html`${this.state.renders}`;
		}
	}
	class Loop extends LiveView<{ count: number }> {
		override state = { count: 0 };
		override updated() {
			this.state.count++;
		}
		next() {
			this.state.count++;
		}
		render() {
			return html`<b @click="next"></b>${this.state.count}`;
		}
	}
	const host = new TestHost({ Once, Loop });
	assert.deepEqual((await host.open("Once")).mounted.renders, [[0, [0, 0]], [0, [0, 1]]]);
	const page = await host.open("Loop", { session: 2 });
	assert.deepEqual(codes(page.mounted), ["limit"]);
	assert.match(message(page.mounted), /Loop has rendered 10 times in one turn; hint: updated must not change state each time/);
	assert.deepEqual(codes(page.event("next")), ["limit"]);
});

test("sessions know nothing of each other", async () => {
	const host = new TestHost({ Counter });
	const [one, two] = [await host.open("Counter", { session: 1 }), await host.open("Counter", { session: 2 })];
	one.event("increment");
	assert.match(one.html(), />1</);
	assert.deepEqual(two.event("add", { args: [0] }), { settled: [1] });
	assert.match(two.html(), />0</);
	one.send({ type: "close" });
	two.event("increment");
	assert.match(two.html(), />1</);
	assert.deepEqual(codes(one.event("increment")), ["unknown_component"]);
	assert.deepEqual(host.later, []);
});

test("a page may have several components, which end by themselves", async () => {
	const ended: number[] = [];
	class Part extends LiveView<{ count: number }> {
		override mount(params: Record<string, string>) {
			this.state = { count: Number(params["n"]) };
		}
		increment() {
			this.state.count++;
		}
		override unmount() {
			ended.push(this.state.count);
		}
		render() {
			return html`<b @click="increment">${this.state.count}</b>`;
		}
	}
	const host = new TestHost({ Part });
	const page = await host.open("Part", { params: { n: "10" } });
	page.send({ type: "mount", component: 1, module: "Part", params: { n: "20" }, url: "/" });
	page.event("increment", undefined, 1);
	assert.deepEqual([page.html(0), page.html(1)], ['<b @click="increment">10</b>', '<b @click="increment">21</b>']);
	assert.deepEqual(codes(page.send({ type: "mount", component: 1, module: "Part", url: "/" })), ["bad_command"]);
	assert.deepEqual(codes(page.send({ type: "mount", component: 1000, module: "Part", url: "/" })), ["bad_command"]);
	page.send({ type: "unmount", component: 1 });
	assert.deepEqual(ended, [21]);
	assert.deepEqual(codes(page.event("increment", undefined, 1)), ["unknown_component"]);
	page.send({ type: "close" });
	assert.deepEqual(ended, [21, 10]);
});

test("what is no command is told, and the session goes on", async () => {
	const host = new TestHost({ Counter });
	const page = await host.open("Counter");
	for (const text of ["", "{", "null", "5", '"x"', "[null]", '{"type":"nothing"}', '{"type":"unmount","component":9}', '{"type":"params","component":9}', '{"type":"upload","component":0,"upload":"__proto__","entry":1}', '{"type":"mount","component":0,"module":"Counter","url":"/"}', '{"type":"mount","component":"x","module":"Counter","url":"/"}']) {
		const news = JSON.parse(host.host.command(1, text)!) as { errors: { code: string }[] };
		assert.equal(news.errors.length, 1, text);
	}
	assert.deepEqual(page.event("increment").settled, [1]);
});

test("limits are errors with their names", async () => {
	const all = gate();
	class Greedy extends LiveView {
		override state = { size: 0 };
		async wait() {
			await all.promise;
		}
		effects() {
			for (let i = 0; i < 10; i++) this.pushEvent("x");
		}
		topics() {
			for (let i = 0; i < 10; i++) this.subscribe(`t${i}`);
		}
		timers() {
			for (let i = 0; i < 10; i++) this.every(1000, this.wait);
		}
		grow() {
			this.state.size = 5000;
		}
		render() {
			return html`<b @a="wait" @b="effects" @c="topics" @d="timers" @e="grow">${"x".repeat(this.state.size)}</b>`;
		}
	}
	const limits = { pending: 3, effects: 5, topics: 4, timers: 2, render: 1000 };
	const page = await new TestHost({ Greedy }, { limits }).open("Greedy");
	for (let i = 0; i < 3; i++) assert.deepEqual(codes(page.event("wait")), []);
	const refused = page.event("wait");
	assert.deepEqual([codes(refused), refused.settled], [["limit"], [4]]);
	assert.match(message(refused), /more than 3 \(the limit `pending`\)/);
	all.open();
	await page.next();
	assert.match(message(page.event("effects")), /effects of one turn \(the last is push of Greedy\): more than 5/);
	assert.match(message(page.event("topics")), /topics of the session: more than 4/);
	assert.match(message(page.event("timers")), /timers of the session.*: more than 2/);
	const news = page.event("grow");
	assert.match(message(news), /characters in a render of Greedy: more than 1000/);
	assert.equal(news.renders, undefined);
	page.send({ type: "close" });
});

test("handlers may be fields of the class", async () => {
	class Fields extends LiveView<{ n: number }> {
		override state = { n: 0 };
		add = (by: number) => {
			this.state.n += by;
		};
		render() {
			return html`<b @click=${on(this.add, 2)}>${this.state.n}</b>`;
		}
	}
	const page = await new TestHost({ Fields }).open("Fields");
	page.event("add", { args: [2] });
	assert.equal(page.html(), "<b @click=add([2])>2</b>");
});

test("a component that hears more than it can take does not keep others from hearing", async () => {
	class Ears extends LiveView<{ heard: number }> {
		override state = { heard: 0 };
		override mount() {
			this.subscribe("t");
		}
		override async handleInfo() {
			this.state.heard++;
			await new Promise(() => {});
		}
		render() {
			return html`${this.state.heard}`;
		}
	}
	const page = await new TestHost({ Ears }, { limits: { pending: 1 } }).open("Ears");
	page.send({ type: "mount", component: 1, module: "Ears", url: "/" });
	const news = page.send({ type: "info", topic: "t", message: 1 });
	assert.deepEqual([codes(news), news.errors![0]!.component, page.html(0), page.html(1)], [["limit"], 1, "1", "0"]);
});

test("what is over leaves nothing behind: a session that comes late is none", async () => {
	const host = new TestHost({ Counter });
	const page = await host.open("Counter");
	page.send({ type: "close" });
	assert.deepEqual(page.send({ type: "save" }), { states: [] });
	assert.deepEqual(codes(page.event("increment")), ["unknown_component"]);
	// The module is still loading when the session ends.
	const slow = new TestHost({ Counter });
	slow.send(5, { type: "mount", component: 0, module: "Counter", url: "/" }, { type: "close" });
	await new Promise((done) => setImmediate(done));
	assert.deepEqual([slow.later, slow.reported], [[], []]);
});

test("what render itself asks for renders nothing again", async () => {
	let renders = 0;
	class Eager extends LiveView {
		render() {
			renders++;
			this.update();
			return null;
		}
	}
	const { mounted } = await new TestHost({ Eager }).open("Eager");
	assert.deepEqual([renders, mounted.renders!.length], [1, 1]);
});

test("no component makes another by itself", async () => {
	class Inner extends LiveView {
		render() {
			return null;
		}
	}
	class Maker extends LiveView {
		inner = new Inner();
		render() {
			return null;
		}
	}
	assert.match(message((await new TestHost({ Maker }).open("Maker")).mounted), /the server makes live components; within another one write component/);
});

test("names in fixed texts beyond the thirty-first are allowed to those that have shown them, and nothing else", async () => {
	const names = Array.from({ length: 40 }, (_, i) => `h${i}`);
	const templates = names.map((name) => new Function("html", `return () => html\`<b @click="${name}"></b>\``)(html) as () => unknown);
	class Many extends LiveView<{ shown: number[] }> {
		override mount({ shown }: Readonly<Record<string, string>>) {
			this.state = { shown: shown!.split(",").map(Number) };
		}
		render() {
			return this.state.shown.map((index) => templates[index]!());
		}
	}
	for (const name of names) Object.assign(Many.prototype, { [name]() {} });
	const host = new TestHost({ Many });
	for (const shown of [names.map((_, i) => i), [35], [3, 39], [30]]) {
		const page = await host.open("Many", { session: shown[0]! + 1, params: { shown: shown.join() } });
		const allowed = names.flatMap((name, i) => (codes(page.event(name)).length === 0 ? [i] : []));
		assert.deepEqual(allowed, shown);
	}
});

test("whatever a handler returns is the answer, unless it is nothing", async () => {
	class Answers extends LiveView {
		answer(which: number) {
			return [0, "", null, false, undefined, 1n][which];
		}
		render() {
			return html`<b @click="answer"></b>`;
		}
	}
	const page = await new TestHost({ Answers }).open("Answers");
	const answers = [0, 1, 2, 3, 4].map((which) => page.event("answer", { args: [which] }).effects);
	assert.deepEqual(answers, [0, "", null, false].map((value, i) => [{ reply: { component: 0, event: i + 1, value } }]).concat([undefined as never]));
	const news = page.event("answer", { args: [5] });
	assert.deepEqual([codes(news), news.settled], [["bad_value"], [6]]);
});

test("frozen objects may be in state, and no view of state gets into it", async () => {
	class Frozen extends LiveView<{ frozen: { list: { n: number }[] }; a: { n: number }; b: unknown }> {
		override state = { frozen: Object.freeze({ list: [{ n: 1 }] }), a: { n: 1 }, b: null as unknown };
		copy() {
			assert.equal(this.state.frozen.list[0]!.n, 1);
			this.state.b = this.state.a;
			[kept] = [this.state.a];
		}
		render() {
			same = this.state.b === this.state.a;
			return html`<b @click="copy"></b>`;
		}
	}
	let kept: unknown;
	let same = false;
	const page = await new TestHost({ Frozen }).open("Frozen");
	assert.deepEqual(codes(page.event("copy")), []);
	assert.deepEqual([same, typeof kept], [true, "object"]);
});

/** What goes on by itself: loads, timers, topics, presence; and what is saved and restored. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Async, component, html, LiveView } from "../../client/src/index.ts";
import { codes, effects, message, TestHost } from "./harness/live.ts";

const tick = () => new Promise((done) => setImmediate(done));

interface LoadState {
	user?: Async<string>;
	other?: number;
}

class Loads extends LiveView<LoadState> {
	static loads: { key: string; signal: AbortSignal; open(value: string): void; fail(error: unknown): void }[] = [];
	override state: LoadState = {};
	override mount() {
		this.load();
	}
	load() {
		void this.assignAsync("user", (signal) => new Promise<string>((open, fail) => Loads.loads.push({ key: "user", signal, open, fail })));
	}
	render() {
		const { user } = this.state;
		return html`<b @click="load"></b>${user?.status} ${user?.value} ${user?.error?.message}`;
	}
}

test("assignAsync says how far a load is; the last call counts", async () => {
	Loads.loads = [];
	const page = await new TestHost({ Loads }).open("Loads");
	const text = () => page.html().replace("<b @click=\"load\"></b>", "");
	assert.equal(text(), "loading  ");
	Loads.loads[0]!.open("one");
	await page.next();
	assert.equal(text(), "ok one ");
	page.event("load");
	page.event("load");
	assert.equal(text(), "loading one ");
	Loads.loads[2]!.fail(new Error("broken"));
	await page.next();
	assert.equal(text(), "failed  broken");
	Loads.loads[1]!.open("late");
	await tick();
	assert.deepEqual(page.host.later, []);
	assert.deepEqual(page.host.reported.map(String), ["Error: broken"]);
});

test("what a component loads is given up when it ends", async () => {
	Loads.loads = [];
	const page = await new TestHost({ Loads }).open("Loads");
	const { signal, open } = Loads.loads[0]!;
	assert.equal(signal.aborted, false);
	page.send({ type: "close" });
	assert.equal(signal.aborted, true);
	open("nobody");
	await tick();
	assert.deepEqual([page.host.later, page.host.reported], [[], []]);
});

class Clock extends LiveView<{ ticks: number; once: number }> {
	override state = { ticks: 0, once: 0 };
	override mount() {
		const stop = this.every(1, this._tick);
		this._stop = stop;
		this.after(1, "once");
	}
	declare _stop: () => void;
	_tick() {
		this.state.ticks++;
		if (this.state.ticks === 3) this._stop();
	}
	once() {
		this.state.once++;
		throw new Error("once");
	}
	render() {
		return html`${this.state.ticks} ${this.state.once}`;
	}
}

test("timers call methods until they are stopped, and what they throw is told", async () => {
	const page = await new TestHost({ Clock }).open("Clock");
	const errors: string[] = [];
	while (page.html() !== "3 1") errors.push(...codes(await page.next()));
	assert.deepEqual(errors, ["handler_failed"]);
	page.send({ type: "close" });
});

test("timers end with their component, and wrong ones are refused", async () => {
	class Bad extends LiveView {
		override mount({ how }: Readonly<Record<string, string>>) {
			if (how === "time") this.every(0, "go");
			else if (how === "long") this.after(2 ** 31, "go");
			else this.every(5, "nothing");
		}
		go() {}
		render() {
			return null;
		}
	}
	const host = new TestHost({ Bad, Clock });
	for (const [how, expected] of [["time", /every\(0, …\): the time must be from 1 to/], ["long", /after\(2147483648/], ["name", /Bad has no method nothing/]] as const) assert.match(message((await host.open("Bad", { params: { how } })).mounted), expected);
	const page = await host.open("Clock", { session: 2 });
	page.send({ type: "close" });
	await new Promise((done) => setTimeout(done, 20));
	assert.deepEqual(host.later, []);
});

class Room extends LiveView<{ log: string[] }, { name?: string }> {
	override state = { log: [] as string[] };
	override mount() {
		this.subscribe("room");
		this.subscribe("room");
		this.track("room", "user-1", { name: "Ann" });
	}
	override handleInfo(message: unknown, topic: string) {
		this.state.log.push(`${topic} ${JSON.stringify(message)}`);
	}
	say(own: boolean) {
		this.broadcast("room", { text: "hi", at: new Date(0) }, { own });
	}
	leave() {
		this.unsubscribe("room");
		this.untrack("room", "user-1");
		this.untrack("room", "user-1");
	}
	bad() {
		this.broadcast("room", 1n);
	}
	render() {
		return html`<b @a="say" @b="leave" @c="bad"></b>${this.state.log.join()}|${this.presences("room").map(({ key, metas }) => `${key} ${JSON.stringify(metas)} `)}`;
	}
}

test("topics: subscribed once, messages to those that listen, broadcasts as JSON", async () => {
	const page = await new TestHost({ Room }).open("Room");
	assert.deepEqual(effects(page.mounted), [{ subscribe: { component: 0, topic: "room" } }, { track: { component: 0, topic: "room", key: "user-1", about: { name: "Ann" } } }]);
	page.send({ type: "info", topic: "room", message: { a: 1 } });
	assert.deepEqual(page.send({ type: "info", topic: "other", message: 1 }), {});
	assert.match(page.html(), /room \{"a":1\}\|$/);
	assert.deepEqual(effects(page.event("say", { args: [false] })), [{ broadcast: { component: 0, topic: "room", message: { text: "hi", at: "1970-01-01T00:00:00.000Z" }, own: false } }]);
	assert.match(message(page.event("bad")), /broadcast of Room cannot be written as JSON/);
	assert.deepEqual(effects(page.event("leave")), [{ unsubscribe: { component: 0, topic: "room" } }, { untrack: { component: 0, topic: "room", key: "user-1" } }]);
	assert.deepEqual(page.send({ type: "info", topic: "room", message: 1 }), {});
});

test("two components of a page share a subscription", async () => {
	class Two extends LiveView<{ both: boolean }> {
		override state = { both: true };
		one() {
			this.state.both = false;
		}
		render() {
			return html`<b @click="one"></b>${component(Room, { id: 1 })}${this.state.both ? component(Room, { id: 2 }) : null}`;
		}
	}
	const page = await new TestHost({ Two }).open("Two");
	const of = (kind: string) => effects(page.mounted).filter((effect) => kind in effect).length;
	assert.deepEqual([of("subscribe"), of("track")], [1, 2]);
	assert.equal(page.send({ type: "info", topic: "room", message: 1 }).renders!.length, 2);
	assert.deepEqual(effects(page.event("one")).map((effect) => Object.keys(effect)[0]), []);
	assert.deepEqual(effects(page.send({ type: "close" })).map((effect) => Object.keys(effect)[0]), ["unsubscribe", "untrack"]);
});

test("presence: who is there, by key, in their order, and no more than the limit", async () => {
	const page = await new TestHost({ Room }, { limits: { presences: 3 } }).open("Room");
	const one = { key: "a", id: "1", about: 1 };
	const two = { key: "b", id: "2", about: 2 };
	const three = { key: "a", id: "3", about: 3 };
	page.send({ type: "presence", topic: "room", joins: [one, two, three], leaves: [] });
	assert.match(page.html(), /\|a \[1,3\] b \[2\] $/);
	page.send({ type: "presence", topic: "room", joins: [{ ...one, about: 9 }, { key: "c", id: "4", about: 4 }], leaves: [two] });
	assert.match(page.html(), /\|a \[9,3\] c \[4\] $/);
	page.send({ type: "presence", topic: "room", joins: [{ key: "d", id: "5", about: 5 }], leaves: [] });
	assert.doesNotMatch(page.html(), /d \[5\]/);
	assert.deepEqual(page.send({ type: "presence", topic: "room", joins: [], leaves: [{ key: "x", id: "77", about: 0 }] }), {});
});

class Page_ extends LiveView<{ name: string; when: Date }> {
	override state = { name: "n", when: new Date(0) };
	override mount() {
		this.title = "Title";
		this.title = "Title";
		this.flash("info", "welcome");
		this.flash("error", "oh");
	}
	go(kind: string) {
		if (kind === "patch") this.patch("/a?b", { replace: true });
		if (kind === "navigate") this.navigate(new URL("http://h/x"));
		if (kind === "redirect") this.redirect("https://example.org/");
		if (kind === "bad") this.redirect(" java\tscript:alert(1)");
		if (kind === "push") this.pushEvent("chart", { points: [1] });
		if (kind === "clear") this.clearFlash("info");
		if (kind === "clearAll") this.clearFlash();
	}
	render() {
		return html`<b @click="go"></b>${Object.entries(this.flashes).join()} ${String(this.connected)}`;
	}
}

test("titles, flashes, events and addresses", async () => {
	const page = await new TestHost({ Page_ }).open("Page_");
	const go = (kind: string) => effects(page.event("go", { args: [kind] }));
	assert.deepEqual(effects(page.mounted), [{ title: { component: 0, text: "Title" } }]);
	assert.match(page.html(), /info,welcome,error,oh false$/);
	assert.deepEqual(go("patch"), [{ navigate: { component: 0, kind: "patch", url: "/a?b", replace: true } }]);
	assert.deepEqual(go("navigate"), [{ navigate: { component: 0, kind: "navigate", url: "http://h/x", replace: false } }]);
	assert.deepEqual(go("redirect"), [{ navigate: { component: 0, kind: "redirect", url: "https://example.org/", replace: false } }]);
	assert.deepEqual(go("push"), [{ push: { component: 0, name: "chart", value: { points: [1] } } }]);
	assert.match(message(page.event("go", { args: ["bad"] })), /redirect: javascript: is no scheme/);
	go("clear");
	assert.match(page.html(), /<\/b>error,oh false$/);
	go("clearAll");
	assert.match(page.html(), /<\/b> false$/);
	assert.equal(page.send({ type: "connected" }).renders!.length, 1);
	assert.match(page.html(), / true$/);
	assert.deepEqual(page.send({ type: "connected" }), {});
	assert.equal(page.send({ type: "disconnected" }).renders!.length, 1);
});

class Saved extends LiveView<{ count: number; when: Date; set: Set<number> }> {
	static mounts = 0;
	static restores: string[] = [];
	override state = { count: 0, when: new Date(5), set: new Set([1]) };
	override mount() {
		Saved.mounts++;
		this.subscribe("topic");
		this.track("topic", "k", { m: 1 });
		this.every(60_000, this.tick);
		this.after(60_000, () => {});
		this.title = "T";
		this.flash("info", "f");
		this.allowUpload("u");
		this.stream("s", [{ id: 1 }]);
	}
	override restore(params: Readonly<Record<string, string>>) {
		Saved.restores.push(`${params["id"]} ${this.state.count}`);
	}
	override refill(name: string) {
		this.stream(name, [{ id: 2 }], { reset: true });
	}
	tick() {}
	next() {
		this.state.count++;
	}
	render() {
		return html`<b @click="next"></b>${this.state.count} ${this.state.when.getTime()} ${this.state.set} ${this.flashes["info"]} ${this.title}${this.each("s", ({ id }: { id: number }) => html`<i>${id}</i>`)}${component(Inside, { id: "x" })}${component(Inside, { id: "y" })}`;
	}
}
class Inside extends LiveView<{ n: number }> {
	override state = { n: 0 };
	next() {
		this.state.n++;
	}
	render() {
		return html`<u @click="next">${this.state.n}</u>`;
	}
}

test("a component goes on from what was saved, in another host, with all that belongs to it", async () => {
	Saved.mounts = 0;
	Saved.restores = [];
	const page = await new TestHost({ Saved }).open("Saved", { params: { id: "7" } });
	page.event("next");
	page.event("next", undefined, 1001);
	const { states } = page.send({ type: "save" });
	page.send({ type: "close" });
	const [component, state] = states![0]!;
	assert.deepEqual([component, typeof state], [0, "string"]);
	const other = await new TestHost({ Saved }).open("Saved", { state: state as string, params: { id: "7" } });
	assert.equal(other.html(), '<b @click="next"></b>1 5 1 f T<i>2</i><u @click="next">0</u><u @click="next">1</u>');
	assert.deepEqual([Saved.mounts, Saved.restores], [1, ["7 1"]]);
	assert.deepEqual(effects(other.mounted).map((effect) => Object.keys(effect)[0]), ["title", "subscribe", "track", "upload"]);
	assert.deepEqual(codes(other.event("next", undefined, 1001)), []);
	assert.match(other.html(1001), />2</);
	assert.equal((other.send({ type: "save" }).states![0]![1] as string).includes('"timers"'), true);
	other.send({ type: "close" });
});

test("what cannot be saved is named by its path", async () => {
	class Fn {
		x = 1;
	}
	const opened = async (state: object, more: Partial<LiveView> = {}) => {
		class Odd extends LiveView {
			override mount() {
				this.state = { fine: 1, ...state };
			}
			render() {
				return null;
			}
		}
		Object.assign(Odd.prototype, more);
		const page = await new TestHost({ Odd }).open("Odd");
		return page.send({ type: "save" }).states![0]![1];
	};
	assert.deepEqual(await opened({ a: { b: [1, new Fn()] } }), { unserialisable: "state.a.b[1]" });
	assert.deepEqual(await opened({ f: () => {} }), { unserialisable: "state.f" });
	class Child extends LiveView {
		override state = { deep: { f: () => {} } };
		render() {
			return null;
		}
	}
	class Parent extends LiveView {
		render() {
			return html`${component(Inside)}${component(Child)}`;
		}
	}
	class Stream extends LiveView {
		override mount() {
			this.stream("s", []);
		}
		render() {
			return null;
		}
	}
	const host = new TestHost({ Parent, Stream, Loads });
	const saved = async (module: string) => (await host.open(module, { session: host.later.length + Math.random() })).send({ type: "save" }).states![0]![1];
	assert.deepEqual(await saved("Parent"), { unserialisable: "Child: state.deep.f" });
	assert.deepEqual(await saved("Stream"), { unserialisable: "the stream s (Stream has no refill)" });
	assert.deepEqual(await saved("Loads"), { unserialisable: "state.user (still loading, and Loads has no restore)" });
});

test("types of the app's own are saved by its transport, and state that cannot be read is fatal", async () => {
	class Money {
		readonly cents: number;
		constructor(cents: number) {
			this.cents = cents;
		}
	}
	class Wallet extends LiveView<{ money: Money }> {
		override state = { money: new Money(5) };
		render() {
			return html`${this.state.money.cents}`;
		}
	}
	const transport = { Money: { encode: (value: unknown) => value instanceof Money && value.cents, decode: (cents: unknown) => new Money(cents as number) } };
	const host = new TestHost({ Wallet }, { transport: () => transport });
	const text = (await host.open("Wallet")).send({ type: "save" }).states![0]![1] as string;
	assert.equal((await host.open("Wallet", { session: 2, state: text })).html(), "5");
	for (const state of ["", "{", "[1]", "[[9,1],2]", "null"]) {
		const { mounted } = await host.open("Wallet", { session: 3, state });
		assert.deepEqual([codes(mounted), mounted.errors![0]!.fatal], [["restore_failed"], true], state);
	}
});

test("components that come after a restore get numbers that nobody has", async () => {
	class Grows extends LiveView<{ ids: number[] }> {
		override state = { ids: [1, 2] };
		more() {
			this.state.ids.unshift(this.state.ids.length + 1);
		}
		render() {
			return html`<b @click="more"></b>${this.state.ids.map((id) => component(Inside, { id }))}`;
		}
	}
	const state = (await new TestHost({ Grows }).open("Grows")).send({ type: "save" }).states![0]![1] as string;
	const page = await new TestHost({ Grows }).open("Grows", { state });
	const numbers = () => ((page.shown.get(0) as unknown[])[1] as [number, ...[number, number][]]).slice(1).map((cell) => (cell as [number, number])[1]);
	assert.deepEqual(numbers(), [1000, 1001]);
	page.event("more");
	assert.deepEqual(numbers(), [1002, 1000, 1001]);
});

test("a timer that is over counts no longer", async () => {
	class Chain extends LiveView<{ n: number }> {
		override state = { n: 0 };
		override mount() {
			this.after(0, this.next);
		}
		next() {
			if (++this.state.n < 5) this.after(0, this.next);
		}
		render() {
			return html`${this.state.n}`;
		}
	}
	const page = await new TestHost({ Chain }, { limits: { timers: 1 } }).open("Chain");
	while (page.html() !== "5") assert.deepEqual(codes(await page.next()), []);
});

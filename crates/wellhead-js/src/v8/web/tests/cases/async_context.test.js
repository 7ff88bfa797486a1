// AsyncLocalStorage follows whatever is awaited, scheduled or called back.
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { EventEmitter } from "node:events";
import { setTimeout as later } from "node:timers/promises";

const storage = new AsyncLocalStorage();
const store = () => storage.getStore();

test("run nests and restores", () => {
	equal(store(), undefined);
	const result = storage.run(1, (a) => {
		equal(store(), 1);
		storage.run(2, () => equal(store(), 2));
		equal(storage.exit(store), undefined);
		equal(store(), 1);
		return a;
	}, "arg");
	equal(result, "arg");
	throws(() => storage.run(1, () => {
		throw new RangeError("x");
	}), RangeError);
	equal(store(), undefined);
});

test("it survives promises, timers, microtasks and ticks", async () => {
	const callback = (schedule) => new Promise((resolve) => schedule(() => resolve(store())));
	await storage.run("here", async () => {
		equal(store(), "here");
		await null;
		equal(store(), "here", "await");
		equal(await callback((done) => setTimeout(done, 0)), "here", "0 ms");
		equal(await callback((done) => setTimeout(done, 1)), "here", "1 ms");
		equal(await callback(setImmediate), "here", "immediate");
		equal(await callback(queueMicrotask), "here", "microtask");
		equal(await callback(process.nextTick), "here", "tick");
		equal(await callback((done) => Promise.reject(1).catch(done)), "here", "catch");
		const interval = await new Promise((resolve) => {
			const timer = setInterval(() => {
				clearInterval(timer);
				resolve(store());
			}, 1);
		});
		equal(interval, "here", "interval");
		await later(1);
		equal(store(), "here", "timers/promises");
	});
	equal(store(), undefined);
});

test("it survives fetch and streams", async () => {
	await storage.run("here", async () => {
		const response = await fetch(`${SERVER}/drip`);
		equal(store(), "here", "fetch");
		for await (const _ of response.body) equal(store(), "here", "chunk");
		const stream = new ReadableStream({
			async pull(controller) {
				await null;
				controller.enqueue(new TextEncoder().encode(store()));
				controller.close();
			},
		}, { highWaterMark: 0 });
		equal(await new Response(stream).text(), "here");
	});
});

test("renders at the same time do not mix", async () => {
	const render = (id) =>
		storage.run(id, async () => {
			for (let i = 0; i < 5; i++) {
				await (i % 2 ? later(Math.random() * 2) : new Promise((resolve) => setTimeout(resolve, 0)));
				equal(store(), id);
			}
			return store();
		});
	equal(await Promise.all([1, 2, 3, 4].map(render)), [1, 2, 3, 4]);
});

test("enterWith lasts for the rest of the asynchronous execution", async () => {
	await (async () => {
		await null;
		storage.enterWith("entered");
		equal(store(), "entered");
		await null;
		equal(store(), "entered");
		storage.disable();
		equal(store(), undefined);
	})();
});

test("listeners run where the event is emitted", () => {
	const emitter = new EventEmitter();
	let seen;
	storage.run("listen", () => emitter.on("x", () => seen = store()));
	storage.run("emit", () => emitter.emit("x"));
	equal(seen, "emit");
});

test("bind, snapshot and AsyncResource keep a context", () => {
	const { bound, snapshot, resource } = storage.run("kept", () => ({
		bound: AsyncLocalStorage.bind((a) => [store(), a]),
		snapshot: AsyncLocalStorage.snapshot(),
		resource: new AsyncResource("test"),
	}));
	equal(bound(1), ["kept", 1]);
	equal(snapshot((a, b) => [store(), a, b], 1, 2), ["kept", 1, 2]);
	equal(resource.runInAsyncScope(function (a) {
		return [store(), this, a];
	}, "self", 3), ["kept", "self", 3]);
	equal(resource.bind(store)(), "kept");
	equal(AsyncResource.bind(() => 1)(), 1);
	ok(resource.asyncId() > 0);
});

test("several storages are independent, and have defaults", () => {
	const other = new AsyncLocalStorage({ defaultValue: "none", name: "other" });
	equal([other.getStore(), other.name], ["none", "other"]);
	storage.run(1, () => other.run(2, () => equal([store(), other.getStore()], [1, 2])));
});

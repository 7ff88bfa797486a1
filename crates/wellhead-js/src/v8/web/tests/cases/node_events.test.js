// node:events.
import EventEmitter, { captureRejectionSymbol, errorMonitor, EventEmitter as Named, getEventListeners, listenerCount, on, once } from "events";
import { inherits } from "node:util";

test("listeners are called in order, with arguments and this", () => {
	equal(Named === EventEmitter, true);
	const emitter = new EventEmitter();
	const log = [];
	emitter.on("x", function (...args) {
		log.push(["a", this === emitter, ...args]);
	});
	emitter.prependListener("x", () => log.push("first"));
	emitter.once("x", () => log.push("once"));
	equal(emitter.emit("x", 1, 2), true);
	emitter.emit("x");
	equal(log, ["first", ["a", true, 1, 2], "once", "first", ["a", true]]);
	equal(emitter.emit("none"), false);
});

test("listeners can be removed while they run", () => {
	const emitter = new EventEmitter();
	const log = [];
	const second = () => log.push("second");
	emitter.on("x", () => emitter.off("x", second));
	emitter.on("x", second);
	emitter.emit("x");
	emitter.emit("x");
	equal(log, ["second"]);
});

test("the newest of equal listeners is removed first", () => {
	const emitter = new EventEmitter();
	const one = () => {};
	emitter.on("x", one).on("x", () => {}).on("x", one);
	emitter.removeListener("x", one);
	equal(emitter.listeners("x").indexOf(one), 0);
	emitter.removeAllListeners("x");
	equal([emitter.listenerCount("x"), emitter.eventNames()], [0, []]);
});

test("an error nobody listens for is thrown", () => {
	const emitter = new EventEmitter();
	throws(() => emitter.emit("error", new RangeError("x")), RangeError);
	throws(() => emitter.emit("error", "text"), { code: "ERR_UNHANDLED_ERROR", context: "text" });
	const seen = [];
	emitter.on(errorMonitor, (error) => seen.push(error));
	throws(() => emitter.emit("error", new RangeError("y")), /y/);
	emitter.on("error", () => {});
	emitter.emit("error", 1);
	equal(seen.length, 2);
});

test("newListener and removeListener", () => {
	const emitter = new EventEmitter();
	const log = [];
	emitter.on("newListener", (type) => log.push(`+${String(type)}`));
	emitter.on("removeListener", (type) => log.push(`-${String(type)}`));
	const listener = () => {};
	emitter.once("x", listener);
	equal(emitter.listeners("x"), [listener]);
	equal(emitter.rawListeners("x")[0].listener, listener);
	emitter.off("x", listener);
	equal(log, ["+removeListener", "+x", "-x"]);
});

test("old ways of inheriting work", () => {
	function Old() {
		EventEmitter.call(this);
	}
	inherits(Old, EventEmitter);
	const [a, b] = [new Old(), new Old()];
	a.on("x", () => {});
	equal([a.listenerCount("x"), b.listenerCount("x"), listenerCount(a, "x"), Old.super_ === EventEmitter], [1, 0, 1, true]);
	class New extends EventEmitter {}
	ok(new New() instanceof EventEmitter);
	const mixed = Object.assign({}, EventEmitter.prototype);
	let seen = 0;
	mixed.on("x", () => seen++);
	mixed.emit("x");
	equal(seen, 1);
	equal(getEventListeners(a, "x").length, 1);
});

test("limits are checked", () => {
	const emitter = new EventEmitter();
	equal([emitter.getMaxListeners(), emitter.setMaxListeners(3).getMaxListeners()], [10, 3]);
	throws(() => emitter.setMaxListeners(-1), { code: "ERR_OUT_OF_RANGE" });
	throws(() => emitter.on("x", 5), { code: "ERR_INVALID_ARG_TYPE" });
});

test("once waits for an event", async () => {
	const emitter = new EventEmitter();
	setTimeout(() => emitter.emit("x", 1, 2), 0);
	equal(await once(emitter, "x"), [1, 2]);
	setTimeout(() => emitter.emit("error", new RangeError("no")), 0);
	await rejects(once(emitter, "x"), RangeError);
	await rejects(once(emitter, "x", { signal: AbortSignal.abort() }), { name: "AbortError" });
	equal(emitter.eventNames(), []);
	const target = new EventTarget();
	setTimeout(() => target.dispatchEvent(new Event("y")), 0);
	equal((await once(target, "y"))[0].type, "y");
});

test("on iterates over events", async () => {
	const emitter = new EventEmitter();
	setTimeout(() => {
		emitter.emit("x", 1);
		emitter.emit("x", 2);
		emitter.emit("x", 3);
	}, 0);
	const seen = [];
	for await (const [value] of on(emitter, "x")) {
		seen.push(value);
		if (value === 3) break;
	}
	equal([seen, emitter.eventNames()], [[1, 2, 3], []]);
	setTimeout(() => emitter.emit("error", new RangeError("no")), 0);
	await rejects(async () => {
		for await (const _ of on(emitter, "x"));
	}, RangeError);
	const controller = new AbortController();
	setTimeout(() => controller.abort(), 0);
	await rejects(on(emitter, "x", { signal: controller.signal }).next(), { name: "AbortError" });
});

test("rejections can be captured", async () => {
	const emitter = new EventEmitter({ captureRejections: true });
	const seen = new Promise((resolve) => emitter.on("error", resolve));
	emitter.on("x", async () => {
		throw new RangeError("captured");
	});
	emitter.emit("x");
	equal((await seen).message, "captured");
	const handled = new Promise((resolve) => emitter[captureRejectionSymbol] = (error, type) => resolve([error.message, type]));
	emitter.emit("x");
	equal(await handled, ["captured", "x"]);
});

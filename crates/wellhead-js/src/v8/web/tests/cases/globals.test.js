// What is on the global object, and what is not.
const HERE = [
	"AbortController", "AbortSignal", "Blob", "Buffer", "ByteLengthQueuingStrategy", "CompressionStream", "CountQueuingStrategy",
	"CustomEvent", "DOMException", "DecompressionStream", "ErrorEvent", "Event", "EventTarget", "File", "FormData", "Headers",
	"MessageChannel", "MessagePort", "ReadableStream", "Request", "Response", "TextDecoder", "TextDecoderStream", "TextEncoder",
	"TextEncoderStream", "TransformStream", "URL", "URLPattern", "URLSearchParams", "WritableStream", "atob", "btoa", "clearImmediate",
	"clearInterval", "clearTimeout", "console", "crypto", "fetch", "navigator", "performance", "process", "queueMicrotask",
	"reportError", "setImmediate", "setInterval", "setTimeout", "structuredClone",
];

test("the web platform is there", () => {
	equal(HERE.filter((name) => globalThis[name] === undefined), []);
	equal(self, globalThis);
	equal(global, globalThis);
});

test("there is no document, so that libraries see a server", () => {
	equal(typeof window, "undefined");
	equal(typeof document, "undefined");
	equal(typeof Deno, "undefined");
	equal(typeof __bootstrap, "undefined");
});

test("globals are not enumerable, but for the one of the core", () => {
	equal(Object.keys(globalThis).filter((name) => HERE.includes(name)), ["queueMicrotask"]);
});

test("queueMicrotask runs after the running code", async () => {
	const log = [];
	queueMicrotask(() => log.push("micro"));
	log.push("sync");
	await null;
	equal(log, ["sync", "micro"]);
	throws(() => queueMicrotask("no"), TypeError);
});

test("AbortSignal.timeout and any abort", async () => {
	const timeout = AbortSignal.timeout(1);
	const any = AbortSignal.any([timeout, new AbortController().signal]);
	await new Promise((resolve) => any.addEventListener("abort", resolve));
	equal(timeout.reason.name, "TimeoutError");
	equal(any.reason, timeout.reason);
});

test("structuredClone copies what JSON cannot", () => {
	const value = { date: new Date(0), map: new Map([[1, new Set([2])]]), bytes: new Uint8Array([1, 2]), big: 1n };
	value.self = value;
	const copy = structuredClone(value);
	ok(copy !== value && copy.self === copy);
	equal(copy.map, value.map);
	equal(copy.date, value.date);
	throws(() => structuredClone(() => {}), { name: "DataCloneError" });
});

test("a MessageChannel delivers", async () => {
	const { port1, port2 } = new MessageChannel();
	const message = new Promise((resolve) => port2.onmessage = (event) => resolve(event.data));
	port1.postMessage({ a: 1 });
	equal((await message).a, 1);
	port1.close();
	port2.close();
});

test("compression goes there and back", async () => {
	const text = "stream ".repeat(1000);
	const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
	const unpacked = packed.pipeThrough(new DecompressionStream("gzip"));
	equal(await new Response(unpacked).text(), text);
});

test("text streams decode across chunks", async () => {
	const bytes = new TextEncoder().encode("a\u20acb");
	const chunks = new ReadableStream({
		start(controller) {
			for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
			controller.close();
		},
	});
	let text = "";
	for await (const part of chunks.pipeThrough(new TextDecoderStream())) text += part;
	equal(text, "a\u20acb");
});

test("performance measures from the start of the isolate", () => {
	const now = performance.now();
	ok(now >= 0 && performance.now() >= now, "a clock that goes on");
	ok(Math.abs(performance.timeOrigin + now - Date.now()) < 60_000, `a time origin of today: ${performance.timeOrigin}`);
});

test("an EventTarget dispatches", () => {
	const target = new EventTarget();
	const seen = [];
	target.addEventListener("x", (event) => seen.push(event.detail), { once: true });
	target.dispatchEvent(new CustomEvent("x", { detail: 1 }));
	target.dispatchEvent(new CustomEvent("x", { detail: 2 }));
	equal(seen, [1]);
});

test("URLPattern matches", () => {
	const match = new URLPattern({ pathname: "/posts/:id" }).exec("https://a.example/posts/7");
	equal(match.pathname.groups.id, "7");
});

test("navigator names the server", () => {
	ok(navigator.userAgent.startsWith("Wellhead"));
});

// Puts the web APIs on the global object. Runs once, when the snapshot is made.
"use strict";
((global) => {
	const core = Deno.core;
	const load = (file) => core.loadExtScript(`ext:deno_web/${file}.js`);
	const define = (names, from) => {
		const properties = {};
		for (const name of names) {
			if (from[name] === undefined) throw new Error(`deno_web has no ${name}`);
			properties[name] = { value: from[name], writable: true, enumerable: false, configurable: true };
		}
		Object.defineProperties(global, properties);
	};
	define(["URL", "URLSearchParams"], load("00_url"));
	define(["DOMException"], load("01_dom_exception"));
	const event = load("02_event");
	event.saveGlobalThisReference(global);
	define(["Event", "EventTarget", "CustomEvent", "ErrorEvent", "MessageEvent", "reportError"], event);
	define(["setTimeout", "clearTimeout", "setInterval", "clearInterval"], load("02_timers"));
	define(["AbortController", "AbortSignal"], load("03_abort_signal"));
	define(["atob", "btoa"], load("05_base64"));
	define(
		[
			"ReadableStream",
			"ReadableStreamDefaultReader",
			"ReadableStreamBYOBReader",
			"WritableStream",
			"WritableStreamDefaultWriter",
			"TransformStream",
			"ByteLengthQueuingStrategy",
			"CountQueuingStrategy",
		],
		load("06_streams"),
	);
	define(["TextEncoder", "TextDecoder", "TextEncoderStream", "TextDecoderStream"], load("08_text_encoding"));
	define(["Blob", "File"], load("09_file"));
	define(["structuredClone", "MessageChannel", "MessagePort"], load("13_message_port"));
	define(["CompressionStream", "DecompressionStream"], load("14_compression"));
	define(["performance", "Performance", "PerformanceEntry", "PerformanceMark", "PerformanceMeasure"], load("15_performance"));
	Object.defineProperty(global, "self", { value: global, writable: true, enumerable: false, configurable: true });
})(globalThis);

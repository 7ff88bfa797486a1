// Puts the web platform on the global object. Runs once, when the snapshot is made.
"use strict";
((global) => {
	const { core } = Deno;
	const { internals } = __bootstrap;
	const web = (file) => core.loadExtScript(`ext:deno_web/${file}.js`);
	const own = (file) => core.loadExtScript(`ext:wellhead_web/${file}.js`);

	// The object that ops of later extensions are added to; scripts in the snapshot see only a copy of it.
	internals.ops = core.ops;

	const define = (from, names) => {
		for (const name of names) {
			if (from[name] === undefined) throw new Error(`there is no ${name} to put on the global object`);
			Object.defineProperty(global, name, { value: from[name], writable: true, enumerable: false, configurable: true });
		}
	};

	define({ self: global, global }, ["self", "global"]);
	define(web("00_url"), ["URL", "URLSearchParams"]);
	define(web("01_urlpattern"), ["URLPattern"]);
	define(web("01_dom_exception"), ["DOMException", "QuotaExceededError"]);
	const event = web("02_event");
	event.saveGlobalThisReference(global);
	define(event, [
		"CloseEvent",
		"CustomEvent",
		"ErrorEvent",
		"Event",
		"EventTarget",
		"MessageEvent",
		"ProgressEvent",
		"PromiseRejectionEvent",
		"reportError",
	]);
	define(web("03_abort_signal"), ["AbortController", "AbortSignal"]);
	define(web("05_base64"), ["atob", "btoa"]);
	define(web("06_streams"), [
		"ByteLengthQueuingStrategy",
		"CountQueuingStrategy",
		"ReadableByteStreamController",
		"ReadableStream",
		"ReadableStreamBYOBReader",
		"ReadableStreamBYOBRequest",
		"ReadableStreamDefaultController",
		"ReadableStreamDefaultReader",
		"TransformStream",
		"TransformStreamDefaultController",
		"WritableStream",
		"WritableStreamDefaultController",
		"WritableStreamDefaultWriter",
	]);
	define(web("08_text_encoding"), ["TextDecoder", "TextDecoderStream", "TextEncoder", "TextEncoderStream"]);
	define(web("13_message_port"), ["MessageChannel", "MessagePort", "structuredClone"]);
	define(web("14_compression"), ["CompressionStream", "DecompressionStream"]);
	// What an isolate does once when it starts.
	internals.start = () => {
		web("15_performance").setTimeOrigin();
		internals.countWasmMemory();
	};
	define(web("15_performance"), [
		"Performance",
		"PerformanceEntry",
		"PerformanceMark",
		"PerformanceMeasure",
		"PerformanceObserver",
		"PerformanceObserverEntryList",
		"performance",
	]);

	own("errors");
	define(own("async_context"), []);
	define(own("wasm_memory"), []);
	define(own("timers"), ["clearImmediate", "clearInterval", "clearTimeout", "setImmediate", "setInterval", "setTimeout"]);
	define(own("blob"), ["Blob", "File"]);
	define(own("headers"), ["Headers"]);
	define(own("form_data"), ["FormData"]);
	define(own("request"), ["Request"]);
	define(own("response"), ["Response"]);
	define(own("fetch"), ["fetch"]);
	define(own("crypto"), ["Crypto", "CryptoKey", "SubtleCrypto", "crypto"]);
	define(own("console"), ["console"]);
	core.wrapConsole(global.console, core.v8Console);

	define(own("node/buffer"), ["Buffer"]);
	define({ process: own("node/process") }, ["process"]);
	// A script that the snapshot did not run would be missing from it.
	for (const name of own("node/builtins").keys()) core.loadExtScript(`ext:wellhead_web/node:${name}`);

	class Navigator {
		get userAgent() {
			return "Wellhead";
		}
		get language() {
			return "en-US";
		}
		get languages() {
			return ["en-US"];
		}
		get hardwareConcurrency() {
			return 1;
		}
	}
	define({ Navigator, navigator: new Navigator() }, ["Navigator", "navigator"]);
})(globalThis);

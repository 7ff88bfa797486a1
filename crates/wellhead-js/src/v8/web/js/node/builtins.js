// Every module of Node that an isolate has, by name: what `import` and `require` of it give.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const own = (file) => core.loadExtScript(`ext:wellhead_web/${file}.js`);
	const { coded } = internals.errors;

	const small = own("node/small_modules");
	const path = own("node/path");
	const util = own("node/util");
	const stream = own("node/stream");
	const assert = own("node/assert");
	const url = own("node/url");
	const { print: _, console } = own("console");

	/** Reads a whole stream, of the web or of Node. */
	async function bytes(source) {
		const chunks = [];
		for await (const chunk of source) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
		return Buffer.concat(chunks);
	}
	const consumers = {
		arrayBuffer: async (source) => new Uint8Array(await bytes(source)).buffer,
		blob: async (source) => new Blob([await bytes(source)]),
		buffer: bytes,
		bytes: async (source) => new Uint8Array(await bytes(source)),
		json: async (source) => JSON.parse((await bytes(source)).toString()),
		text: async (source) => (await bytes(source)).toString(),
	};
	const streams = core.loadExtScript("ext:deno_web/06_streams.js");
	const web = { ...core.loadExtScript("ext:deno_web/14_compression.js") };
	for (const name of Object.keys(streams)) if (/^[A-Z].*(?:Stream|Reader|Writer|Controller|Request|Strategy)$/.test(name)) web[name] = streams[name];
	const { TextDecoderStream, TextEncoderStream } = core.loadExtScript("ext:deno_web/08_text_encoding.js");
	Object.assign(web, { TextDecoderStream, TextEncoderStream });

	const builtins = new Map(Object.entries({
		...own("node/unavailable"),
		assert,
		"assert/strict": assert.strict,
		async_hooks: own("async_context"),
		buffer: own("node/buffer"),
		console,
		constants: {},
		crypto: own("node/crypto"),
		diagnostics_channel: small.diagnosticsChannel,
		events: own("node/events"),
		module: null,
		os: small.os,
		path,
		"path/posix": path,
		"path/win32": path,
		perf_hooks: small.perfHooks,
		process: own("node/process"),
		punycode: {
			decode: String,
			encode: String,
			toASCII: url.domainToASCII,
			toUnicode: url.domainToUnicode,
			version: "2.1.0",
		},
		querystring: own("node/querystring"),
		stream,
		"stream/consumers": consumers,
		"stream/promises": stream.promises,
		"stream/web": web,
		string_decoder: own("node/string_decoder"),
		sys: util,
		timers: small.timers,
		"timers/promises": small.timersPromises,
		url,
		util,
		"util/types": util.types,
		worker_threads: small.workerThreads,
	}));

	const plain = (name) => String(name).replace(/^node:/, "");
	const isBuiltin = (name) => builtins.has(plain(name));

	/** A `require` for modules of Node alone: everything else is in the bundle already. */
	function createRequire(from) {
		function require(name) {
			if (isBuiltin(name)) return builtins.get(plain(name));
			throw coded(
				Error,
				"MODULE_NOT_FOUND",
				`Cannot find module '${name}', required from ${from}: a bundle holds all modules, `
					+ "so one that is only named at run time has to be imported by its name",
			);
		}
		require.resolve = (name) => (isBuiltin(name) ? name : require(name));
		require.cache = { __proto__: null };
		require.main = undefined;
		return require;
	}

	class Module {
		constructor(id = "") {
			this.id = id;
			this.exports = {};
		}
	}
	Object.assign(Module, {
		Module,
		builtinModules: [...builtins.keys()],
		createRequire,
		findSourceMap: () => undefined,
		isBuiltin,
		register() {
			throw internals.errors.unavailable("module.register");
		},
		syncBuiltinESMExports() {},
	});
	builtins.set("module", Module);
	internals.builtins = builtins;
	return builtins;
})();

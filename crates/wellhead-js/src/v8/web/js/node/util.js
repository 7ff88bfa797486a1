// node:util.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const web = core.loadExtScript("ext:deno_web/01_console.js");
	const { TextDecoder, TextEncoder } = core.loadExtScript("ext:deno_web/08_text_encoding.js");
	const { isDeepStrictEqual } = core.loadExtScript("ext:wellhead_web/node/equality.js");
	const types = core.loadExtScript("ext:wellhead_web/node/util_types.js");
	const { invalidArgType, coded } = internals.errors;

	const kCustomPromisify = Symbol.for("nodejs.util.promisify.custom");
	const kCustomInspect = Symbol.for("nodejs.util.inspect.custom");

	function inspect(value, options, depth, colors) {
		// The old form takes showHidden, depth and colors in turn.
		const given = typeof options === "object" && options !== null ? options : { showHidden: options, depth, colors };
		const chosen = { ...inspect.defaultOptions, quotes: ["'", '"', "`"] };
		for (const [name, one] of Object.entries(given)) if (one !== undefined) chosen[name] = one === null ? Infinity : one;
		return web.inspect(value, chosen);
	}
	inspect.custom = kCustomInspect;
	inspect.colors = web.colors;
	inspect.styles = web.styles;
	inspect.defaultOptions = {
		showHidden: false,
		depth: 2,
		colors: false,
		customInspect: true,
		showProxy: false,
		maxArrayLength: 100,
		maxStringLength: 10000,
		breakLength: 80,
		compact: 3,
		sorted: false,
		getters: false,
		numericSeparator: false,
	};

	const number = (value) => (typeof value === "bigint" ? `${value}n` : typeof value === "symbol" ? "NaN" : String(Number(value)));
	const DIRECTIVES = {
		s(value) {
			if (typeof value === "bigint") return `${value}n`;
			if (Object.is(value, -0)) return "-0";
			if (typeof value !== "object" || value === null) return String(value);
			const own = typeof value.toString === "function" && value.toString !== Object.prototype.toString && value.toString !== Error.prototype.toString;
			return own && !Array.isArray(value) ? String(value) : inspect(value, { depth: 0, compact: 3 });
		},
		d: (value) => (typeof value === "object" ? "NaN" : number(value)),
		i: (value) => (typeof value === "bigint" ? `${value}n` : typeof value === "symbol" ? "NaN" : String(parseInt(value, 10))),
		f: (value) => (typeof value === "symbol" ? "NaN" : String(parseFloat(value))),
		j(value) {
			try {
				return JSON.stringify(value);
			} catch {
				return "[Circular]";
			}
		},
		o: (value) => inspect(value, { showHidden: true, showProxy: true, depth: 4 }),
		O: (value) => inspect(value),
		c: () => "",
	};

	function formatWithOptions(options, ...args) {
		const print = (value) => (typeof value === "string" ? value : inspect(value, options));
		if (typeof args[0] !== "string") return args.map(print).join(" ");
		let next = 1;
		const text = args[0].replace(/%[sdifjoOc%]/g, (directive) => {
			// A lone %% stays as it is where nothing is filled in.
			if (directive === "%%") return args.length > 1 ? "%" : "%%";
			return next < args.length ? DIRECTIVES[directive[1]](args[next++]) : directive;
		});
		return [text, ...args.slice(next).map(print)].join(" ");
	}

	function promisify(original) {
		if (typeof original !== "function") throw invalidArgType("original", "function", original);
		const custom = original[kCustomPromisify];
		if (custom !== undefined) {
			if (typeof custom !== "function") throw invalidArgType("util.promisify.custom", "function", custom);
			return custom;
		}
		function promised(...args) {
			return new Promise((resolve, reject) => {
				original.call(this, ...args, (error, value) => (error ? reject(error) : resolve(value)));
			});
		}
		Object.setPrototypeOf(promised, Object.getPrototypeOf(original));
		return Object.defineProperties(promised, Object.getOwnPropertyDescriptors(original));
	}
	promisify.custom = kCustomPromisify;

	function callbackify(original) {
		if (typeof original !== "function") throw invalidArgType("original", "function", original);
		return function (...args) {
			const callback = args.pop();
			if (typeof callback !== "function") throw invalidArgType("last argument", "function", callback);
			original.apply(this, args).then(
				(value) => process.nextTick(callback, null, value),
				(error) => {
					const reason = error || coded(Error, "ERR_FALSY_VALUE_REJECTION", "Promise was rejected with falsy value");
					process.nextTick(callback, reason);
				},
			);
		};
	}

	function inherits(constructor, parent) {
		if (typeof constructor !== "function") throw invalidArgType("ctor", "function", constructor);
		if (typeof parent !== "function") throw invalidArgType("superCtor", "function", parent);
		Object.defineProperty(constructor, "super_", { value: parent, writable: true, configurable: true });
		Object.setPrototypeOf(constructor.prototype, parent.prototype);
	}

	const warned = new Set();
	function deprecate(original, message, code) {
		let told = false;
		function deprecated(...args) {
			if (!told && !(code !== undefined && warned.has(code))) {
				console.warn(`DeprecationWarning${code === undefined ? "" : ` [${code}]`}: ${message}`);
				if (code !== undefined) warned.add(code);
			}
			told = true;
			return new.target ? Reflect.construct(original, args, new.target) : Reflect.apply(original, this, args);
		}
		Object.setPrototypeOf(deprecated, original);
		if (original.prototype) deprecated.prototype = original.prototype;
		return deprecated;
	}

	function debuglog(section) {
		const enabled = () =>
			new RegExp(`^(?:${(process.env.NODE_DEBUG ?? "").replace(/[^\w,*]/g, "").replaceAll("*", ".*").replaceAll(",", "|")})$`, "i").test(section);
		const log = (...args) => {
			if (enabled()) console.error(`${section.toUpperCase()} ${formatWithOptions({}, ...args)}`);
		};
		Object.defineProperty(log, "enabled", { get: enabled });
		return log;
	}

	function styleText(format, text) {
		return [format].flat().reduceRight((styled, name) => {
			const codes = web.colors[name];
			if (codes === undefined) throw internals.errors.invalidArgValue("format", name, "is not a style");
			return `\x1b[${codes[0]}m${styled}\x1b[${codes[1]}m`;
		}, text);
	}

	return {
		TextDecoder,
		TextEncoder,
		aborted: (signal) => new Promise((resolve) => signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve(), { once: true })),
		callbackify,
		debug: debuglog,
		debuglog,
		deprecate,
		format: (...args) => formatWithOptions({}, ...args),
		formatWithOptions,
		getSystemErrorName: (code) => String(code),
		inherits,
		inspect,
		isArray: Array.isArray,
		isDeepStrictEqual,
		promisify,
		stripVTControlCharacters: web.stripVTControlCharacters,
		styleText,
		toUSVString: (text) => String(text).toWellFormed(),
		types,
	};
})();

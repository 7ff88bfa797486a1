// Request of the Fetch standard.
"use strict";
(function () {
	const { core } = __bootstrap;
	const { Headers, listOf, adopt, fill, TOKEN } = core.loadExtScript("ext:wellhead_web/headers.js");
	const { extract, mixin } = core.loadExtScript("ext:wellhead_web/body.js");
	const { URL } = core.loadExtScript("ext:deno_web/00_url.js");
	const { AbortSignal, createDependentAbortSignal } = core.loadExtScript("ext:deno_web/03_abort_signal.js");

	const FORBIDDEN = new Set(["CONNECT", "TRACE", "TRACK"]);
	const NORMAL = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]);
	const CHOICES = {
		redirect: ["follow", "error", "manual"],
		mode: ["cors", "no-cors", "same-origin", "navigate"],
		credentials: ["omit", "same-origin", "include"],
		cache: ["default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"],
	};

	function checkMethod(method) {
		const text = String(method);
		if (!TOKEN.test(text)) throw new TypeError(`Not an HTTP method: ${JSON.stringify(text)}`);
		const upper = text.toUpperCase();
		if (FORBIDDEN.has(upper)) throw new TypeError(`The method ${upper} cannot be sent`);
		return NORMAL.has(upper) ? upper : text;
	}

	function checkUrl(input) {
		const text = String(input);
		let url;
		try {
			url = new URL(text);
		} catch (cause) {
			const hint = /^[/?#.]/.test(text) ? "; the server has no page that it could be relative to: use the `fetch` given to `load`" : "";
			throw new TypeError(`Not an absolute URL: ${JSON.stringify(text)}${hint}`, { cause });
		}
		if (url.username !== "" || url.password !== "") throw new TypeError("A URL with credentials cannot be requested; set the authorization header");
		return url.href;
	}

	function choice(name, value, fallback) {
		if (value === undefined) return fallback;
		const text = String(value);
		if (!CHOICES[name].includes(text)) throw new TypeError(`${JSON.stringify(text)} is not one of ${CHOICES[name].join(", ")} (${name})`);
		return text;
	}

	let bodyOf;

	class Request {
		#method;
		#url;
		#headers;
		/** @type {import("./body.js").Body | null} */
		#body = null;
		/** @type {AbortSignal | null} the one to follow; one of its own is made when asked for */
		#follows = null;
		#signal = null;
		#options;

		constructor(input, init = undefined) {
			if (arguments.length === 0) throw new TypeError("A Request takes a URL or a Request");
			if (init === undefined || init === null) init = {};
			if (typeof init !== "object" && typeof init !== "function") throw new TypeError("The options of a Request are an object");
			const from = input instanceof Request ? input : null;
			this.#url = from === null ? checkUrl(input) : from.#url;
			const base = from?.#options;
			this.#options = {
				redirect: choice("redirect", init.redirect, base?.redirect ?? "follow"),
				mode: choice("mode", init.mode, base?.mode ?? "cors"),
				credentials: choice("credentials", init.credentials, base?.credentials ?? "same-origin"),
				cache: choice("cache", init.cache, base?.cache ?? "default"),
				integrity: init.integrity === undefined ? base?.integrity ?? "" : String(init.integrity),
				keepalive: init.keepalive === undefined ? base?.keepalive ?? false : Boolean(init.keepalive),
				referrer: init.referrer === undefined ? base?.referrer ?? "about:client" : String(init.referrer),
				referrerPolicy: init.referrerPolicy === undefined ? base?.referrerPolicy ?? "" : String(init.referrerPolicy),
			};
			this.#method = init.method === undefined ? from?.#method ?? "GET" : checkMethod(init.method);
			this.#follow(init.signal, from);
			if (init.headers !== undefined) this.#headers = new Headers(init.headers);
			else this.#headers = adopt(from === null ? [] : [...listOf(from.#headers)], false);
			this.#takeBody(init, from);
		}

		#follow(signal, from) {
			if (signal === undefined) this.#follows = from === null ? null : from.#signal ?? from.#follows;
			else if (signal !== null) {
				if (!(signal instanceof AbortSignal)) throw new TypeError("The signal of a Request is an AbortSignal");
				this.#follows = signal;
			}
		}

		#takeBody(init, from) {
			const given = init.body !== undefined && init.body !== null;
			const inherits = !given && init.body !== null && from !== null && from.#body !== null;
			if ((given || inherits) && (this.#method === "GET" || this.#method === "HEAD")) {
				throw new TypeError(`A ${this.#method} request has no body`);
			}
			if (given) {
				const { body, type } = extract(init.body);
				if (body.onlyStream && init.duplex === undefined) {
					throw new TypeError('A request whose body is a stream needs the option duplex: "half"');
				}
				this.#body = body;
				if (type !== null && !this.#headers.has("content-type")) this.#headers.append("content-type", type);
			} else if (inherits) {
				if (from.#body.unusable) throw new TypeError("The body of the request was read already");
				this.#body = from.#body.transfer();
			}
			if (init.duplex !== undefined && init.duplex !== "half") throw new TypeError('The option duplex is "half"');
		}

		get method() {
			return this.#method;
		}

		get url() {
			return this.#url;
		}

		get headers() {
			return this.#headers;
		}

		get signal() {
			return this.#signal ??= createDependentAbortSignal(this.#follows === null ? [] : [this.#follows], "Request");
		}

		get destination() {
			return "";
		}

		get duplex() {
			return "half";
		}

		clone() {
			if (this.#body?.unusable) throw new TypeError("A request that was read already cannot be cloned");
			const copy = new Request(this.#url, { ...this.#options, method: this.#method });
			copy.#headers = adopt([...listOf(this.#headers)], false);
			copy.#body = this.#body?.tee() ?? null;
			copy.#follows = this.#signal ?? this.#follows;
			return copy;
		}

		get [Symbol.toStringTag]() {
			return "Request";
		}

		[Symbol.for("Deno.privateCustomInspect")](inspect, options) {
			const { method, url, redirect, bodyUsed, headers } = this;
			return `Request ${inspect({ method, url, redirect, bodyUsed, headers }, options)}`;
		}

		static {
			bodyOf = (request) => request.#body;
			for (const name of ["redirect", "mode", "credentials", "cache", "integrity", "keepalive", "referrer", "referrerPolicy"]) {
				Object.defineProperty(Request.prototype, name, {
					get() {
						return this.#options[name];
					},
					enumerable: true,
					configurable: true,
				});
			}
		}
	}
	mixin(Request, bodyOf, (request) => request.headers.get("content-type"));
	for (const name of ["method", "url", "headers", "signal", "destination", "duplex", "clone"]) {
		Object.defineProperty(Request.prototype, name, { enumerable: true });
	}

	return { Request, bodyOf };
})();

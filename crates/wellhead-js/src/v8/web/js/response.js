// Response of the Fetch standard.
"use strict";
(function () {
	const { core } = __bootstrap;
	const { Headers, listOf, adopt, fill, byteString } = core.loadExtScript("ext:wellhead_web/headers.js");
	const { Body, extract, mixin } = core.loadExtScript("ext:wellhead_web/body.js");
	const { URL } = core.loadExtScript("ext:deno_web/00_url.js");

	const REASON = /^[\t\x20-\x7e\x80-\xff]*$/;
	const NULL_BODY = new Set([101, 103, 204, 205, 304]);
	const REDIRECT = new Set([301, 302, 303, 307, 308]);

	const secret = Symbol("no arguments");
	let make, bodyOf;

	class Response {
		#type = "default";
		#status = 200;
		#statusText = "";
		#url = "";
		#redirected = false;
		/** @type {Headers | null} made when first asked for where there are none */
		#headers = null;
		/** @type {Body | null} */
		#body = null;

		constructor(body = null, init = undefined) {
			if (body === secret) return;
			if (init !== undefined && init !== null) {
				if (typeof init !== "object" && typeof init !== "function") throw new TypeError("The options of a Response are an object");
				this.#take(init);
			}
			if (body === null || body === undefined) return;
			if (NULL_BODY.has(this.#status)) throw new TypeError(`A response with status ${this.#status} has no body`);
			this.#setBody(extract(body));
		}

		#take({ status, statusText, headers }) {
			if (status !== undefined) {
				const number = Math.trunc(Number(status)) || 0;
				if (number < 200 || number > 599) throw new RangeError(`The status of a response is 200 to 599, not ${String(status)}`);
				this.#status = number;
			}
			if (statusText !== undefined) {
				this.#statusText = byteString(statusText, "A status text");
				if (!REASON.test(this.#statusText)) throw new TypeError("A status text cannot have control characters");
			}
			if (headers !== undefined) fill(this.headers, headers);
		}

		#setBody({ body, type }) {
			this.#body = body;
			if (type !== null && !this.headers.has("content-type")) listOf(this.headers).push("content-type", type);
		}

		static error() {
			return make({ type: "error", status: 0, headers: adopt([], true) });
		}

		static json(data, init = undefined) {
			const text = JSON.stringify(data);
			if (text === undefined) throw new TypeError("This value has no JSON");
			const response = new Response(secret);
			if (init !== undefined && init !== null) response.#take(init);
			if (NULL_BODY.has(response.#status)) throw new TypeError(`A response with status ${response.#status} has no body`);
			response.#setBody({ body: new Body(text.toWellFormed(), null), type: "application/json" });
			return response;
		}

		static redirect(url, status = 302) {
			// There is no base: a path is sent as it is, which clients resolve against the request.
			let location = String(url);
			try {
				location = new URL(location).href;
			} catch {
				throw new TypeError(`Not an absolute URL: ${JSON.stringify(location)}; for a path, set the location header`);
			}
			if (!REDIRECT.has(status)) throw new RangeError(`Not a status of a redirect: ${String(status)}`);
			return make({ status, headers: adopt(["location", location], true) });
		}

		get type() {
			return this.#type;
		}

		get url() {
			return this.#url;
		}

		get redirected() {
			return this.#redirected;
		}

		get status() {
			return this.#status;
		}

		get ok() {
			return this.#status >= 200 && this.#status <= 299;
		}

		get statusText() {
			return this.#statusText;
		}

		get headers() {
			return this.#headers ??= new Headers();
		}

		clone() {
			if (this.#body?.unusable) throw new TypeError("A response that was read already cannot be cloned");
			const copy = new Response(secret);
			copy.#type = this.#type;
			copy.#status = this.#status;
			copy.#statusText = this.#statusText;
			copy.#url = this.#url;
			copy.#redirected = this.#redirected;
			if (this.#headers !== null) copy.#headers = adopt([...listOf(this.#headers)], false);
			copy.#body = this.#body?.tee() ?? null;
			return copy;
		}

		get [Symbol.toStringTag]() {
			return "Response";
		}

		[Symbol.for("Deno.privateCustomInspect")](inspect, options) {
			const { status, statusText, ok, url, redirected, type, bodyUsed, headers } = this;
			return `Response ${inspect({ status, statusText, ok, url, redirected, type, bodyUsed, headers }, options)}`;
		}

		static {
			bodyOf = (response) => response.#body;
			/** Builds one from parts, with no checks: for fetch and the static methods. */
			make = ({ type = "default", status = 200, statusText = "", url = "", redirected = false, headers, body = null }) => {
				const response = new Response(secret);
				response.#type = type;
				response.#status = status;
				response.#statusText = statusText;
				response.#url = url;
				response.#redirected = redirected;
				response.#headers = headers;
				response.#body = body;
				return response;
			};
		}
	}
	mixin(Response, bodyOf, (response) => response.headers.get("content-type"));
	for (const name of ["type", "url", "redirected", "status", "ok", "statusText", "headers", "clone"]) {
		Object.defineProperty(Response.prototype, name, { enumerable: true });
	}

	return { Response, make, NULL_BODY, REDIRECT };
})();

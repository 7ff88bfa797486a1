// fetch: the request goes out through ops, the response comes in as the reader has room.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const { ReadableStream } = core.loadExtScript("ext:deno_web/06_streams.js");
	const { blobFromObjectUrl } = core.loadExtScript("ext:wellhead_web/blob.js");
	const { adopt, listOf } = core.loadExtScript("ext:wellhead_web/headers.js");
	const { Body } = core.loadExtScript("ext:wellhead_web/body.js");
	const { Request, bodyOf } = core.loadExtScript("ext:wellhead_web/request.js");
	const { make, NULL_BODY } = core.loadExtScript("ext:wellhead_web/response.js");
	const { parseDataUrl } = core.loadExtScript("ext:wellhead_web/data_url.js");

	const REDIRECT = { follow: 0, manual: 1, error: 2 };
	const NO_BYTES = new Uint8Array(0);

	/** @type {FinalizationRegistry<number> | undefined} ends requests whose response nobody holds any more */
	let forgotten;

	/** An error of the network as fetch throws it: a TypeError that names the request, and why it failed as its cause. */
	function failed(request, error) {
		const match = /^([A-Z][A-Z0-9_]+): (.*)$/s.exec(error?.message ?? "");
		const cause = match === null ? error : internals.errors.coded(Error, match[1], match[2]);
		if (match !== null) cause.url = request.url;
		return new TypeError(`fetch failed: ${request.method} ${request.url}: ${match?.[2] ?? error}`, { cause });
	}

	/** @param {RequestInfo | URL} input @param {RequestInit} [init] @returns {Promise<Response>} */
	async function fetch(input, init = undefined) {
		if (arguments.length === 0) throw new TypeError("fetch takes a URL or a Request");
		const request = new Request(input, init);
		// The signal that was given, not one made for this request alone, which costs more than it is worth here.
		const signal = init?.signal ?? (input instanceof Request ? input.signal : null);
		signal?.throwIfAborted();
		const scheme = request.url.slice(0, request.url.indexOf(":"));
		if (scheme === "http" || scheme === "https") return new Exchange(request, signal).response();
		if (scheme === "data" || scheme === "blob") return local(request, scheme);
		throw failed(request, new Error(`ERR_URL_SCHEME: \`${scheme}:\` cannot be requested`));
	}

	function local(request, scheme) {
		if (request.method !== "GET") throw failed(request, new Error(`ERR_METHOD: a ${scheme}: URL can only be read with GET`));
		let source;
		let headers;
		if (scheme === "data") {
			try {
				const { type, bytes } = parseDataUrl(request.url);
				source = bytes;
				headers = ["content-type", type];
			} catch (error) {
				throw failed(request, error);
			}
		} else {
			source = blobFromObjectUrl(request.url);
			if (!source) throw failed(request, new Error("ERR_INVALID_URL: there is no such blob"));
			headers = ["content-length", String(source.size), "content-type", source.type];
		}
		return make({ type: "basic", url: request.url, statusText: "OK", headers: adopt(headers, true), body: new Body(source, null) });
	}

	/** One request that is under way. */
	class Exchange {
		#request;
		#signal;
		#id = 0;
		#over = false;
		/** @type {ReadableByteStreamController | null} weakly held through the stream itself */
		#controller = null;
		#reject = null;
		/** @type {ReadableStreamDefaultReader | null} of the request's body, while it is sent */
		#upload = null;
		#onAbort = () => this.#abort();

		constructor(request, signal) {
			this.#request = request;
			this.#signal = signal;
		}

		async response() {
			const body = bodyOf(this.#request);
			const given = body === null ? null : body.onlyStream ? body.stream : await body.read();
			this.#signal?.throwIfAborted();
			const streamed = given instanceof ReadableStream;
			const bytes = given === null || streamed ? NO_BYTES : typeof given === "string" ? core.encode(given) : given;
			const { ops } = internals;
			try {
				this.#id = ops.op_wellhead_fetch_start(
					this.#request.method,
					this.#request.url,
					listOf(this.#request.headers).join("\n"),
					REDIRECT[this.#request.redirect],
					given === null ? 0 : streamed ? 2 : 1,
					bytes,
				);
			} catch (error) {
				throw failed(this.#request, error);
			}
			this.#signal?.addEventListener("abort", this.#onAbort);
			if (streamed) this.#send(given);
			try {
				const head = await new Promise((resolve, reject) => {
					this.#reject = reject;
					ops.op_wellhead_fetch_head(this.#id).then(resolve, (error) => reject(failed(this.#request, error)));
				});
				this.#reject = null;
				return this.#make(head);
			} catch (error) {
				this.#end();
				throw error;
			}
		}

		#make(head) {
			const none = NULL_BODY.has(head.status) || this.#request.method === "HEAD";
			const response = make({
				type: "basic",
				status: head.status,
				statusText: head.statusText,
				url: head.url,
				redirected: head.redirected,
				headers: adopt(head.headers, true),
				body: none ? null : new Body(null, this.#stream()),
			});
			if (none) this.#end();
			return response;
		}

		/** Writes the body of the request part by part, as the server takes it. */
		async #send(stream) {
			const reader = this.#upload = stream.getReader();
			try {
				for (;;) {
					const { done, value } = await reader.read();
					if (done || this.#over) break;
					if (!(value instanceof Uint8Array)) throw new TypeError("A body stream must yield Uint8Array chunks");
					if (value.length > 0 && !(await internals.ops.op_wellhead_fetch_write(this.#id, value))) {
						// The server answered without reading all of it, or the request is over.
						this.#stopUpload();
						return;
					}
				}
				this.#upload = null;
				internals.ops.op_wellhead_fetch_finish(this.#id);
			} catch (error) {
				// The app's own stream failed: the server must not take what it has for the whole.
				this.#fail(new TypeError(`fetch failed: the body of ${this.#request.method} ${this.#request.url} failed`, { cause: error }));
			}
		}

		#stream() {
			const stream = new ReadableStream({
				type: "bytes",
				start: (controller) => {
					this.#controller = new WeakRef(controller);
				},
				pull: (controller) => this.#pull(controller),
				cancel: (reason) => this.#end(reason),
			}, { highWaterMark: 0 });
			forgotten ??= new FinalizationRegistry((id) => internals.ops.op_wellhead_fetch_drop(id));
			forgotten.register(stream, this.#id, this);
			return stream;
		}

		async #pull(controller) {
			const { ops } = internals;
			try {
				const length = await ops.op_wellhead_fetch_next(this.#id);
				if (this.#over) return;
				if (length === 0) {
					this.#end();
					controller.close();
					controller.byobRequest?.respond(0);
					return;
				}
				const chunk = new Uint8Array(length);
				ops.op_wellhead_fetch_take(this.#id, chunk);
				controller.enqueue(chunk);
			} catch (error) {
				if (this.#over) return;
				this.#end();
				controller.error(failed(this.#request, error));
			}
		}

		#stopUpload(reason) {
			const reader = this.#upload;
			this.#upload = null;
			reader?.cancel(reason).catch(() => {});
		}

		#abort() {
			this.#fail(this.#signal.reason);
		}

		#fail(reason) {
			if (this.#over) return;
			this.#end(reason);
			this.#reject?.(reason);
			this.#controller?.deref()?.error(reason);
		}

		#end(reason) {
			if (this.#over) return;
			this.#over = true;
			this.#stopUpload(reason);
			this.#signal?.removeEventListener("abort", this.#onAbort);
			forgotten?.unregister(this);
			internals.ops.op_wellhead_fetch_drop(this.#id);
		}
	}

	return { fetch };
})();

// Replies of the application, checked and written.

const [RAW, PAGE, FALLBACK] = [0, 1, 2];
const NOTHING = new Uint8Array(0);

/** Headers with their lengths, for a `Writer` that has to know its length first. */
function sizeHeaders(headers) {
	if (!Array.isArray(headers) || headers.length % 2 !== 0) throw new TypeError("headers are a flat list of names and values");
	const texts = headers.map(String);
	const sizes = texts.map(sizeOf);
	return { texts, sizes, length: 10 + sizes.reduce((sum, size) => sum + 4 + size, 0) };
}

function writeHead(writer, status, route, { texts, sizes }) {
	if (!Number.isInteger(status) || status < 100 || status > 999) throw new TypeError(`${status} is no HTTP status`);
	writer.u16(status).i32(route).u32(texts.length / 2);
	texts.forEach((text, index) => writer.str(text, sizes[index]));
	return writer;
}

/** Text or bytes, as they were given. */
function content(value, what) {
	if (value === null || value === undefined) return NOTHING;
	if (typeof value === "string") return value;
	if (value instanceof Uint8Array) return value;
	throw new TypeError(`${what} is neither text nor bytes`);
}

/** Starts a call. What comes back without a promise is written before anything else runs. */
function begin(id, payload) {
	const call = new Running(id, payload, limits);
	running.set(id, call);
	if (running.size > 1 || sessions.size > 0) send(OUT.BEGIN, id);
	try {
		const reply = context.run(call, respond, call.call);
		if (typeof reply?.then === "function") {
			send(OUT.PENDING, id);
			reply.then(
				(reply) => guarded(call, () => finish(call, reply)),
				(error) => call.threw(error),
			);
		} else finish(call, reply);
	} catch (error) {
		call.threw(error);
	}
}

function guarded(call, run) {
	try {
		run();
	} catch (error) {
		call.threw(error);
	}
}

/** Writes the reply, or what there is of it. */
function finish(call, reply) {
	if (typeof reply !== "object" || reply === null) throw new TypeError("`respond` gave no reply");
	const rest = reply.rest ?? null;
	if (!call.live) {
		call.rest = rest;
		return call.stop(new DOMException("nobody waits for the reply any more", "AbortError"));
	}
	if (![RAW, PAGE, FALLBACK].includes(reply.shape)) throw new TypeError(`${reply.shape} is no shape of a reply`);
	const parts = [content(reply.head, "head"), content(reply.body, "body"), content(reply.state, "state")];
	const sizes = parts.map(sizeOf);
	if (!spend(call, sizes[0] + sizes[1] + sizes[2])) return;
	const sized = sizeHeaders(reply.headers);
	const writer = new Writer(OUT.REPLY, call.id, sized.length + 14 + sizes[0] + sizes[1] + sizes[2]);
	writeHead(writer, reply.status, reply.route, sized).u8(reply.shape).u8(rest === null ? 0 : 1);
	parts.forEach((part, index) => writer.str(part, sizes[index]));
	call.reply = true;
	if (rest === null) call.close();
	else call.rest = rest;
	writer.send();
	if (rest !== null) pull(call);
}

/** Counts output; a call that writes too much fails. */
function spend(call, size) {
	call.left -= size;
	if (call.left >= 0) return true;
	call.fail(OUTPUT, ["Error", `the reply is longer than ${limits.outputBytes} bytes`, ""]);
	return false;
}

/** Asks for chunks as long as the reader has room. */
function pull(call) {
	if (call.pulling || call.rest === null) return;
	call.pulling = true;
	context.run(call, pullChunks, call).then(
		() => (call.pulling = false),
		(error) => {
			// The iterator threw, so it is over and needs no `return`. Nothing is pulled any more.
			call.rest = null;
			call.threw(error);
		},
	);
}

async function pullChunks(call) {
	while (call.credit > 0 && call.live) {
		const { done, value } = await call.rest.next();
		if (!call.live) return;
		if (done) {
			call.close();
			send(OUT.END, call.id);
			return;
		}
		const bytes = content(value[1], "a chunk");
		const size = sizeOf(bytes);
		if (!spend(call, size)) return;
		call.credit--;
		new Writer(OUT.CHUNK, call.id, 1 + size).u8(value[0]).raw(bytes).send();
	}
}

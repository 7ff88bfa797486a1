// node:stream.
import { Duplex, finished, PassThrough, pipeline, Readable, Transform, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline as piped } from "node:stream/promises";

const upper = () =>
	new Transform({
		transform(chunk, encoding, done) {
			done(null, chunk.toString().toUpperCase());
		},
	});

test("a readable flows to its listeners and ends", async () => {
	const parts = ["a", "b", null];
	const readable = new Readable({
		read() {
			this.push(parts.shift());
		},
	});
	const log = [];
	readable.on("data", (chunk) => log.push(String(chunk)));
	readable.on("end", () => log.push("end"));
	await new Promise((resolve) => readable.on("close", resolve));
	equal(log, ["a", "b", "end"]);
});

test("a readable is iterated, with encodings", async () => {
	const readable = Readable.from([Buffer.from([0xe2, 0x82]), Buffer.from([0xac])], { objectMode: false });
	readable.setEncoding("utf8");
	let all = "";
	for await (const part of readable) all += part;
	equal(all, "\u20ac");
	equal(readable.destroyed, true);
});

test("leaving a loop destroys the stream", async () => {
	let pulled = 0;
	const readable = Readable.from((async function* () {
		for (;;) yield pulled++;
	})());
	for await (const value of readable) if (value === 3) break;
	equal(readable.destroyed, true);
	ok(pulled < 10, `few values, not ${pulled}`);
});

test("read takes what is there", async () => {
	const readable = new Readable({ read() {} });
	readable.push("abc");
	readable.push("def");
	equal([String(readable.read(2)), String(readable.read()), readable.read()], ["ab", "cdef", null]);
	readable.push(null);
	await new Promise((resolve) => readable.on("end", resolve).resume());
});

test("a writable writes one at a time and finishes", async () => {
	const log = [];
	let running = 0;
	const writable = new Writable({
		highWaterMark: 3,
		write(chunk, encoding, done) {
			running++;
			equal(running, 1);
			setTimeout(() => {
				log.push(String(chunk));
				running--;
				done();
			}, 0);
		},
		final(done) {
			log.push("final");
			done();
		},
	});
	equal([writable.write("a"), writable.write("bcd"), writable.writableNeedDrain], [true, false, true]);
	await new Promise((resolve) => writable.once("drain", resolve));
	await new Promise((resolve) => writable.end("e", resolve));
	equal([log, writable.writableFinished], [["a", "bcd", "e", "final"], true]);
});

test("errors reach the listeners", async () => {
	const writable = new Writable({
		write(chunk, encoding, done) {
			done(new RangeError("full"));
		},
	});
	const error = await new Promise((resolve) => {
		writable.on("error", resolve);
		writable.write("a");
	});
	equal([error.message, writable.destroyed], ["full", true]);
	const ended = new Writable({ write: (chunk, encoding, done) => done() });
	ended.end();
	const late = await new Promise((resolve) => {
		ended.on("error", resolve);
		ended.write("late");
	});
	equal(late.code, "ERR_STREAM_WRITE_AFTER_END");
});

test("pipe waits for the slower side", async () => {
	let made = 0;
	const source = new Readable({
		highWaterMark: 10,
		read() {
			this.push(made++ < 50 ? "x".repeat(10) : null);
		},
	});
	let received = 0;
	let most = 0;
	const sink = new Writable({
		highWaterMark: 10,
		write(chunk, encoding, done) {
			received += chunk.length;
			most = Math.max(most, made * 10 - received);
			setTimeout(done, 0);
		},
	});
	await new Promise((resolve) => source.pipe(sink).on("finish", resolve));
	equal(received, 500);
	ok(most <= 60, `few bytes under way, not ${most}`);
});

test("pipelines transform, and fail as one", async () => {
	const out = new PassThrough();
	const all = text(out);
	await piped(Readable.from(["a", "b"]), upper(), out);
	equal(await all, "AB");
	const source = new PassThrough();
	const broken = new Transform({
		transform(chunk, encoding, done) {
			done(new RangeError("broken"));
		},
	});
	const result = new Promise((resolve) => pipeline(source, broken, new PassThrough(), resolve));
	source.write("x");
	equal([(await result).message, source.destroyed], ["broken", true]);
});

test("a transform flushes and a duplex has two sides", async () => {
	const counting = new Transform({
		transform(chunk, encoding, done) {
			this.count = (this.count ?? 0) + chunk.length;
			done();
		},
		flush(done) {
			done(null, String(this.count));
		},
	});
	counting.write("abc");
	counting.end("de");
	equal(await text(counting), "5");
	const duplex = new Duplex({ read() {}, write: (chunk, encoding, done) => done() });
	ok(duplex instanceof Readable && duplex instanceof Writable);
	duplex.destroy();
});

test("finished tells of the end and of a premature close", async () => {
	const readable = Readable.from(["a"]);
	const end = new Promise((resolve) => finished(readable, resolve));
	readable.resume();
	equal(await end ?? "no error", "no error");
	const cut = new PassThrough();
	const error = new Promise((resolve) => finished(cut, resolve));
	cut.destroy();
	equal((await error).code, "ERR_STREAM_PREMATURE_CLOSE");
});

test("web streams and node streams convert", async () => {
	const web = Readable.toWeb(Readable.from([Buffer.from("a"), Buffer.from("b")]));
	equal(await new Response(web).text(), "ab");
	equal(await text(Readable.fromWeb(new Response("web").body)), "web");
	const through = new TransformStream();
	const read = new Response(through.readable).text();
	Writable.fromWeb(through.writable).end(Buffer.from("in"));
	equal(await read, "in");
});

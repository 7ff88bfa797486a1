// fetch, against the server of server.rs.
import { createServer } from "node:http";

const get = (path, init) => fetch(SERVER + path, init);
const json = async (path, init) => (await get(path, init)).json();

test("a request arrives as it was made", async () => {
	const seen = await json("/echo?q=%C3%A4", { method: "PATCH", body: "h\u00e4", headers: { "X-A": "1", "x-b": "\u00e4" } });
	equal([seen.method, seen.path, seen.body], ["PATCH", "/echo?q=%C3%A4", "h\u00c3\u00a4"]);
	const headers = Object.fromEntries(seen.headers);
	equal([headers["x-a"], headers["x-b"]], ["1", "\u00e4"]);
	equal(headers["content-type"], "text/plain;charset=UTF-8");
	ok(headers["user-agent"].startsWith("wellhead/"));
	ok(/gzip/.test(headers["accept-encoding"]) && /br/.test(headers["accept-encoding"]) && /zstd/.test(headers["accept-encoding"]));
});

test("a response has status, headers and url", async () => {
	const response = await get("/status?code=404#hash");
	equal([response.status, response.ok, response.type, response.redirected], [404, false, "basic", false]);
	equal(response.url, `${SERVER}/status?code=404`);
	equal(response.headers.get("x-a"), "1, 2");
	equal(response.headers.getSetCookie(), ["a=1", "b=2"]);
	throws(() => response.headers.set("a", "b"), TypeError);
});

test("statuses without a body have none", async () => {
	for (const code of [204, 205, 304]) equal((await get(`/status?code=${code}`)).body, null);
	equal((await get("/status?code=200", { method: "HEAD" })).body, null);
});

test("bodies of every kind are sent", async () => {
	const send = async (body) => {
		const seen = await json("/echo", { method: "POST", body });
		return [seen.body, Object.fromEntries(seen.headers)["content-type"]];
	};
	equal(await send(new URLSearchParams({ a: "1 2" })), ["a=1+2", "application/x-www-form-urlencoded;charset=UTF-8"]);
	equal(await send(Uint8Array.of(97, 98)), ["ab", undefined]);
	equal(await send(new Blob(["blob"], { type: "a/b" })), ["blob", "a/b"]);
	const form = new FormData();
	form.append("a", "1");
	const [text, type] = await send(form);
	ok(text.includes("name=\"a\"\r\n\r\n1\r\n") && type.startsWith("multipart/form-data; boundary="));
});

test("a stream is sent as it is made", async () => {
	let pulled = 0;
	const body = new ReadableStream({
		async pull(controller) {
			await new Promise((resolve) => setTimeout(resolve, 0));
			if (++pulled > 3) controller.close();
			else controller.enqueue(new TextEncoder().encode(`part${pulled} `));
		},
	});
	const seen = await json("/echo", { method: "POST", body, duplex: "half" });
	equal(seen.body, "part1 part2 part3 ");
	equal(Object.fromEntries(seen.headers)["transfer-encoding"], "chunked");
});

test("a body is not made faster than it is taken, and an abort cancels it", async () => {
	let made = 0;
	const controller = new AbortController();
	const reason = new RangeError("enough");
	const cancelled = new Promise((resolve) => {
		const body = new ReadableStream({
			pull(stream) {
				made += 65536;
				stream.enqueue(new Uint8Array(65536));
			},
			cancel: resolve,
		});
		get("/deaf", { method: "POST", body, duplex: "half", signal: controller.signal }).catch(() => {});
	});
	let before = -1;
	while (made !== before) {
		before = made;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	ok(made > 0 && made < 32 * 1024 * 1024, `a bounded number of bytes, not ${made}`);
	controller.abort(reason);
	equal(await cancelled, reason);
});

test("a body stream that fails fails the request", async () => {
	const body = new ReadableStream({
		pull(controller) {
			controller.error(new RangeError("broken"));
		},
	});
	const error = await rejects(get("/echo", { method: "POST", body, duplex: "half" }), TypeError);
	equal(error.cause.message, "broken");
});

test("chunks come as they are sent", async () => {
	const text = [];
	for await (const chunk of (await get("/drip")).body) text.push(new TextDecoder().decode(chunk));
	equal(text.join(""), "onetwothree");
});

test("BYOB readers read", async () => {
	const reader = (await get("/drip")).body.getReader({ mode: "byob" });
	let text = "";
	for (;;) {
		const { value, done } = await reader.read(new Uint8Array(2));
		if (done) break;
		text += new TextDecoder().decode(value);
	}
	equal(text, "onetwothree");
});

test("nothing is read that nobody takes", async () => {
	const response = await get("/endless");
	const reader = response.body.getReader();
	await reader.read();
	let sent = -1;
	for (;;) {
		// The server stands still once all buffers between are full.
		const now = Number(await (await get("/sent")).text());
		if (now === sent) break;
		sent = now;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	ok(sent < 16 * 1024 * 1024, `a bounded number of bytes, not ${sent}`);
	await reader.cancel();
});

test("compressed bodies are unpacked", async () => {
	const packed = {
		gzip: "1f8b0800000000000003cb48cdc9c957c84090008088f9e511000000",
		br: "1b1000f88d946ede445586966c206f014f1c601c",
		zstd: "28b52ffd24116500003068656c6c6f200100314a11a2ed1e0c",
		deflate: "789ccb48cdc9c957c84090003a2e067d",
	};
	for (const [encoding, hex] of Object.entries(packed)) {
		const response = await get(`/encoded?encoding=${encoding}&hex=${hex}`);
		equal(await response.text(), "hello hello hello", encoding);
		equal(response.headers.get("content-encoding"), null);
	}
	const bad = await get("/encoded?encoding=gzip&hex=00112233");
	await rejects(bad.text(), TypeError);
});

test("redirects are followed", async () => {
	const to = encodeURIComponent("/echo?there");
	const response = await get(`/redirect?status=302&to=${to}`, { method: "POST", body: "b" });
	equal([response.redirected, response.url], [true, `${SERVER}/echo?there`]);
	const seen = await response.json();
	equal([seen.method, seen.body, Object.fromEntries(seen.headers)["content-type"]], ["GET", "", undefined]);
	const kept = await json(`/redirect?status=307&to=${to}`, { method: "POST", body: "b" });
	equal([kept.method, kept.body], ["POST", "b"]);
	await rejects(
		get(`/redirect?status=307&to=${to}`, { method: "POST", body: new Response("b").body, duplex: "half" }),
		/sent twice/,
	);
});

test("redirects are refused or shown", async () => {
	const manual = await get("/redirect?status=301&to=/echo", { redirect: "manual" });
	equal([manual.status, manual.headers.get("location"), await manual.text()], [301, "/echo", "moved"]);
	await rejects(get("/redirect?status=301&to=/echo", { redirect: "error" }), TypeError);
	const endless = await rejects(get("/loop"), TypeError);
	equal(endless.cause.code, "ERR_TOO_MANY_REDIRECTS");
	await rejects(get("/redirect?status=302&to=file:///etc/passwd"), TypeError);
	await rejects(get("/redirect?status=302&to=http://forbidden.test/"), /not allowed/);
});

test("credentials do not follow to another origin", async () => {
	const elsewhere = encodeURIComponent(`${SERVER.replace("127.0.0.1", "localhost")}/echo`);
	const headers = { authorization: "secret", "x-a": "1" };
	const seen = Object.fromEntries((await json(`/redirect?status=302&to=${elsewhere}`, { headers })).headers);
	equal([seen.authorization, seen["x-a"]], [undefined, "1"]);
});

test("an abort ends a request that waits", async () => {
	const controller = new AbortController();
	const waiting = get("/silent", { signal: controller.signal });
	setTimeout(() => controller.abort(), 1);
	await rejects(waiting, { name: "AbortError" });
	await rejects(get("/echo", { signal: AbortSignal.abort("before") }).catch((reason) => {
		throw new Error(reason);
	}), /before/);
	await rejects(get("/silent", { signal: AbortSignal.timeout(1) }), { name: "TimeoutError" });
	const request = new Request(`${SERVER}/silent`, { signal: AbortSignal.timeout(1) });
	await rejects(fetch(request), { name: "TimeoutError" });
});

test("an abort ends a body that is read", async () => {
	const controller = new AbortController();
	const response = await get("/stall", { signal: controller.signal });
	const reading = response.text();
	setTimeout(() => controller.abort(new RangeError("enough")), 1);
	await rejects(reading, /enough/);
});

test("failures name the request and the reason", async () => {
	const refused = await rejects(fetch("http://127.0.0.1:1/x"), TypeError);
	equal([refused.cause.code, refused.cause.url], ["ECONNREFUSED", "http://127.0.0.1:1/x"]);
	ok(refused.message.startsWith("fetch failed: GET http://127.0.0.1:1/x: "), refused.message);
	const cut = await get("/cut");
	const error = await rejects(cut.text(), TypeError);
	ok(error.cause instanceof Error && error.message.includes("/cut"), error.message);
	await rejects(fetch("http://forbidden.test/"), { cause: undefined, name: "TypeError" }).catch(() => {});
	const denied = await rejects(fetch("http://forbidden.test/"), TypeError);
	equal(denied.cause.code, "ERR_EGRESS_DENIED");
	await rejects(fetch("ftp://a.example/"), TypeError);
	await rejects(fetch("/relative"), /absolute URL/);
	await rejects(fetch(), TypeError);
});

test("an isolate cannot open requests without end", async () => {
	const controller = new AbortController();
	const open = Array.from({ length: 25 }, () => get("/silent", { signal: controller.signal }).catch((error) => error));
	const first = await Promise.race(open);
	equal(first.cause.code, "ERR_TOO_MANY_REQUESTS");
	controller.abort();
	await Promise.all(open);
	equal((await get("/echo")).status, 200);
});

test("data: URLs are read", async () => {
	const plain = await fetch("data:text/x,a%20b#no");
	equal([await plain.text(), plain.headers.get("content-type"), plain.status], ["a b", "text/x", 200]);
	const packed = await fetch("data:;charset=utf-8;base64,w6Q=");
	equal([await packed.text(), packed.headers.get("content-type")], ["\u00e4", "text/plain;charset=utf-8"]);
	equal((await fetch("data:,x")).headers.get("content-type"), "text/plain;charset=US-ASCII");
	await rejects(fetch("data:no comma"), TypeError);
	await rejects(fetch("data:;base64,!!"), TypeError);
});

test("blob: URLs are read", async () => {
	const url = URL.createObjectURL(new Blob(["blob"], { type: "a/b" }));
	const response = await fetch(url);
	equal([await response.text(), response.headers.get("content-type")], ["blob", "a/b"]);
	URL.revokeObjectURL(url);
	await rejects(fetch(url), TypeError);
});

test("a server cannot be opened", () => {
	throws(() => createServer(), /use fetch/);
});

// Response and its body.
test("a string body has a type and is read once", async () => {
	const response = new Response("h\u00e4", { status: 201, statusText: "Made", headers: { x: "1" } });
	equal([response.status, response.statusText, response.ok, response.type, response.url], [201, "Made", true, "default", ""]);
	equal(response.headers.get("content-type"), "text/plain;charset=UTF-8");
	equal(response.bodyUsed, false);
	equal(await response.text(), "h\u00e4");
	equal(response.bodyUsed, true);
	await rejects(response.text(), TypeError);
});

test("every kind of body is read in every form", async () => {
	const bodies = [
		() => "{\"a\":1}",
		() => new TextEncoder().encode("{\"a\":1}"),
		() => new TextEncoder().encode("{\"a\":1}").buffer,
		() => new Blob(["{\"a\"", ":1}"]),
		() => new Response("{\"a\":1}").body,
		() => new DataView(new TextEncoder().encode("{\"a\":1}").buffer),
	];
	for (const body of bodies) {
		equal(await new Response(body()).text(), "{\"a\":1}");
		equal(await new Response(body()).json(), { a: 1 });
		equal((await new Response(body()).arrayBuffer()).byteLength, 7);
		equal((await new Response(body()).bytes()).length, 7);
		equal((await new Response(body()).blob()).size, 7);
		let text = "";
		for await (const chunk of new Response(body()).body) text += new TextDecoder().decode(chunk);
		equal(text, "{\"a\":1}");
	}
});

test("given bytes are copied", async () => {
	const bytes = Uint8Array.of(1, 2);
	const response = new Response(bytes);
	bytes[0] = 9;
	const read = await response.bytes();
	equal([...read], [1, 2]);
});

test("no body reads as empty", async () => {
	const response = new Response(null, { status: 204 });
	equal(response.body, null);
	equal(await response.text(), "");
	equal(response.bodyUsed, false);
	await rejects(new Response().json(), SyntaxError);
});

test("bad options are refused", () => {
	throws(() => new Response("", { status: 199 }), RangeError);
	throws(() => new Response("", { status: 600 }), RangeError);
	throws(() => new Response("a", { status: 204 }), TypeError);
	throws(() => new Response("", { statusText: "a\nb" }), TypeError);
	throws(() => new Response("", 5), TypeError);
});

test("json and redirect and error", async () => {
	const json = Response.json({ a: [1] }, { status: 202, headers: { x: "1" } });
	equal([json.status, json.headers.get("content-type"), json.headers.get("x")], [202, "application/json", "1"]);
	equal(await json.json(), { a: [1] });
	equal(Response.json(1, { headers: { "content-type": "a/b" } }).headers.get("content-type"), "a/b");
	throws(() => Response.json(undefined), TypeError);
	const redirect = Response.redirect("https://a.example/x y", 307);
	equal([redirect.status, redirect.headers.get("location")], [307, "https://a.example/x%20y"]);
	throws(() => redirect.headers.set("x", "1"), TypeError);
	throws(() => Response.redirect("https://a.example", 200), RangeError);
	throws(() => Response.redirect("/relative"), TypeError);
	const error = Response.error();
	equal([error.type, error.status, error.ok], ["error", 0, false]);
});

test("a clone reads the same bytes", async () => {
	for (const body of ["text", new Response("text").body]) {
		const first = new Response(body, { headers: { a: "1" } });
		const second = first.clone();
		second.headers.set("a", "2");
		equal(first.headers.get("a"), "1");
		equal(await first.text(), "text");
		equal(await second.text(), "text");
		throws(() => first.clone(), TypeError);
	}
});

test("a locked body cannot be read", async () => {
	const response = new Response("text");
	const reader = response.body.getReader();
	await rejects(response.text(), TypeError);
	equal(response.bodyUsed, false);
	await reader.read();
	equal(response.bodyUsed, true);
});

test("the body of a read response is a used stream", async () => {
	const response = new Response("text");
	await response.text();
	equal(response.body.locked, true);
	equal(response.bodyUsed, true);
});

test("a stream of other than bytes is refused", async () => {
	const stream = new ReadableStream({
		start(controller) {
			controller.enqueue("text");
			controller.close();
		},
	});
	await rejects(new Response(stream).text(), TypeError);
});

test("a stream that fails fails the reader", async () => {
	const stream = new ReadableStream({
		pull(controller) {
			controller.error(new RangeError("broken"));
		},
	});
	await rejects(new Response(stream).text(), /broken/);
});

test("a body is pulled only as it is read", async () => {
	let pulled = 0;
	const stream = new ReadableStream({
		pull(controller) {
			pulled++;
			controller.enqueue(new Uint8Array(10));
			if (pulled === 100) controller.close();
		},
	}, { highWaterMark: 0 });
	const reader = new Response(stream).body.getReader();
	await reader.read();
	await reader.read();
	ok(pulled <= 3, `few pulls, not ${pulled}`);
	await reader.cancel();
});

test("text removes a byte order mark", async () => {
	equal(await new Response(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)).text(), "a");
});

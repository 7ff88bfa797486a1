// Request.
test("defaults and normal forms", () => {
	const request = new Request("http://a.example/x?y#z", { method: "post", body: "b" });
	equal([request.method, request.url, request.redirect, request.mode], ["POST", "http://a.example/x?y#z", "follow", "cors"]);
	equal(request.headers.get("content-type"), "text/plain;charset=UTF-8");
	equal(new Request("http://a.example", { method: "patch" }).method, "patch");
	equal(new Request(new URL("http://a.example")).url, "http://a.example/");
	ok(request.signal instanceof AbortSignal);
});

test("what cannot be requested is refused", () => {
	throws(() => new Request("/relative"), /absolute URL/);
	throws(() => new Request("http://user:pw@a.example"), TypeError);
	throws(() => new Request("http://a.example", { method: "TRACE" }), TypeError);
	throws(() => new Request("http://a.example", { method: "a b" }), TypeError);
	throws(() => new Request("http://a.example", { body: "b" }), TypeError);
	throws(() => new Request("http://a.example", { redirect: "maybe" }), TypeError);
	throws(() => new Request("http://a.example", { signal: {} }), TypeError);
	throws(() => new Request("http://a.example", { method: "POST", body: new ReadableStream() }), /duplex/);
});

test("a request of a request takes its body", async () => {
	const first = new Request("http://a.example", { method: "POST", body: "text", headers: { a: "1" } });
	const second = new Request(first, { headers: { b: "2" } });
	equal(first.bodyUsed, true);
	equal([second.method, second.headers.get("a"), second.headers.get("b")], ["POST", null, "2"]);
	equal(await second.text(), "text");
	throws(() => new Request(first), TypeError);
	const third = new Request(new Request("http://a.example", { method: "POST", body: "old" }), { body: "new" });
	equal(await third.text(), "new");
});

test("a clone has its own body", async () => {
	const request = new Request("http://a.example", { method: "POST", body: "text" });
	const clone = request.clone();
	equal([await request.text(), await clone.text()], ["text", "text"]);
	equal(clone.url, request.url);
});

test("the signal follows the given one", () => {
	const controller = new AbortController();
	const request = new Request("http://a.example", { signal: controller.signal });
	const clone = request.clone();
	const second = new Request(request);
	controller.abort("why");
	equal([request.signal.reason, clone.signal.reason, second.signal.reason], ["why", "why", "why"]);
	equal(new Request(request, { signal: null }).signal.aborted, false);
});

test("forms of both kinds are parsed", async () => {
	const parse = (body, type) => new Request("http://a.example", { method: "POST", body, headers: { "content-type": type } }).formData();
	const plain = await parse("a=1&b=x+y%20%E2%82%AC&a=2", "application/x-www-form-urlencoded");
	equal([...plain], [["a", "1"], ["b", "x y \u20ac"], ["a", "2"]]);
	const body = "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n"
		+ "--X\r\ncontent-disposition: form-data; name=\"f%22\"; filename=\"n.txt\"\r\nContent-Type: text/x\r\n\r\n\u00e4\r\n--X--\r\n";
	const multi = await parse(body, "multipart/form-data; boundary=X");
	equal(multi.get("a"), "1\r\n2");
	const file = multi.get("f\"");
	equal([file.name, file.type, await file.text()], ["n.txt", "text/x", "\u00e4"]);
});

test("bad forms are refused", async () => {
	const parse = (body, type) => new Request("http://a.example", { method: "POST", body, headers: { "content-type": type } }).formData();
	await rejects(parse("a=1", "text/plain"), TypeError);
	await rejects(parse("a=1", "multipart/form-data"), /boundary/);
	await rejects(parse("a=1", "multipart/form-data; boundary=X"), TypeError);
	await rejects(parse("--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1", "multipart/form-data; boundary=X"), TypeError);
	await rejects(parse("--X\r\nContent-Disposition: form-data\r\n\r\n1\r\n--X--", "multipart/form-data; boundary=X"), TypeError);
	await rejects(parse("--X\r\n\r\n1\r\n--X--", "multipart/form-data; boundary=X"), TypeError);
	const many = "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n".repeat(10_001);
	await rejects(parse(`${many}--X--`, "multipart/form-data; boundary=X"), /more than 10000/);
});

test("an empty multipart form is a form", async () => {
	const request = new Request("http://a.example", {
		method: "POST",
		body: "--X--\r\n",
		headers: { "content-type": "multipart/form-data; boundary=X" },
	});
	equal([...await request.formData()], []);
});

test("FormData goes there and back", async () => {
	const form = new FormData();
	form.append("a", "1\n2");
	form.append("q\"\r\n", "x");
	form.append("f", new File([Uint8Array.of(0, 13, 10, 45, 45, 255)], "b\"in", { type: "a/b" }));
	form.append("e", new Blob([]), "empty");
	const request = new Request("http://a.example", { method: "POST", body: form });
	const back = await request.formData();
	equal(back.get("a"), "1\r\n2");
	equal(back.get("q\"\r\n"), "x");
	equal(back.get("f").name, "b\"in");
	equal([...await back.get("f").bytes()], [0, 13, 10, 45, 45, 255]);
	equal([back.get("e").name, back.get("e").size], ["empty", 0]);
});

test("FormData is a list with names", () => {
	const form = new FormData();
	form.append("a", 1);
	form.append("b", "2");
	form.append("a", "3");
	equal(form.getAll("a"), ["1", "3"]);
	form.set("a", "4");
	equal([...form], [["a", "4"], ["b", "2"]]);
	form.delete("a");
	equal([form.has("a"), form.get("a"), [...form.keys()]], [false, null, ["b"]]);
	form.append("f", new Blob(["x"]));
	equal(form.get("f").name, "blob");
	throws(() => form.append("a"), TypeError);
	throws(() => form.append("a", "b", "c"), TypeError);
	throws(() => new FormData({}), TypeError);
});

// Blob, File and object URLs.
test("a blob joins its parts and keeps them", async () => {
	const bytes = Uint8Array.of(1, 2, 3);
	const blob = new Blob(["\u00e4", bytes, bytes.buffer, new DataView(bytes.buffer, 1), new Blob(["x"]), 5], { type: "A/B" });
	bytes[0] = 9;
	equal([blob.size, blob.type], [12, "a/b"]);
	equal([...await blob.bytes()], [0xc3, 0xa4, 1, 2, 3, 1, 2, 3, 2, 3, 0x78, 0x35]);
	equal((await blob.arrayBuffer()).byteLength, 12);
	equal(await new Blob(["a\ud800"]).text(), "a\ufffd");
	equal(new Blob().size, 0);
	equal(new Blob([], { type: "\u00e4" }).type, "");
});

test("slices cut across parts", async () => {
	const blob = new Blob(["abc", "def", "ghi"]);
	const text = (...range) => blob.slice(...range).text();
	equal([await text(2, 7), await text(-2), await text(4), await text(5, 2), await text(0, 100)], ["cdefg", "hi", "efghi", "", "abcdefghi"]);
	equal(await blob.slice(1, 8).slice(1, -1).text(), "cdefg");
	equal(blob.slice(0, 1, "X/Y").type, "x/y");
});

test("a blob is streamed in chunks", async () => {
	const blob = new Blob([new Uint8Array(100_000), "end"]);
	let length = 0;
	let chunks = 0;
	for await (const chunk of blob.stream()) {
		length += chunk.length;
		chunks++;
	}
	equal([length, chunks], [100_003, 3]);
	const reader = blob.stream().getReader({ mode: "byob" });
	equal((await reader.read(new Uint8Array(10))).value.length, 10);
	await reader.cancel();
});

test("what is read does not change the blob", async () => {
	const blob = new Blob(["abc"]);
	(await blob.bytes()).fill(0);
	for await (const chunk of blob.stream()) chunk.fill(0);
	equal(await blob.text(), "abc");
});

test("a file has a name and a date", () => {
	const file = new File(["x"], "n\u00e4me", { type: "a/b", lastModified: 5 });
	ok(file instanceof Blob);
	equal([file.name, file.lastModified, file.size, String(file)], ["n\u00e4me", 5, 1, "[object File]"]);
	ok(Math.abs(new File([], "x").lastModified - Date.now()) < 60_000, "the date of now");
});

test("bad arguments are refused", () => {
	throws(() => new Blob("text"), TypeError);
	throws(() => new Blob(5), TypeError);
	throws(() => new Blob([], 5), TypeError);
	throws(() => new Blob([], { endings: "x" }), TypeError);
	throws(() => new File([]), TypeError);
	throws(() => URL.createObjectURL({}), TypeError);
});

test("blobs and files can be cloned", async () => {
	const { blob, file } = structuredClone({ blob: new Blob(["a", "b"], { type: "x/y" }), file: new File(["c"], "n", { lastModified: 7 }) });
	equal([await blob.text(), blob.type, blob instanceof Blob], ["ab", "x/y", true]);
	equal([await file.text(), file.name, file.lastModified, file instanceof File], ["c", "n", 7, true]);
});

test("object URLs are bounded", async () => {
	const urls = [];
	const error = throws(() => {
		for (;;) urls.push(URL.createObjectURL(new Blob([String(urls.length)])));
	}, RangeError);
	ok(/revoke/.test(error.message));
	equal(await (await fetch(urls[3])).text(), "3");
	for (const url of urls) URL.revokeObjectURL(url);
	URL.revokeObjectURL(URL.createObjectURL(new Blob()));
});

// Headers.
test("names are case-insensitive and values are joined", () => {
	const headers = new Headers({ "Content-Type": "text/plain" });
	headers.append("X-A", "1");
	headers.append("x-a", " 2 ");
	equal(headers.get("x-A"), "1, 2");
	equal(headers.has("CONTENT-TYPE"), true);
	equal(headers.get("none"), null);
	headers.set("x-a", "3");
	equal(headers.get("x-a"), "3");
	headers.delete("X-A");
	equal(headers.has("x-a"), false);
});

test("iteration is sorted, with set-cookie apart", () => {
	const headers = new Headers([["b", "1"], ["Set-Cookie", "x=1"], ["a", "2"], ["set-cookie", "y=2"], ["B", "3"]]);
	equal([...headers], [["a", "2"], ["b", "1, 3"], ["set-cookie", "x=1"], ["set-cookie", "y=2"]]);
	equal([...headers.keys()], ["a", "b", "set-cookie", "set-cookie"]);
	equal(headers.getSetCookie(), ["x=1", "y=2"]);
	equal(headers.get("set-cookie"), "x=1, y=2");
	const seen = [];
	headers.forEach((value, name, self) => seen.push(`${name}=${value}`, self === headers));
	equal(seen.slice(0, 2), ["a=2", true]);
});

test("iteration sees changes", () => {
	const headers = new Headers({ a: "1", b: "2", c: "3" });
	const seen = [];
	for (const [name] of headers) {
		seen.push(name);
		headers.delete("b");
	}
	equal(seen, ["a", "c"]);
});

test("bad names and values are refused", () => {
	const headers = new Headers();
	throws(() => headers.append("a b", "1"), TypeError);
	throws(() => headers.append("", "1"), TypeError);
	throws(() => headers.set("a", "1\n2"), TypeError);
	throws(() => headers.set("a", "1\0"), TypeError);
	throws(() => headers.set("a", "\u20ac"), TypeError);
	throws(() => headers.get("\u20ac"), TypeError);
	throws(() => new Headers([["a"]]), TypeError);
	throws(() => new Headers([["a", "b", "c"]]), TypeError);
	throws(() => new Headers(null), TypeError);
	throws(() => new Headers(1), TypeError);
	headers.set("a", "\xff");
	equal(headers.get("a"), "\xff");
});

test("other headers are copied", () => {
	const first = new Headers([["set-cookie", "a"], ["set-cookie", "b"], ["x", "1"]]);
	const second = new Headers(first);
	second.set("x", "2");
	equal(first.get("x"), "1");
	equal(second.getSetCookie(), ["a", "b"]);
	equal(new Headers(new Map([["a", "b"]])).get("a"), "b");
});

test("removing one of several keeps the rest", () => {
	const headers = new Headers([["a", "1"], ["b", "2"], ["a", "3"], ["c", "4"]]);
	headers.delete("a");
	equal([...headers], [["b", "2"], ["c", "4"]]);
	headers.append("b", "5");
	headers.set("b", "6");
	equal([...headers], [["b", "6"], ["c", "4"]]);
});

// node:path, node:url and node:querystring.
import path from "node:path";
import querystring from "node:querystring";
import url, { fileURLToPath, pathToFileURL } from "node:url";

test("join, normalize, resolve and relative", () => {
	equal([path.join("/a", "..", "b", "./c/"), path.join(), path.join("", "a"), path.join("..", "a")], ["/b/c/", ".", "a", "../a"]);
	equal([path.normalize("/a//b/../c/."), path.normalize("../../a"), path.normalize(""), path.normalize("/..")], ["/a/c", "../../a", ".", "/"]);
	equal([path.resolve("/a", "b", "../c"), path.resolve("/a", "/b"), path.resolve("/")], ["/a/c", "/b", "/"]);
	equal(path.resolve("x"), `${process.cwd()}/x`.replace("//", "/"));
	equal([path.relative("/a/b/c", "/a/d"), path.relative("/a", "/a"), path.relative("/", "/x/y")], ["../../d", "", "x/y"]);
});

test("the parts of a path", () => {
	equal(["/a/b.c", "/a/", "a", "/", "", "a//b", "//x"].map((one) => path.dirname(one)), ["/a", "/", ".", "/", ".", "a/", "//"]);
	equal(["/a/b.c", "/a/", "", "/"].map((one) => path.basename(one)), ["b.c", "a", "", ""]);
	equal([path.basename("a/b.html", ".html"), path.basename(".html", ".html")], ["b", ".html"]);
	equal([".a", "a.", "a.b.c", "a", "..", "/x.y/z", ".a.b"].map((one) => path.extname(one)), ["", ".", ".c", "", "", "", ".b"]);
	equal(path.parse("/a/b.c"), { root: "/", dir: "/a", base: "b.c", ext: ".c", name: "b" });
	equal(path.parse("x"), { root: "", dir: "", base: "x", ext: "", name: "x" });
	equal([path.format({ dir: "/a", base: "b" }), path.format({ root: "/", name: "b", ext: "c" })], ["/a/b", "/b.c"]);
	equal([path.isAbsolute("/a"), path.isAbsolute("a"), path.sep, path.delimiter, path.posix === path], [true, false, "/", ":", true]);
	throws(() => path.join(1), { code: "ERR_INVALID_ARG_TYPE" });
});

test("file URLs", () => {
	equal(fileURLToPath("file:///a%20b/c"), "/a b/c");
	equal(fileURLToPath(new URL("file:///x")), "/x");
	equal(pathToFileURL("/a b#c?d%e").href, "file:///a%20b%23c%3Fd%25e");
	equal(pathToFileURL("/a/").href, "file:///a/");
	throws(() => fileURLToPath("http://a"), { code: "ERR_INVALID_URL_SCHEME" });
	throws(() => fileURLToPath("file:///a%2fb"), { code: "ERR_INVALID_FILE_URL_PATH" });
	throws(() => fileURLToPath(5), { code: "ERR_INVALID_ARG_TYPE" });
});

test("the old parse and format", () => {
	const parsed = url.parse("http://user:pw@Host.com:8080/p/a?query=1#hash", true);
	equal(
		[parsed.protocol, parsed.auth, parsed.host, parsed.port, parsed.hostname, parsed.pathname, parsed.search, parsed.hash, parsed.query.query],
		["http:", "user:pw", "host.com:8080", "8080", "host.com", "/p/a", "?query=1", "#hash", "1"],
	);
	const relative = url.parse("/a?b=c");
	equal([relative.protocol, relative.pathname, relative.query, relative.path, relative.href], [null, "/a", "b=c", "/a?b=c", "/a?b=c"]);
	equal(url.parse("http://a.example").pathname, "/");
	equal(url.format({ protocol: "https", hostname: "a.example", pathname: "x", query: { a: [1, 2] } }), "https://a.example/x?a=1&a=2");
	equal(url.format(new URL("http://u:p@a.example/#h"), { auth: false, fragment: false }), "http://a.example/");
	equal([url.resolve("/one/two/three", "four"), url.resolve("http://a.example/b", "/c")], ["/one/two/four", "http://a.example/c"]);
	equal(url.URL === URL && url.URLSearchParams === URLSearchParams, true);
});

test("query strings", () => {
	equal({ ...querystring.parse("a=1&b=x+y%20z&a=2&c&%zz=1") }, { a: ["1", "2"], b: "x y z", c: "", "%zz": "1" });
	equal(querystring.stringify({ a: [1, "2"], b: "x y", c: true, d: null, e: NaN }), "a=1&a=2&b=x%20y&c=true&d=&e=");
	equal(querystring.stringify({ a: 1, b: 2 }, ";", ":"), "a:1;b:2");
	equal({ ...querystring.parse("a:1;b:2", ";", ":") }, { a: "1", b: "2" });
	equal(Object.keys(querystring.parse("a&b&c", "&", "=", { maxKeys: 2 })), ["a", "b"]);
});

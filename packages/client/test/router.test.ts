/** The matcher against the cases that it shares with the server's. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { Route } from "../src/app.ts";
import { resolve } from "../src/app/paths.ts";
import { matchPath } from "../src/router.ts";
import { segmentsOf } from "../../host/test/harness/scan.ts";

interface Group {
	about: string;
	routes: string[];
	matchers?: Record<string, string>;
	cases: { path: string; route?: string | null; params?: Record<string, string>; error?: string }[];
}

const folder = "../tests/routing";
const groups = readdirSync(folder)
	.filter((name) => name.endsWith(".json"))
	.flatMap((name) => JSON.parse(readFileSync(`${folder}/${name}`, "utf8")) as Group[]);

test("the shared cases are there", () => assert.ok(groups.length > 5));

for (const { about, routes: ids, matchers = {}, cases } of groups)
	test(about, () => {
		const routes = ids.map((id): Route => ({ id, segments: segmentsOf(id), page: null, endpoint: true }));
		for (const { path, route = null, params } of cases) {
			const found = matchPath(routes, path, (name, value) => new RegExp(matchers[name]!).test(value));
			assert.equal(found && ids[found.route], route, path);
			if (found && params) assert.deepEqual(found.params, params, path);
		}
	});

test("a rest parameter may give parts back, and a parameter inside a segment takes as little as it can", () => {
	const routes = ["/[...path]/raw", "/[a]-[b]", "/[[lang]]/about"].map((id): Route => ({ id, segments: segmentsOf(id), page: null, endpoint: true }));
	const find = (path: string) => matchPath(routes, path, () => true);
	assert.deepEqual(find("/x/y/raw"), { route: 0, params: { path: "x/y" } });
	assert.deepEqual(find("/1-2-3"), { route: 1, params: { a: "1", b: "2-3" } });
	assert.deepEqual(find("/about"), { route: 2, params: {} });
	assert.equal(find("/%zz"), null);
});

test("resolve fills parameters in and leaves groups out", () => {
	assert.equal(resolve("/"), "/");
	assert.equal(resolve("/(app)/country/[cca3]", { cca3: "a/b" }), "/country/a%2Fb");
	assert.equal(resolve("/[[lang]]/docs/[...path]", { path: "a b/c" }), "/docs/a%20b/c");
	assert.equal(resolve("/[[lang]]/docs/[...path]", { lang: "de", path: "" }), "/de/docs");
	assert.equal(resolve("/post-[id=int]", { id: "7" }), "/post-7");
	assert.throws(() => resolve("/[id]"), /the parameter "id" is missing/);
});

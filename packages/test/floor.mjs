/** Prints what `respond` costs above `render` of svelte/server, for a page of one element. For a look, not a test. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
process.chdir(root);
const out = join(root, "node_modules/.cache/floor");
mkdirSync(out, { recursive: true });
const contents = `
import { build } from "./host/test/harness/build.ts";
import { join } from "node:path";
const app = await build("host/test/fixtures/hello", { dev: false });
const call = { method: "GET", url: "http://localhost/", target: 0, routes: [0, 0], traceId: "", nonce: "", client: "", header: () => null, headers: () => [], body: () => null, signal: null, early() {}, report(error) { throw error; } };
await app.respond(call);
const measure = (name, run) => {
	let best = Infinity;
	for (let round = 0; round < 40; round++) {
		const start = process.cpuUsage().user;
		for (let i = 0; i < 30_000; i++) run();
		best = Math.min(best, (process.cpuUsage().user - start) / 30_000);
	}
	console.log(name.padEnd(24), best.toFixed(2), "µs of CPU");
};
measure("respond", () => app.respond(call));
measure("render, Root and page", () => app.floor.adapter());
measure("render, page alone", () => app.floor.page());
app.dispose();
`;
await build({ stdin: { contents, resolveDir: root, loader: "ts" }, outfile: join(out, "floor.mjs"), bundle: true, platform: "node", format: "esm", packages: "external" });
await import(join(out, "floor.mjs"));

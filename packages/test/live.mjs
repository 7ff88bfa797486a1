/** Prints what live components cost: `npm run live`. For a look, not a test. */

import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
process.chdir(root);
const out = join(root, "node_modules/.cache/live");
mkdirSync(out, { recursive: true });
const contents = `
import { createLiveHost } from "./host/src/live/host.ts";
import { html, LiveView, component } from "./client/src/index.ts";
class Counter extends LiveView {
	mount() { this.state = { count: 0 }; }
	increment() { this.state.count++; }
	render() { return html\`<button @click="increment">\${this.state.count}</button>\`; }
}
class Table extends LiveView {
	mount() { this.state = { n: 0, rows: Array.from({ length: 10_000 }, (_, id) => ({ id, a: "name " + id, b: "some <text> here", c: id * 3, d: "x" + id, e: "yes" })) }; }
	next() { this.state.n++; }
	render() { return html\`<table @click="next">\${this.state.rows.map((r) => html\`<tr ts-key=\${r.id}><td>\${r.a}</td><td>\${r.b}</td><td>\${r.c}</td><td>\${r.d}</td><td>\${r.e}</td></tr>\`)}</table>\${this.state.n}\`; }
}
class Row extends LiveView {
	render() { return html\`<tr><td>\${this.props.name}</td></tr>\`; }
}
class Rows extends LiveView {
	mount() { this.state = { n: 0 }; }
	next() { this.state.n++; }
	render() { return html\`<table @click="next">\${Array.from({ length: 1000 }, (_, id) => component(Row, { id, name: "name " + id }))}</table>\${this.state.n}\`; }
}
const classes = { Counter, Table, Rows };
const host = createLiveHost({ load: async (name) => ({ default: classes[name] }), news() {}, report(error) { throw error; } });
const mount = (session, module) => host.command(session, JSON.stringify({ type: "mount", component: 0, module, params: {}, url: "http://localhost/" }));
for (const name in classes) { mount(0, name); await new Promise((done) => setImmediate(done)); host.command(0, '{"type":"close"}'); }
const click = (session, event, handler) => host.command(session, '{"type":"event","component":0,"event":' + event + ',"handler":"' + handler + '"}');
const SESSIONS = 10_000;
const heap = () => { for (let i = 0; i < 4; i++) gc(); return process.memoryUsage().heapUsed; };
for (const clicks of [0, 3]) {
	const before = heap();
	for (let i = 1; i <= SESSIONS; i++) mount(i, "Counter");
	for (let i = 1; i <= SESSIONS; i++) for (let j = 1; j <= clicks; j++) click(i, j, "increment");
	await new Promise((done) => setImmediate(done));
	console.log("heap of an idle counter, " + clicks + " clicks", Math.round((heap() - before) / SESSIONS), "B");
	for (let i = 1; i <= SESSIONS; i++) host.command(i, '{"type":"close"}');
}
mount(1, "Counter");
mount(2, "Table");
mount(3, "Rows");
let event = 0;
const measure = (name, times, run) => {
	let best = Infinity;
	for (let round = 0; round < 10; round++) {
		const start = process.cpuUsage();
		for (let i = 0; i < times; i++) run();
		const { user, system } = process.cpuUsage(start);
		best = Math.min(best, (user + system) / times);
	}
	console.log(name.padEnd(40), best < 100 ? best.toFixed(2) + " µs of CPU" : (best / 1000).toFixed(2) + " ms of CPU");
};
measure("click of a counter", 10_000, () => click(1, ++event, "increment"));
measure("render of 10,000 rows of 5 cells", 30, () => click(2, ++event, "next"));
measure("render of 1,000 unchanged components", 300, () => click(3, ++event, "next"));
`;
await build({ stdin: { contents, resolveDir: root, loader: "ts" }, outfile: join(out, "live.mjs"), bundle: true, platform: "node", format: "esm", packages: "external", target: "es2022" });
process.exit(spawnSync(process.execPath, ["--expose-gc", join(out, "live.mjs")], { stdio: "inherit" }).status ?? 1);

// node:process, the module system, and the small modules.
import diagnostics from "node:diagnostics_channel";
import fs, { existsSync, readFileSync } from "node:fs";
import module, { createRequire, isBuiltin } from "node:module";
import os from "node:os";
import { performance as measured } from "node:perf_hooks";
import imported from "node:process";
import * as timers from "node:timers/promises";
import { threadId } from "node:worker_threads";

test("process is the same everywhere and has an environment", () => {
	equal(imported === process, true);
	equal([process.env.WELLHEAD_TEST, process.env.NOT_THERE, "WELLHEAD_TEST" in process.env], ["yes", undefined, true]);
	process.env.ADDED = 5;
	equal([process.env.ADDED, Object.keys(process.env).sort()], ["5", ["ADDED", "WELLHEAD_TEST"]]);
	delete process.env.ADDED;
	equal({ ...process.env }, { WELLHEAD_TEST: "yes" });
});

test("process does not claim to be Node", () => {
	equal([process.versions.node, process.platform, process.version[0]], [undefined, "linux", "v"]);
	ok(/^\d+\.\d+/.test(process.versions.v8) && /^\d+\.\d+/.test(process.versions.wellhead), "versions of what it is");
	equal(Object.prototype.toString.call(process), "[object Object]");
});

test("ticks come before promises, with arguments", async () => {
	const log = [];
	await new Promise((resolve) =>
		setTimeout(() => {
			Promise.resolve().then(() => log.push("promise"));
			process.nextTick((a, b) => log.push(a + b), "ti", "ck");
			setTimeout(resolve, 0);
		}, 0)
	);
	equal(log, ["tick", "promise"]);
	throws(() => process.nextTick(5), { code: "ERR_INVALID_ARG_TYPE" });
});

test("time and memory are measured", () => {
	const [seconds, nanos] = process.hrtime(process.hrtime());
	ok(seconds === 0 && nanos >= 0);
	ok(process.hrtime.bigint() > 0n && process.uptime() > 0 && process.memoryUsage().heapUsed > 0);
	equal(measured === performance, true);
	ok(process.cwd().startsWith("/"));
});

test("what would end the server is refused", () => {
	throws(() => process.exit(1), { code: "ERR_NOT_AVAILABLE" });
	throws(() => process.chdir("/"), /not available in an isolate/);
	equal(process.stdout.write("a line of the test\n"), true);
});

test("files are refused with a hint", async () => {
	throws(() => readFileSync("/etc/passwd"), /no file system/);
	throws(() => fs.createReadStream("x"), { code: "ERR_NOT_AVAILABLE" });
	await rejects(fs.promises.readFile("x"), { code: "ERR_NOT_AVAILABLE" });
	equal(existsSync("/"), false);
});

test("require gives the modules of Node", () => {
	const require = createRequire("file:///app/server.js");
	equal(require("node:path") === require("path") && require("events").EventEmitter === require("events"), true);
	equal(require("process") === process, true);
	throws(() => require("left-pad"), { code: "MODULE_NOT_FOUND" });
	equal([isBuiltin("node:fs/promises"), isBuiltin("x"), module.builtinModules.includes("util")], [true, false, true]);
	equal(process.getBuiltinModule("node:os") === os, true);
});

test("every module can be imported", async () => {
	const missing = [];
	for (const name of module.builtinModules) {
		const namespace = await import(`node:${name}`);
		if (namespace.default === undefined) missing.push(name);
	}
	equal(missing, []);
	await rejects(import("node:nothing"));
	throws(() => new (class extends fs.ReadStream {})(), { code: "ERR_NOT_AVAILABLE" });
});

test("a module that does not exist fails alone", async () => {
	await rejects(import("left-pad"), TypeError);
});

test("timers as promises", async () => {
	equal(await timers.setTimeout(1, "value"), "value");
	equal(await timers.setImmediate("now"), "now");
	const controller = new AbortController();
	const waiting = timers.setTimeout(10_000, null, { signal: controller.signal });
	controller.abort();
	await rejects(waiting, { name: "AbortError" });
	let count = 0;
	for await (const value of timers.setInterval(1, "x")) if (value === "x" && ++count === 2) break;
	equal(count, 2);
});

test("channels publish", () => {
	const channel = diagnostics.channel("test");
	equal([channel.hasSubscribers, diagnostics.channel("test") === channel], [false, true]);
	const seen = [];
	const subscriber = (message, name) => seen.push([message, name]);
	diagnostics.subscribe("test", subscriber);
	channel.publish(1);
	equal([diagnostics.unsubscribe("test", subscriber), channel.hasSubscribers], [true, false]);
	channel.publish(2);
	equal(seen, [[1, "test"]]);
	const tracing = diagnostics.tracingChannel("work");
	const log = [];
	tracing.subscribe({ start: () => log.push("start"), end: (context) => log.push(`end ${context.result}`) });
	equal([tracing.traceSync(() => 5), log], [5, ["start", "end 5"]]);
});

test("constants of the platform", () => {
	equal([os.EOL, os.platform(), threadId], ["\n", "linux", 0]);
});

// The console. The first case's lines are compared in mod.rs.
test("messages reach the log with their level", () => {
	console.log("text %s %d", "a", 1.5, { b: [1, "two"] });
	console.info("info");
	console.debug("debug");
	console.warn("warn");
	console.error(new RangeError("broken").message);
	console.group("group");
	console.log("inside");
	console.groupEnd();
	console.count("laps");
	console.count("laps");
	console.assert(true, "not told");
	console.assert(false, "told");
	console.log(new Map([["k", new Set([1])]]), new Headers({ a: "1" }));
	console.log("x".repeat(20_000));
	console.log("two\nlines");
	process.stdout.write("half ");
	process.stdout.write("line\n");
	INTERNALS.context.runAsRender({ timers: 0, maxTimers: 1, traceId: "abc" }, () => console.warn("of a render"));
});

test("every method can be called with anything", () => {
	const odd = {
		get bad() {
			throw new Error("no");
		},
		[Symbol("s")]: 1,
	};
	odd.self = odd;
	for (const name of ["log", "info", "debug", "warn", "error", "trace", "dir", "dirxml"]) console[name]("%s %d", name, 1, odd, null);
	console.table([{ a: 1, b: 2 }]);
	console.countReset();
	console.time("t");
	console.timeLog("t", 1);
	console.timeEnd("t");
	equal(console.log(), undefined);
});

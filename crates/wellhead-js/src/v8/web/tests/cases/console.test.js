// The console: that it never throws; what it logs is tested in Rust.
test("every method can be called with anything", () => {
	const odd = { get bad() {
		throw new Error("no");
	}, [Symbol("s")]: 1 };
	odd.self = odd;
	for (const name of ["log", "info", "debug", "warn", "error", "trace", "dir", "dirxml"]) console[name]("%s %d", name, 1, odd, null);
	console.table([{ a: 1, b: 2 }]);
	console.group("group");
	console.log("inside");
	console.groupEnd();
	console.count();
	console.countReset();
	console.time("t");
	console.timeLog("t", 1);
	console.timeEnd("t");
	console.assert(false, "told");
	console.assert(true, "not told");
	equal(console.log(), undefined);
});

// Timers: order, arguments, cancelling, counting.
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

test("a 0 ms timer fires after microtasks and in order", async () => {
	const log = [];
	setTimeout(() => log.push("a"), 0);
	setTimeout(() => log.push("b"));
	setImmediate(() => log.push("c"));
	queueMicrotask(() => log.push("micro"));
	process.nextTick(() => log.push("tick"));
	log.push("sync");
	await sleep(3);
	equal(log.slice(3), ["a", "b", "c"]);
	equal(log[0], "sync");
	equal(log.slice(1, 3).sort(), ["micro", "tick"]);
});

test("arguments are passed and a cleared timer does not fire", async () => {
	const log = [];
	setTimeout((...args) => log.push(args), 0, 1, 2);
	clearTimeout(setTimeout(() => log.push("no"), 0));
	clearTimeout(setTimeout(() => log.push("no"), 2));
	clearTimeout(+setTimeout(() => log.push("no"), 1));
	clearImmediate(setImmediate(() => log.push("no")));
	clearTimeout(undefined);
	clearTimeout(12345);
	await sleep(5);
	equal(log, [[1, 2]]);
});

test("an interval repeats until it is cleared", async () => {
	let count = 0;
	await new Promise((resolve) => {
		const timer = setInterval(() => {
			if (++count === 3) {
				clearInterval(timer);
				resolve();
			}
		}, 1);
	});
	await sleep(4);
	equal(count, 3);
});

test("a timer has the methods of Node's", async () => {
	const timer = setTimeout(() => {}, 50);
	equal(timer.hasRef(), true);
	equal(timer.unref().hasRef(), false);
	equal(timer.ref(), timer);
	timer.refresh();
	equal(typeof +timer, "number");
	timer.close();
});

test("timers need functions", () => {
	throws(() => setTimeout("code"), { code: "ERR_INVALID_ARG_TYPE" });
	throws(() => setImmediate(), { code: "ERR_INVALID_ARG_TYPE" });
});

test("a render's timers are counted and refused beyond its limit", async () => {
	const { context, timers } = INTERNALS;
	const render = { timers: 0, maxTimers: 3 };
	const before = timers.active();
	context.runAsRender(render, () => {
		setTimeout(() => {}, 0);
		setTimeout(() => {}, 1000);
		setImmediate(() => {});
		equal(render.timers, 3);
		throws(() => setTimeout(() => {}, 0), { code: "ERR_TIMER_LIMIT" });
	});
	await sleep(2);
	equal(render.timers, 1);
	equal(timers.clearOf(render), 1);
	equal(render.timers, 0);
	equal(timers.active(), before);
});

test("a timer of a timer belongs to the same render", async () => {
	const render = { timers: 0, maxTimers: 10 };
	const seen = await INTERNALS.context.runAsRender(render, async () => {
		await sleep(0);
		await sleep(1);
		setTimeout(() => {}, 1);
		return render.timers;
	});
	equal(seen, 1);
});


test("many 0 ms timers cost no wait of a millisecond each", async () => {
	const start = performance.now();
	for (let i = 0; i < 300; i++) await sleep(0);
	const each = (performance.now() - start) / 300;
	console.log(`a 0 ms timer takes ${(each * 1000).toFixed(1)} us`);
});

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

/** Keeps the event loop from turning. */
function block(ms) {
	const until = performance.now() + ms;
	while (performance.now() < until);
}

test("timers that a blocked turn made late fire in the order in which they were due", async () => {
	const log = [];
	let repeated = 0;
	const interval = setInterval(() => ++repeated === 1 && log.push("3 ms"), 3);
	setTimeout(() => log.push("2 ms"), 2);
	setTimeout(() => {
		log.push("0 ms");
		Promise.resolve().then(() => log.push("microtask of 0 ms"));
		process.nextTick(() => log.push("tick of 0 ms"));
	}, 0);
	setTimeout(() => log.push("1 ms"), 1);
	block(5);
	setTimeout(() => log.push("0 ms after the block"), 0);
	await sleep(5);
	equal(log.slice(0, 1), ["0 ms"]);
	equal(log.slice(1, 3).sort(), ["microtask of 0 ms", "tick of 0 ms"]);
	equal(log.slice(3), ["1 ms", "2 ms", "3 ms", "0 ms after the block"]);
	clearInterval(interval);
	equal(repeated >= 1, true);
});

test("so do those that were set after the event loop had looked at what waits", async () => {
	const log = [];
	await new Promise((done) => {
		setImmediate(() => {
			setTimeout(() => log.push("0 ms"), 0);
			setTimeout(() => (log.push("1 ms"), done()), 1);
			block(5);
		});
	});
	equal(log, ["0 ms", "1 ms"]);
});

test("a 0 ms timer that fires ahead of a late one may clear it", async () => {
	const log = [];
	const late = setTimeout(() => log.push("cleared"), 1);
	const repeated = setInterval(() => log.push("cleared"), 1);
	setTimeout(() => {
		clearTimeout(late);
		clearInterval(repeated);
	}, 0);
	clearTimeout(setTimeout(() => log.push("cleared"), 0));
	block(3);
	await sleep(4);
	equal(log, []);
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

// The process: starts on `Init`, answers pings, and knows when nothing can happen any more.

/** The bundle's `respond`. */
let respond = null;
/** `{ window, outputBytes, timers }` */
let limits = null;
let loading = false;
const ABI = 1;

async function load(init) {
	loading = true;
	setEnvironment(init.env);
	if (init.inspect) await tellInspector();
	if (init.tool) {
		program = await loadProgram(init);
	} else {
		limits = init.limits;
		const entry = await importEntry(init);
		if (entry.abi !== ABI) {
			throw new Error(`the bundle is for version ${entry.abi} of the engine, this is version ${ABI}; build it again`);
		}
		if (typeof entry.respond !== "function") throw new TypeError("the bundle's entry exports no function `respond`");
		respond = entry.respond;
		startLive(entry.live, init.dir);
		// What the entry imports has been evaluated.
		takeUnproven();
	}
	loading = false;
	send(OUT.READY, 0);
}

/** Tells where debuggers attach. A Node that was built without an inspector has no such module. */
async function tellInspector() {
	const { url } = await import("node:inspector");
	const address = url() ?? "";
	const size = sizeOf(address);
	new Writer(OUT.INSPECT, 0, 4 + size).str(address, size).send();
}

function loadFailed(error) {
	loading = false;
	sendError(OUT.LOAD_FAILED, 0, THROWN, describe(error));
}

function pong(id) {
	const { arrayBuffers } = process.memoryUsage();
	// Young objects come and go: what outlived a collection tells what is kept.
	const heapUsed = v8.getHeapSpaceStatistics().reduce(
		(sum, space) => sum + (space.space_name.startsWith("new_") ? 0 : space.space_used_size),
		0,
	);
	const all = process.getActiveResourcesInfo().reduce((sum, kind) => sum + (kind === "Timeout" ? 1 : 0), 0);
	// Those of live sessions are counted for each, and end with it.
	const timers = Math.max(0, all - timersOfSessions());
	new Writer(OUT.PONG, id, 20).u64(heapUsed).u64(arrayBuffers).u32(timers).send();
}

function onCall(kind, id, payload) {
	const call = running.get(id);
	// What comes for a call that is over was sent before the other end knew.
	if (call === undefined) return;
	switch (kind) {
		case IN.BODY:
			return bodyPiece(call, payload);
		case IN.BODY_END:
			return call.endBody();
		case IN.BODY_FAIL:
			return call.endBody(new Error(payload.toString("utf8")));
		case IN.PULL:
			call.credit += payload.readUInt32LE(0);
			return pull(call);
		case IN.CANCEL:
			return call.cancel(payload[0]);
		case IN.MOUNTED:
			return call.mounted(payload.readUInt32LE(0), payload.toString("utf8", 4));
	}
}

// The socket does not keep the event loop alive while the application works, so that Node tells when nothing is left
// to wait for: whatever a call still awaits then can no longer happen.
process.on("beforeExit", () => {
	socket.ref();
	const stalled = ["Error", STALLED_MESSAGE, ""];
	if (loading) loadFailed(new Error("a module awaits something at its top level that can no longer happen"));
	invoked?.fail(STALLED, stalled);
	for (const call of [...running.values()]) {
		if (call.waitsForApplication) call.fail(STALLED, stalled);
	}
});

new Frames((kind, id, payload) => {
	switch (kind) {
		case IN.INIT:
			load(JSON.parse(payload.toString("utf8"))).catch(loadFailed);
			break;
		case IN.CALL:
			begin(id, payload);
			break;
		case IN.PING:
			return pong(id);
		case IN.COMMAND:
			liveCommand(id, payload.toString("utf8"));
			return true;
		case IN.CLOSE:
			liveClose(id);
			return true;
		case IN.INVOKE:
			invoke(id, payload);
			break;
		default:
			onCall(kind, id, payload);
	}
	if (running.size > 0 || loading || invoked !== null) socket.unref();
});
process.title = "wellhead node worker";

// Programs that are called with JSON (`Tool`).

/** What functions are looked up on. */
let program = null;

async function loadProgram({ scripts, dir, entry, source }) {
	if (scripts === undefined) return importEntry({ dir, entry, source });
	for (const [filename, code] of scripts) vm.runInThisContext(code, { filename });
	return globalThis;
}

function invoke(id, payload) {
	const reader = new Reader(payload);
	const call = { id, live: true, tell: () => {} };
	invoked = call;
	const fail = (cause, description) => {
		if (!call.live) return;
		call.live = false;
		invoked = null;
		sendError(OUT.FAIL, id, cause, description);
	};
	call.fail = fail;
	const done = (result) => {
		if (!call.live) return;
		const text = (result === undefined ? undefined : JSON.stringify(result)) ?? "null";
		const size = sizeOf(text);
		call.live = false;
		invoked = null;
		new Writer(OUT.RESULT, id, size).raw(text).send();
	};
	const failed = (error) => fail(THROWN, describe(error));
	try {
		const name = reader.str();
		const given = JSON.parse(reader.rest().toString("utf8"));
		const target = program[name];
		if (typeof target !== "function") return fail(ENGINE, ["", `the program has no function \`${name}\``, ""]);
		const result = context.run(call, () => target(...(Array.isArray(given) ? given : [given])));
		if (typeof result?.then === "function") result.then(done).then(undefined, failed);
		else done(result);
	} catch (error) {
		failed(error);
	}
}
/** The call in flight: a tool has one at a time. */
let invoked = null;

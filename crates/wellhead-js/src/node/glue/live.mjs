// Live sessions: commands go to the bundle's host of live components (`Live` of packages/host/src/abi.ts), its news to the server.

/** The host; `null` where the bundle has no live components. */
let liveHost = null;
/** Live sessions by number. */
const sessions = new Map();
/** News that only tell of templates are for no session. */
const NO_SESSION = 0;

/** What the code of a session runs in. */
class LiveSession {
	/** Timers that are pending. */
	timers = new Set();

	tell(error) {
		sendError(OUT.REPORT, 0, THROWN, describe(error));
	}

	/** What is too much for it is thrown, and that is all. */
	fail() {}
}

/** Makes the host, if the bundle has live components. */
function startLive(create, dir) {
	if (create === undefined) return;
	if (typeof create !== "function") throw new TypeError("the bundle's entry exports a `live` that is no function");
	liveHost = create({ news: sendNews, report: uncaught, root: pathToFileURL(dir + path.sep).href });
}

function sendNews(id, text) {
	if (typeof text !== "string") throw new TypeError("the host of live components gave news that are no text");
	const size = sizeOf(text);
	if (size <= limits.outputBytes) return new Writer(OUT.NEWS, id, size).raw(text).send();
	if (id === NO_SESSION) return;
	lose(id, OUTPUT, ["Error", `a live component rendered more than ${limits.outputBytes} bytes; raise the limit \`output_bytes\` or show less`, ""]);
	// They are told only once, and other sessions will render with them.
	const { templates } = JSON.parse(text);
	if (templates !== undefined) sendNews(NO_SESSION, JSON.stringify({ templates }));
}

/**
 * Does what a command says. It is over when what follows at once is too, such as the end of an async handler: the server
 * knows until then whose fault it is if this process does not come back.
 */
function liveCommand(id, text) {
	send(OUT.TOOK, id);
	soon(send, OUT.DONE, id);
	try {
		if (liveHost === null) throw new TypeError("the bundle has no live components: its entry exports no `live`");
		let session = sessions.get(id);
		if (session === undefined) sessions.set(id, (session = new LiveSession()));
		const news = context.run(session, () => liveHost.command(id, text));
		if (news === undefined) return;
		if (typeof news === "string") sendNews(id, news);
		else lose(id, ENGINE, ["Error", "the host of live components gave news that are no text", ""]);
	} catch (error) {
		lose(id, THROWN, describe(error));
	}
}

/** A session is over for the server. */
function liveClose(id) {
	send(OUT.TOOK, id);
	soon(send, OUT.DONE, id);
	forget(id);
}

/** Has the server end a session with an error. That it is over comes from there, after all that was on its way. */
function lose(id, cause, description) {
	sendError(OUT.LOST, id, cause, description);
}

/** Forgets a session, with the timers that it still has. */
function forget(id) {
	const session = sessions.get(id);
	if (session === undefined) return;
	try {
		const news = context.run(session, () => liveHost.command(id, '{"type":"close"}'));
		// Nobody hears it, but it may tell of templates.
		if (typeof news === "string") sendNews(id, news);
	} catch (error) {
		session.tell(error);
	}
	sessions.delete(id);
	for (const timer of session.timers) clearTimeout(timer);
	session.timers.clear();
}

function timersOfSessions() {
	let timers = 0;
	for (const session of sessions.values()) timers += session.timers.size;
	return timers;
}

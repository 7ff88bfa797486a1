// The isolate's end of live components: hands commands to the bundle's host, and its news to the engine.
"use strict";
(() => {
	const { core, internals } = __bootstrap;
	const { getAsyncContext, setAsyncContext, ops } = core;
	const { op_call_stray, op_live_install, op_live_news } = ops;

	let host;
	let maxTimers;
	/** By number, what the code of a session runs in: the async context, and the record that counts its timers. */
	const sessions = new Map();

	/** Makes the host, if the bundle has live components. */
	internals.startLive = (create, timers, root) => {
		if (create === undefined) return;
		if (typeof create !== "function") throw new TypeError("the bundle's entry exports a `live` that is no function");
		maxTimers = timers;
		const report = (error) => op_call_stray(getAsyncContext()?.call ?? 0, error);
		host = create({ news: op_live_news, report, root });
	};

	/** Does what a command says; gives back the news that come of it at once. */
	function command(session, text) {
		if (host === undefined) throw new TypeError("the bundle has no live components: its entry exports no `live`");
		let running = sessions.get(session);
		if (running === undefined) {
			const record = { timers: 0, maxTimers, traceId: "", call: undefined };
			const context = internals.context.forRender(record);
			context.call = session;
			sessions.set(session, (running = { context, record }));
		}
		setAsyncContext(running.context);
		try {
			return host.command(session, text);
		} finally {
			setAsyncContext(undefined);
		}
	}

	/** Forgets a session, with the timers that it still has. */
	function close(session) {
		const running = sessions.get(session);
		if (running === undefined) return;
		try {
			command(session, '{"type":"close"}');
		} finally {
			sessions.delete(session);
			if (running.record.timers > 0) internals.timers.clearOf(running.record);
		}
	}

	op_live_install(command, close);
})();

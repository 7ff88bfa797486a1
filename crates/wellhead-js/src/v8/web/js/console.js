// The console: deno_web's formatting, printed through the log of the server.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const { Console, setNoColorFns } = core.loadExtScript("ext:deno_web/01_console.js");
	// Text for a log, which decides on colours by itself.
	setNoColorFns(() => true, () => true);

	/**
	 * @param {string} message with a line feed at its end
	 * @param {number} level 0 debug, 1 log and info, 2 warn, 3 error, 4 trace
	 */
	function print(message, level) {
		const text = message.endsWith("\n") ? message.slice(0, -1) : message;
		if (level === 4 && text === "") return;
		internals.ops.op_wellhead_log(level, text, internals.context.render()?.traceId ?? "");
	}

	const console = new Console(print);
	console.Console = Console;
	return { console, print };
})();

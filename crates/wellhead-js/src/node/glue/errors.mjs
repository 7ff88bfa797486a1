// Errors on the wire, and what is thrown where nobody catches.

const THROWN = 0;
const ENGINE = 1;
const OUTPUT = 2;
const STALLED = 3;
const TIMERS = 4;
const MODULE = 5;
const MAX_MESSAGE = 16_384;
const MAX_STACK = 65_536;
const STALLED_MESSAGE = "the call waits for something that can no longer happen";

/** The running call: async context, so that it is known in timers and promises too. */
const context = new AsyncLocalStorage();

/** What an error says, whatever was thrown. Reading it may run code of the application, which may throw in turn. */
function describe(error) {
	try {
		if (types.isNativeError(error) || error instanceof Error) {
			return [String(error.name), String(error.message), typeof error.stack === "string" ? error.stack : ""];
		}
		return ["Error", typeof error === "string" ? error : inspect(error, { depth: 2 }), ""];
	} catch {
		return ["Error", "something that cannot be shown was thrown", ""];
	}
}

/** Writes a frame that tells of an error. */
function sendError(kind, id, cause, [name, message, stack]) {
	const texts = [name.slice(0, MAX_MESSAGE), message.slice(0, MAX_MESSAGE), stack.slice(0, MAX_STACK)];
	const sizes = texts.map(sizeOf);
	const writer = new Writer(kind, id, 13 + sizes[0] + sizes[1] + sizes[2]).u8(cause);
	texts.forEach((text, index) => writer.str(text, sizes[index]));
	writer.send();
}

// An error that nobody catches must not end the process: other calls are in it. It is reported for the call in whose
// context it came up.
function uncaught(error) {
	const call = context.getStore();
	if (call === undefined) sendError(OUT.REPORT, 0, THROWN, describe(error));
	else call.tell(error);
}
process.on("uncaughtException", uncaught);
process.on("unhandledRejection", uncaught);

for (const name of ["exit", "abort"]) {
	process[name] = () => {
		throw new Error(`process.${name}() is not for an application: it would end the renders of others`);
	};
}

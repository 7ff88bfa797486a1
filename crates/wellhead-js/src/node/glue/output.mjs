// What the application writes: a text of a request goes out as one line that names its trace id, which the server logs
// with it (`output.rs`). It is written at once, so that what an endless loop says is known when the process is killed.

/** The longest text that is logged whole, in characters; as in an isolate. */
const LONGEST_TEXT = 16 * 1024;

for (const stream of [process.stdout, process.stderr]) {
	const write = stream.write.bind(stream);
	stream.write = (text, ...rest) => {
		const trace = context.getStore()?.call?.traceId;
		if (!trace || typeof text !== "string") return write(text, ...rest);
		const left = text.length - LONGEST_TEXT;
		const kept = left > 0 ? `${text.slice(0, LONGEST_TEXT)}… (${left} characters more)` : text;
		return write(`\x1e${trace} ${JSON.stringify(kept)}\n`, ...rest);
	};
}


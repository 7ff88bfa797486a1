// Runs after the compiler's own script, which leaves `svelte` on the global object.
globalThis.compile = (isModule, source, options) => {
	const problem = ({ code, message, position, start }) => ({ code, message: String(message), position, start });
	try {
		const result = isModule ? svelte.compileModule(source, options) : svelte.compile(source, options);
		return {
			js: result.js.code,
			map: result.js.map ? result.js.map.toString() : null,
			css: result.css ? result.css.code : null,
			warnings: result.warnings.map(problem),
		};
	} catch (error) {
		if (!error || error.code === undefined) throw error;
		return { error: problem(error) };
	}
};

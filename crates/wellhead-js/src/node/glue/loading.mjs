// Loads the application's modules: those of its folder and, by package name, what Node finds.

/** Refuses what lies outside the folder; its `.js` files are ES modules whatever a package.json above says. */
function confine(root, specifier, parent, found) {
	const file = found.url.startsWith("file:");
	const inside = found.url.startsWith(root);
	const byPath = /^(\.|\/|file:)/.test(specifier);
	if (file && !inside && byPath && (parent === undefined || parent.startsWith(root))) {
		throw new TypeError(`cannot load ${found.url}: it is outside the bundle ${root}`);
	}
	if (inside && found.url.endsWith(".js") && !found.url.includes("/node_modules/")) {
		return { ...found, format: "module" };
	}
	return found;
}

/** Confines all later imports to the folder. `given` is a module that is no file: its URL and source. */
function confineTo(root, given) {
	if (typeof module.registerHooks === "function") {
		module.registerHooks({
			resolve: (specifier, from, next) =>
				specifier === given?.url
					? { url: given.url, format: "module", shortCircuit: true }
					: confine(root, specifier, from.parentURL, next(specifier, from)),
			load: (url, from, next) =>
				url === given?.url ? { format: "module", source: given.source, shortCircuit: true } : next(url, from),
		});
		return;
	}
	const source = `${confine}
		let root, given;
		export function initialize(data) { ({ root, given } = data); }
		export async function resolve(specifier, from, next) {
			return specifier === given?.url
				? { url: given.url, format: "module", shortCircuit: true }
				: confine(root, specifier, from.parentURL, await next(specifier, from));
		}
		export async function load(url, from, next) {
			return url === given?.url ? { format: "module", source: given.source, shortCircuit: true } : next(url, from);
		}`;
	module.register(`data:text/javascript,${encodeURIComponent(source)}`, { data: { root, given } });
}

/** Imports the entry of a folder, which may be given as text. */
async function importEntry({ dir, entry, source, codeCache }) {
	if (codeCache) module.enableCompileCache?.(codeCache);
	const { href } = pathToFileURL(path.join(dir, entry));
	confineTo(pathToFileURL(dir + path.sep).href, source ? { url: href, source } : null);
	return import(href);
}

/** Leaves the application the environment that it was given, and what the process itself goes by. */
function setEnvironment(env) {
	for (const name of Object.keys(process.env)) {
		if (name !== "TZ") delete process.env[name];
	}
	Object.assign(process.env, env);
}

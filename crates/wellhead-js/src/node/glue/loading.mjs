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

/** Takes the URLs of modules that were asked for and are not known to have been evaluated without an error. */
let takeUnproven = () => [];
/** Of these, the ones that have failed: they fail again for whoever imports them. */
const failing = new Set();

/**
 * Whether an error is one of these modules'. A module that has failed fails with the same error when imported again; one
 * that could not be loaded, with one that reads the same. Node never evaluates such a module again, so the server hears
 * of it.
 */
async function whoseError(modules, error) {
	const prove = async (url) => {
		try {
			await import(url);
			failing.delete(url);
			return false;
		} catch (again) {
			failing.add(url);
			send(OUT.SPOILED, 0);
			return again === error || (again?.name === error?.name && again?.message === error?.message);
		}
	};
	return (await Promise.all(modules.map(prove))).includes(true);
}

/** Confines all later imports to the folder. `given` is a module that is no file: its URL and source. */
function confineTo(root, given) {
	if (typeof module.registerHooks === "function") {
		const asked = [];
		takeUnproven = () => [...failing, ...asked.splice(0)];
		module.registerHooks({
			resolve: (specifier, from, next) =>
				specifier === given?.url
					? { url: given.url, format: "module", shortCircuit: true }
					: confine(root, specifier, from.parentURL, next(specifier, from)),
			load(url, from, next) {
				if (url === given?.url) return { format: "module", source: given.source, shortCircuit: true };
				if (url.startsWith("file:")) asked.push(url);
				return next(url, from);
			},
		});
		return;
	}
	// The hooks run on a thread of their own. What they post is here before the module is.
	const { port1, port2 } = new MessageChannel();
	port1.unref();
	takeUnproven = () => {
		const urls = [...failing];
		for (let next; (next = receiveMessageOnPort(port1)) !== undefined; ) urls.push(next.message);
		return urls;
	};
	const source = `${confine}
		let root, given, port;
		export function initialize(data) { ({ root, given, port } = data); }
		export async function resolve(specifier, from, next) {
			return specifier === given?.url
				? { url: given.url, format: "module", shortCircuit: true }
				: confine(root, specifier, from.parentURL, await next(specifier, from));
		}
		export async function load(url, from, next) {
			if (url === given?.url) return { format: "module", source: given.source, shortCircuit: true };
			if (url.startsWith("file:")) port.postMessage(url);
			return next(url, from);
		}`;
	const data = { root, given, port: port2 };
	module.register(`data:text/javascript,${encodeURIComponent(source)}`, { data, transferList: [port2] });
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

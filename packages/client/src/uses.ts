/** Notes what a `load` reads, so that it runs again only when that changed. */

export interface Uses {
	readonly params: Set<string>;
	readonly search: Set<string>;
	readonly dependencies: Set<string>;
	url: boolean;
	route: boolean;
	parent: boolean;
}

/** The notes of one load, and the objects through which they are taken. */
export class Tracker implements Uses {
	readonly params = new Set<string>();
	readonly search = new Set<string>();
	readonly dependencies = new Set<string>();
	url = false;
	route = false;
	parent = false;
	/** Off inside `untrack`. */
	on = true;

	untrack = <T>(fn: () => T): T => {
		const before = this.on;
		this.on = false;
		try {
			return fn();
		} finally {
			this.on = before;
		}
	};

	trackParams<T extends object>(params: T): T {
		return new Proxy(params, {
			get: (target, key) => {
				if (this.on && typeof key === "string") this.params.add(key);
				return Reflect.get(target, key);
			},
			has: (target, key) => {
				if (this.on && typeof key === "string") this.params.add(key);
				return Reflect.has(target, key);
			},
			ownKeys: (target) => {
				if (this.on) for (const key of Object.keys(target)) this.params.add(key);
				return Reflect.ownKeys(target);
			},
		});
	}

	trackRoute<T extends object>(route: T): T {
		return new Proxy(route, {
			get: (target, key) => {
				if (this.on) this.route = true;
				return Reflect.get(target, key);
			},
		});
	}

	/** A copy of a URL that notes what is read of it. */
	trackUrl(original: URL): URL {
		const url = new URL(original);
		const search = new Proxy(url.searchParams, {
			get: (target, key) => {
				if (key === "get" || key === "getAll" || key === "has")
					return (name: string, ...rest: []) => {
						if (this.on) this.search.add(name);
						return target[key](name, ...rest);
					};
				if (this.on) this.url = true;
				return bound(target, key);
			},
		});
		return new Proxy(url, {
			get: (target, key) => {
				if (key === "searchParams") return search;
				if (key === "hash")
					throw new Error("url.hash cannot be read in load: the server never sees it. Read page.url.hash in a component");
				if (this.on && typeof key === "string" && key !== "origin" && key !== "constructor") this.url = true;
				return bound(target, key);
			},
			set: (target, key, value) => Reflect.set(target, key, value),
		});
	}
}

/** A property of an object of the platform, whose getters and methods insist on their own `this`. */
function bound(target: object, key: string | symbol): unknown {
	const value = Reflect.get(target, key, target);
	return typeof value === "function" && key !== "constructor" ? value.bind(target) : value;
}

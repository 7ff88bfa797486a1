// Headers of the Fetch standard: a list of names and values with a guard.
"use strict";
(function () {
	const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
	const EDGE_SPACE = /^[\t\n\r ]+|[\t\n\r ]+$/g;
	const BAD_VALUE = /[\0\r\n]/;
	const NOT_LATIN1 = /[^\0-\xff]/;

	function byteString(value, what) {
		const text = String(value);
		if (NOT_LATIN1.test(text)) throw new TypeError(`${what} has a character above U+00FF: ${JSON.stringify(text)}`);
		return text;
	}

	function checkName(name) {
		const text = byteString(name, "A header name");
		if (!TOKEN.test(text)) throw new TypeError(`Not a header name: ${JSON.stringify(text)}`);
		return text.toLowerCase();
	}

	function checkValue(name, value) {
		const text = byteString(value, `The value of header '${name}'`).replace(EDGE_SPACE, "");
		if (BAD_VALUE.test(text)) throw new TypeError(`Not a value of header '${name}': ${JSON.stringify(text)}`);
		return text;
	}

	const secret = Symbol("no arguments");
	let listOf, adopt;

	class Headers {
		/** @type {string[]} name and value in turn, names lower-case, in the order they were given */
		#list = [];
		#immutable = false;
		/** @type {[string, string][] | null} sorted and combined, until the next change */
		#sorted = null;

		constructor(init = undefined) {
			if (init !== undefined && init !== secret) fill(this, init);
		}

		#change() {
			if (this.#immutable) throw new TypeError("These headers cannot be changed; copy them: new Headers(headers)");
			this.#sorted = null;
		}

		append(name, value) {
			name = checkName(name);
			value = checkValue(name, value);
			this.#change();
			this.#list.push(name, value);
		}

		set(name, value) {
			name = checkName(name);
			value = checkValue(name, value);
			this.#change();
			const list = this.#list;
			const first = indexOf(list, name);
			if (first < 0) {
				list.push(name, value);
				return;
			}
			list[first + 1] = value;
			removeFrom(list, name, first + 2);
		}

		delete(name) {
			name = checkName(name);
			this.#change();
			removeFrom(this.#list, name, 0);
		}

		get(name) {
			name = checkName(name);
			const list = this.#list;
			let value = null;
			for (let i = 0; i < list.length; i += 2) {
				if (list[i] === name) value = value === null ? list[i + 1] : `${value}, ${list[i + 1]}`;
			}
			return value;
		}

		has(name) {
			return indexOf(this.#list, checkName(name)) >= 0;
		}

		getSetCookie() {
			const list = this.#list;
			const cookies = [];
			for (let i = 0; i < list.length; i += 2) {
				if (list[i] === "set-cookie") cookies.push(list[i + 1]);
			}
			return cookies;
		}

		#entries() {
			return this.#sorted ??= sortAndCombine(this.#list);
		}

		forEach(callback, self = undefined) {
			if (typeof callback !== "function") throw new TypeError("Headers.forEach takes a function");
			for (const [name, value] of this) callback.call(self, value, name, this);
		}

		// Iteration is live: each step looks at the sorted list anew.
		*entries() {
			for (let i = 0; i < this.#entries().length; i++) yield [...this.#entries()[i]];
		}

		*keys() {
			for (let i = 0; i < this.#entries().length; i++) yield this.#entries()[i][0];
		}

		*values() {
			for (let i = 0; i < this.#entries().length; i++) yield this.#entries()[i][1];
		}

		get [Symbol.toStringTag]() {
			return "Headers";
		}

		[Symbol.for("Deno.privateCustomInspect")](inspect, options) {
			return `Headers ${inspect(Object.fromEntries(this), options)}`;
		}

		[Symbol.for("nodejs.util.inspect.custom")](depth, options, inspect) {
			return `Headers ${inspect(Object.fromEntries(this), options)}`;
		}

		static {
			listOf = (headers) => headers.#list;
			adopt = (list, immutable) => {
				const headers = new Headers(secret);
				headers.#list = list;
				headers.#immutable = immutable;
				return headers;
			};
		}
	}
	Object.defineProperty(Headers.prototype, Symbol.iterator, {
		value: Headers.prototype.entries,
		writable: true,
		configurable: true,
	});
	for (const name of ["append", "set", "delete", "get", "has", "getSetCookie", "forEach", "entries", "keys", "values"]) {
		Object.defineProperty(Headers.prototype, name, { enumerable: true });
	}

	function indexOf(list, name) {
		for (let i = 0; i < list.length; i += 2) if (list[i] === name) return i;
		return -1;
	}

	function removeFrom(list, name, start) {
		let kept = start;
		for (let i = start; i < list.length; i += 2) {
			if (list[i] === name) continue;
			list[kept++] = list[i];
			list[kept++] = list[i + 1];
		}
		list.length = Math.max(kept, Math.min(start, list.length));
	}

	function sortAndCombine(list) {
		const sorted = [];
		const at = new Map();
		for (let i = 0; i < list.length; i += 2) {
			const name = list[i];
			const known = name === "set-cookie" ? undefined : at.get(name);
			if (known === undefined) {
				const entry = [name, list[i + 1]];
				if (name !== "set-cookie") at.set(name, entry);
				sorted.push(entry);
			} else known[1] += `, ${list[i + 1]}`;
		}
		return sorted.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
	}

	/** @param {Headers} headers @param {HeadersInit} init */
	function fill(headers, init) {
		if (init === null || (typeof init !== "object" && typeof init !== "function")) {
			throw new TypeError("Headers takes pairs, an object or Headers");
		}
		if (init instanceof Headers && init[Symbol.iterator] === Headers.prototype.entries) {
			const list = listOf(init);
			for (let i = 0; i < list.length; i += 2) headers.append(list[i], list[i + 1]);
		} else if (init[Symbol.iterator] !== undefined && init[Symbol.iterator] !== null) {
			for (const pair of init) {
				if (typeof pair !== "object" || pair === null) throw new TypeError("A header is a pair of name and value");
				const both = [...pair];
				if (both.length !== 2) throw new TypeError("A header is a pair of name and value");
				headers.append(both[0], both[1]);
			}
		} else {
			for (const name of Reflect.ownKeys(init)) {
				if (!Object.getOwnPropertyDescriptor(init, name)?.enumerable) continue;
				if (typeof name === "symbol") throw new TypeError("A header name cannot be a symbol");
				headers.append(name, init[name]);
			}
		}
	}

	return { Headers, listOf, adopt, fill, byteString, TOKEN };
})();

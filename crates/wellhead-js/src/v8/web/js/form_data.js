// FormData of the XMLHttpRequest standard.
"use strict";
(function () {
	const { core } = __bootstrap;
	const { Blob, File } = core.loadExtScript("ext:wellhead_web/blob.js");

	const text = (value) => String(value).toWellFormed();

	function makeEntry(name, value, filename) {
		if (!(value instanceof Blob)) return [text(name), text(value)];
		if (!(value instanceof File)) value = new File([value], filename === undefined ? "blob" : text(filename), { type: value.type });
		else if (filename !== undefined) {
			value = new File([value], text(filename), { type: value.type, lastModified: value.lastModified });
		}
		return [text(name), value];
	}

	let entriesOf;

	class FormData {
		/** @type {[string, string | File][]} */
		#entries = [];

		constructor(form = undefined) {
			if (form !== undefined) throw new TypeError("FormData takes no form: there is no document on the server");
		}

		static #check(args, needed, method) {
			if (args.length < needed) throw new TypeError(`FormData.${method} takes ${needed} arguments, not ${args.length}`);
			if (args.length > 2 && !(args[1] instanceof Blob)) throw new TypeError("Only a Blob or File has a file name");
		}

		append(name, value, filename = undefined) {
			FormData.#check(arguments, 2, "append");
			this.#entries.push(makeEntry(name, value, filename));
		}

		set(name, value, filename = undefined) {
			FormData.#check(arguments, 2, "set");
			const entry = makeEntry(name, value, filename);
			const first = this.#entries.findIndex((other) => other[0] === entry[0]);
			if (first < 0) this.#entries.push(entry);
			else {
				this.#entries[first] = entry;
				this.#entries = this.#entries.filter((other, i) => i <= first || other[0] !== entry[0]);
			}
		}

		delete(name) {
			FormData.#check(arguments, 1, "delete");
			name = text(name);
			this.#entries = this.#entries.filter((entry) => entry[0] !== name);
		}

		get(name) {
			FormData.#check(arguments, 1, "get");
			name = text(name);
			return this.#entries.find((entry) => entry[0] === name)?.[1] ?? null;
		}

		getAll(name) {
			FormData.#check(arguments, 1, "getAll");
			name = text(name);
			return this.#entries.filter((entry) => entry[0] === name).map((entry) => entry[1]);
		}

		has(name) {
			FormData.#check(arguments, 1, "has");
			name = text(name);
			return this.#entries.some((entry) => entry[0] === name);
		}

		forEach(callback, self = undefined) {
			if (typeof callback !== "function") throw new TypeError("FormData.forEach takes a function");
			for (const [name, value] of this) callback.call(self, value, name, this);
		}

		*entries() {
			for (let i = 0; i < this.#entries.length; i++) yield [...this.#entries[i]];
		}

		*keys() {
			for (let i = 0; i < this.#entries.length; i++) yield this.#entries[i][0];
		}

		*values() {
			for (let i = 0; i < this.#entries.length; i++) yield this.#entries[i][1];
		}

		get [Symbol.toStringTag]() {
			return "FormData";
		}

		static {
			entriesOf = (form) => form.#entries;
		}
	}
	Object.defineProperty(FormData.prototype, Symbol.iterator, {
		value: FormData.prototype.entries,
		writable: true,
		configurable: true,
	});
	for (const name of ["append", "set", "delete", "get", "getAll", "has", "forEach", "entries", "keys", "values"]) {
		Object.defineProperty(FormData.prototype, name, { enumerable: true });
	}

	return { FormData, entriesOf };
})();

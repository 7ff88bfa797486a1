// node:querystring.
"use strict";
(function () {
	const escape = encodeURIComponent;

	function unescape(text) {
		try {
			return decodeURIComponent(text);
		} catch {
			// What is not UTF-8 is kept byte by byte.
			return text.replace(/%[0-9a-f]{2}/gi, (hex) => String.fromCharCode(parseInt(hex.slice(1), 16)));
		}
	}

	const primitive = (value) => {
		if (typeof value === "string") return value;
		if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
		return typeof value === "bigint" || typeof value === "boolean" ? String(value) : "";
	};

	function stringify(object, separator = "&", equals = "=", options = undefined) {
		if (typeof object !== "object" || object === null) return "";
		const encode = options?.encodeURIComponent ?? api.escape;
		const pairs = [];
		for (const [name, value] of Object.entries(object)) {
			for (const one of Array.isArray(value) ? value : [value]) {
				pairs.push(`${encode(primitive(name))}${equals}${encode(primitive(one))}`);
			}
		}
		return pairs.join(separator);
	}

	function parse(text, separator = "&", equals = "=", options = undefined) {
		const result = { __proto__: null };
		if (typeof text !== "string" || text === "") return result;
		const decode = options?.decodeURIComponent ?? api.unescape;
		const most = options?.maxKeys ?? 1000;
		let pairs = text.split(separator);
		if (most > 0) pairs = pairs.slice(0, most);
		for (const pair of pairs) {
			if (pair === "") continue;
			const at = pair.indexOf(equals);
			const name = decode((at < 0 ? pair : pair.slice(0, at)).replaceAll("+", " "));
			const value = at < 0 ? "" : decode(pair.slice(at + equals.length).replaceAll("+", " "));
			const known = result[name];
			if (known === undefined) result[name] = value;
			else if (Array.isArray(known)) known.push(value);
			else result[name] = [known, value];
		}
		return result;
	}

	const api = { decode: parse, encode: stringify, escape, parse, stringify, unescape };
	return api;
})();

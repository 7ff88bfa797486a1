// node:path, the POSIX half: an isolate serves URLs and has no drives.
"use strict";
(function () {
	const { internals } = __bootstrap;

	function check(path, name = "path") {
		if (typeof path !== "string") throw internals.errors.invalidArgType(name, "string", path);
	}

	/** Resolves `.` and `..`, keeping leading `..` of a relative path. */
	function squeeze(path, absolute) {
		const kept = [];
		for (const segment of path.split("/")) {
			if (segment === "" || segment === ".") continue;
			if (segment !== "..") kept.push(segment);
			else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
			else if (!absolute) kept.push("..");
		}
		return kept.join("/");
	}

	function normalize(path) {
		check(path);
		if (path === "") return ".";
		const absolute = path[0] === "/";
		let result = squeeze(path, absolute);
		if (result === "" && !absolute) result = ".";
		if (result !== "" && path.at(-1) === "/") result += "/";
		return absolute ? `/${result}` : result;
	}

	function resolve(...paths) {
		let joined = "";
		for (let i = paths.length - 1; i >= -1 && joined[0] !== "/"; i--) {
			const path = i >= 0 ? paths[i] : process.cwd();
			check(path, `paths[${i}]`);
			if (path !== "") joined = joined === "" ? path : `${path}/${joined}`;
		}
		const absolute = joined[0] === "/";
		const result = squeeze(joined, absolute);
		return absolute ? `/${result}` : result || ".";
	}

	function join(...paths) {
		for (const path of paths) check(path);
		const joined = paths.filter((path) => path !== "").join("/");
		return joined === "" ? "." : normalize(joined);
	}

	function relative(from, to) {
		check(from, "from");
		check(to, "to");
		const a = resolve(from).split("/").filter(Boolean);
		const b = resolve(to).split("/").filter(Boolean);
		let same = 0;
		while (same < a.length && same < b.length && a[same] === b[same]) same++;
		return [...a.slice(same).map(() => ".."), ...b.slice(same)].join("/");
	}

	function dirname(path) {
		check(path);
		if (path === "") return ".";
		const trimmed = path.replace(/\/+$/, "");
		if (trimmed === "") return "/";
		const slash = trimmed.lastIndexOf("/");
		if (slash < 0) return ".";
		if (slash === 0) return "/";
		return slash === 1 && path[0] === "/" ? "//" : trimmed.slice(0, slash);
	}

	function basename(path, suffix) {
		check(path);
		if (suffix !== undefined) check(suffix, "suffix");
		const trimmed = path.replace(/\/+$/, "");
		const base = trimmed.slice(trimmed.lastIndexOf("/") + 1);
		return suffix !== undefined && base !== suffix && base.endsWith(suffix) ? base.slice(0, base.length - suffix.length) : base;
	}

	function extname(path) {
		const base = basename(path);
		const dot = base.lastIndexOf(".");
		return dot <= 0 || base === ".." ? "" : base.slice(dot);
	}

	function parse(path) {
		check(path);
		const root = path[0] === "/" ? "/" : "";
		const base = basename(path);
		const ext = extname(path);
		const trimmed = path.replace(/\/+$/, "");
		const slash = trimmed.lastIndexOf("/");
		return { root, dir: slash > 0 ? trimmed.slice(0, slash) : root, base, ext, name: ext === "" ? base : base.slice(0, -ext.length) };
	}

	function format(parts) {
		if (typeof parts !== "object" || parts === null) throw internals.errors.invalidArgType("pathObject", "object", parts);
		const dir = parts.dir || parts.root;
		const ext = parts.ext ? (parts.ext[0] === "." ? parts.ext : `.${parts.ext}`) : "";
		const base = parts.base || `${parts.name ?? ""}${ext}`;
		if (!dir) return base;
		return dir === parts.root ? `${dir}${base}` : `${dir}/${base}`;
	}

	/** Glob matching as far as Node's: `*`, `**`, `?` and classes. */
	function matchesGlob(path, pattern) {
		check(path);
		check(pattern, "pattern");
		const source = pattern.replace(/\*\*\/|\*\*|\*|\?|\[[^\]]*\]|[\\^$.|+(){}]/g, (token) => {
			if (token === "**/") return "(?:.*/)?";
			if (token === "**") return ".*";
			if (token === "*") return "[^/]*";
			if (token === "?") return "[^/]";
			return token[0] === "[" ? token : `\\${token}`;
		});
		return new RegExp(`^${source}$`).test(path);
	}

	const isAbsolute = (path) => {
		check(path);
		return path[0] === "/";
	};
	const posix = {
		basename,
		delimiter: ":",
		dirname,
		extname,
		format,
		isAbsolute,
		join,
		matchesGlob,
		normalize,
		parse,
		posix: null,
		relative,
		resolve,
		sep: "/",
		toNamespacedPath: (path) => path,
		win32: null,
	};
	posix.posix = posix.win32 = posix;
	return posix;
})();

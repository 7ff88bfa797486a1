// node:url: the WHATWG classes, file URLs, and the old parse and format.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const { URL, URLSearchParams } = core.loadExtScript("ext:deno_web/00_url.js");
	const { URLPattern } = core.loadExtScript("ext:deno_web/01_urlpattern.js");
	const querystring = core.loadExtScript("ext:wellhead_web/node/querystring.js");
	const path = core.loadExtScript("ext:wellhead_web/node/path.js");
	const { coded, invalidArgType } = internals.errors;

	function fileURLToPath(url) {
		if (typeof url === "string") url = new URL(url);
		else if (!(url instanceof URL)) throw invalidArgType("path", "string or an instance of URL", url);
		if (url.protocol !== "file:") throw coded(TypeError, "ERR_INVALID_URL_SCHEME", "The URL must be of scheme file");
		if (url.hostname !== "") throw coded(TypeError, "ERR_INVALID_FILE_URL_HOST", 'File URL host must be "localhost" or empty');
		if (/%2f/i.test(url.pathname)) {
			throw coded(TypeError, "ERR_INVALID_FILE_URL_PATH", "File URL path must not include encoded / characters");
		}
		return decodeURIComponent(url.pathname);
	}

	function pathToFileURL(file) {
		if (typeof file !== "string") throw invalidArgType("path", "string", file);
		let absolute = path.resolve(file);
		if (file.endsWith("/") && absolute !== "/") absolute += "/";
		const encoded = absolute.replace(/[%\\\n\r\t?#]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
		return new URL(`file://${encoded}`);
	}

	function urlToHttpOptions(url) {
		const options = {
			protocol: url.protocol,
			hostname: url.hostname.replace(/^\[|\]$/g, ""),
			hash: url.hash,
			search: url.search,
			pathname: url.pathname,
			path: `${url.pathname}${url.search}`,
			href: url.href,
		};
		if (url.port !== "") options.port = Number(url.port);
		if (url.username || url.password) options.auth = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
		return options;
	}

	const SLASHED = new Set(["http:", "https:", "ftp:", "ws:", "wss:", "file:", "gopher:"]);

	/** The old parser's result; every part may be null. */
	class Url {
		protocol = null;
		slashes = null;
		auth = null;
		host = null;
		port = null;
		hostname = null;
		hash = null;
		search = null;
		query = null;
		pathname = null;
		path = null;
		href = "";

		format() {
			return formatParts(this);
		}

		resolve(to) {
			return resolve(this.href, to);
		}
	}

	function parse(text, parseQuery = false, slashesDenoteHost = false) {
		if (text instanceof Url) return text;
		if (typeof text !== "string") throw invalidArgType("url", "string", text);
		const url = new Url();
		let rest = text.trim();
		const hash = rest.indexOf("#");
		if (hash >= 0) {
			url.hash = rest.slice(hash);
			rest = rest.slice(0, hash);
		}
		const question = rest.indexOf("?");
		if (question >= 0) {
			url.search = rest.slice(question);
			url.query = url.search.slice(1);
			rest = rest.slice(0, question);
		} else if (parseQuery) {
			url.search = "";
			url.query = "";
		}
		if (parseQuery) url.query = querystring.parse(url.query);
		const scheme = /^[a-z][a-z0-9.+-]*:/i.exec(rest);
		if (scheme !== null) {
			url.protocol = scheme[0].toLowerCase();
			rest = rest.slice(scheme[0].length);
		}
		if (rest.startsWith("//") && (scheme !== null || slashesDenoteHost)) {
			url.slashes = true;
			const end = rest.indexOf("/", 2);
			splitHost(url, end < 0 ? rest.slice(2) : rest.slice(2, end));
			rest = end < 0 ? "" : rest.slice(end);
			if (rest === "" && SLASHED.has(url.protocol)) rest = "/";
		}
		if (rest !== "") url.pathname = rest.replace(/[ "<>`{}|\\^]/g, (c) => (c === "\\" ? "/" : encodeURIComponent(c)));
		if (url.pathname !== null || url.search) url.path = `${url.pathname ?? ""}${url.search ?? ""}`;
		url.href = formatParts(url);
		return url;
	}

	function splitHost(url, authority) {
		const at = authority.lastIndexOf("@");
		if (at >= 0) {
			url.auth = decodeURIComponent(authority.slice(0, at));
			authority = authority.slice(at + 1);
		}
		const [, name, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?/.exec(authority);
		url.hostname = name.toLowerCase().replace(/^\[|\]$/g, "");
		if (port) url.port = port;
		url.host = `${name.toLowerCase()}${port ? `:${port}` : ""}`;
	}

	function formatParts(parts) {
		let protocol = parts.protocol ?? "";
		if (protocol !== "" && !protocol.endsWith(":")) protocol += ":";
		let host = "";
		if (parts.host) host = parts.host;
		else if (parts.hostname) {
			host = parts.hostname.includes(":") ? `[${parts.hostname}]` : parts.hostname;
			if (parts.port) host += `:${parts.port}`;
		}
		if (parts.auth && host !== "") host = `${encodeURIComponent(parts.auth).replace(/%3A/gi, ":")}@${host}`;
		let pathname = (parts.pathname ?? "").replace(/[?#]/g, encodeURIComponent);
		let search = parts.search ?? "";
		if (search === "" && typeof parts.query === "object" && parts.query !== null) search = querystring.stringify(parts.query);
		if (search !== "" && search[0] !== "?") search = `?${search}`;
		search = search.replaceAll("#", "%23");
		let hash = parts.hash ?? "";
		if (hash !== "" && hash[0] !== "#") hash = `#${hash}`;
		if (parts.slashes || (SLASHED.has(protocol) && host !== "")) {
			if (pathname !== "" && pathname[0] !== "/") pathname = `/${pathname}`;
			host = `//${host}`;
		}
		return `${protocol}${host}${pathname}${search}${hash}`;
	}

	function format(url, options) {
		if (typeof url === "string") return parse(url).href;
		if (!(url instanceof URL)) {
			if (typeof url !== "object" || url === null) throw invalidArgType("urlObject", "object or string", url);
			return formatParts(url);
		}
		const copy = new URL(url.href);
		if (options?.fragment === false) copy.hash = "";
		if (options?.search === false) copy.search = "";
		if (options?.auth === false) copy.username = copy.password = "";
		return copy.href;
	}

	/** Resolves as a browser resolves a link, also between relative paths. */
	function resolve(from, to) {
		const base = new URL(from, "resolve://");
		const url = new URL(to, base);
		return url.protocol === "resolve:" ? `${url.pathname}${url.search}${url.hash}` : url.href;
	}

	return {
		URL,
		URLPattern,
		URLSearchParams,
		Url,
		domainToASCII: (domain) => (URL.canParse(`ws://${domain}`) ? new URL(`ws://${domain}`).hostname : ""),
		domainToUnicode: (domain) => domain,
		fileURLToPath,
		format,
		parse,
		pathToFileURL,
		resolve,
		resolveObject: (from, to) => parse(resolve(from, to)),
		urlToHttpOptions,
	};
})();

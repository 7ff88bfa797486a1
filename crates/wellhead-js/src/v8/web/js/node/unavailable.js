// The modules of Node that need what an isolate has not: they can be imported, and what they export throws when used.
"use strict";
(function () {
	const { internals } = __bootstrap;
	const { unavailable } = internals.errors;

	/** A function that can be called, constructed and inherited from, and always throws. */
	function refusal(what, instead) {
		return function () {
			throw unavailable(what, instead);
		};
	}

	/**
	 * @param {string} module
	 * @param {string} instead what to use in its place
	 * @param {string} names what it exports
	 */
	function stub(module, instead, names) {
		const exports = {};
		for (const name of names.split(" ")) exports[name] = refusal(`${module}.${name}`, instead);
		return exports;
	}

	const NO_FILES = "it has no file system; import the file, or read it in the build";
	const FILE_FUNCTIONS =
		"access appendFile chmod chown copyFile cp lchown link lstat lutimes mkdir mkdtemp open opendir readFile readdir "
		+ "readlink realpath rename rm rmdir stat statfs symlink truncate unlink utimes writeFile";
	const promises = stub("fs.promises", NO_FILES, `${FILE_FUNCTIONS} watch`);
	for (const name of Object.keys(promises)) {
		const refuse = promises[name];
		promises[name] = async () => refuse();
	}
	promises.constants = {};
	const fs = {
		...stub("fs", NO_FILES, `${FILE_FUNCTIONS} close createReadStream createWriteStream exists fstat fsync read unwatchFile watch watchFile write`),
		...stub(
			"fs",
			NO_FILES,
			`${FILE_FUNCTIONS} close fstat fsync read write`.split(" ").map((name) => `${name}Sync`).join(" "),
		),
		...stub("fs", NO_FILES, "Dir Dirent FSWatcher ReadStream Stats WriteStream"),
		// The one question that has a true answer.
		existsSync: () => false,
		constants: { F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1 },
		promises,
	};

	const METHODS = "DELETE GET HEAD OPTIONS PATCH POST PUT".split(" ");
	const STATUS_CODES = {
		100: "Continue", 101: "Switching Protocols", 103: "Early Hints", 200: "OK", 201: "Created", 202: "Accepted",
		204: "No Content", 205: "Reset Content", 206: "Partial Content", 207: "Multi-Status", 300: "Multiple Choices",
		301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified", 307: "Temporary Redirect",
		308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden",
		404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict",
		410: "Gone", 411: "Length Required", 412: "Precondition Failed", 413: "Payload Too Large", 414: "URI Too Long",
		415: "Unsupported Media Type", 416: "Range Not Satisfiable", 417: "Expectation Failed", 418: "I'm a Teapot",
		421: "Misdirected Request", 422: "Unprocessable Entity", 423: "Locked", 425: "Too Early", 426: "Upgrade Required",
		428: "Precondition Required", 429: "Too Many Requests", 431: "Request Header Fields Too Large",
		451: "Unavailable For Legal Reasons", 500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
		503: "Service Unavailable", 504: "Gateway Timeout", 505: "HTTP Version Not Supported", 511: "Network Authentication Required",
	};
	const http = (name) => ({
		...stub(name, "use fetch", "Agent ClientRequest IncomingMessage OutgoingMessage Server ServerResponse createServer get request"),
		METHODS,
		STATUS_CODES,
		globalAgent: {},
		maxHeaderSize: 16384,
	});
	const dnsNames = "Resolver lookup lookupService resolve resolve4 resolve6 resolveAny resolveCname resolveMx resolveNs resolveSrv resolveTxt reverse setServers";
	const readlineNames = "Interface createInterface";

	return {
		child_process: stub("child_process", "", "ChildProcess exec execFile execFileSync execSync fork spawn spawnSync"),
		cluster: { ...stub("cluster", "", "fork setupMaster setupPrimary"), isMaster: true, isPrimary: true, isWorker: false, workers: {} },
		dgram: stub("dgram", "", "Socket createSocket"),
		dns: { ...stub("dns", "use fetch", dnsNames), promises: stub("dns.promises", "use fetch", dnsNames) },
		"dns/promises": stub("dns.promises", "use fetch", dnsNames),
		domain: stub("domain", "use AsyncLocalStorage", "Domain create createDomain"),
		fs,
		"fs/promises": promises,
		http: http("http"),
		http2: stub("http2", "use fetch", "connect createSecureServer createServer"),
		https: http("https"),
		inspector: { ...stub("inspector", "start the server with --inspect", "Session open close"), url: () => undefined },
		net: { ...stub("net", "use fetch", "Server Socket connect createConnection createServer"), isIP, isIPv4: (text) => isIP(text) === 4, isIPv6: (text) => isIP(text) === 6 },
		readline: { ...stub("readline", "", readlineNames), promises: stub("readline.promises", "", readlineNames) },
		"readline/promises": stub("readline.promises", "", readlineNames),
		repl: stub("repl", "", "REPLServer start"),
		tls: stub("tls", "use fetch", "Server TLSSocket connect createSecureContext createServer"),
		tty: { ...stub("tty", "", "ReadStream WriteStream"), isatty: () => false },
		v8: {
			...stub("v8", "", "getHeapSnapshot setFlagsFromString writeHeapSnapshot deserialize serialize"),
			getHeapStatistics: () => ({}),
		},
		vm: stub("vm", "", "Script SourceTextModule compileFunction createContext isContext runInContext runInNewContext runInThisContext"),
		zlib: {
			...stub(
				"zlib",
				"use CompressionStream and DecompressionStream",
				"brotliCompress brotliCompressSync brotliDecompress brotliDecompressSync createBrotliCompress createBrotliDecompress "
					+ "createDeflate createDeflateRaw createGunzip createGzip createInflate createInflateRaw createUnzip deflate deflateRaw "
					+ "deflateRawSync deflateSync gunzip gunzipSync gzip gzipSync inflate inflateRaw inflateRawSync inflateSync unzip unzipSync",
			),
			constants: {},
		},
	};

	function isIP(text) {
		if (/^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(text)) return 4;
		return typeof text === "string" && text.includes(":") && URL.canParse(`http://[${text}]/`) ? 6 : 0;
	}
})();

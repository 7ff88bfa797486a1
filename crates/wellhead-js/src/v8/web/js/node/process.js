// node:process and the global `process`.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const EventEmitter = core.loadExtScript("ext:wellhead_web/node/events.js");
	const { unavailable, invalidArgType } = internals.errors;

	let env;
	/** The environment is read at the first use: the snapshot is made on another machine. */
	function readEnv() {
		if (env === undefined) {
			env = { __proto__: null };
			const list = internals.ops.op_wellhead_env();
			for (let i = 0; i < list.length; i += 2) env[list[i]] = list[i + 1];
		}
		return env;
	}

	// As in Node, every value becomes text, and what is set is seen by this isolate only.
	const envProxy = new Proxy({}, {
		get: (_, name) => readEnv()[name],
		set(_, name, value) {
			readEnv()[name] = String(value);
			return true;
		},
		has: (_, name) => name in readEnv(),
		deleteProperty: (_, name) => delete readEnv()[name],
		ownKeys: () => Reflect.ownKeys(readEnv()),
		getOwnPropertyDescriptor: (_, name) => Reflect.getOwnPropertyDescriptor(readEnv(), name),
		defineProperty(_, name, descriptor) {
			readEnv()[name] = String(descriptor.value);
			return true;
		},
	});

	function nextTick(callback, ...args) {
		if (typeof callback !== "function") throw invalidArgType("callback", "function", callback);
		core.queueNextTick({
			callback,
			args: args.length === 0 ? undefined : args,
			snapshot: core.getAsyncContext(),
		});
	}

	function hrtime(since) {
		const now = performance.now();
		let seconds = Math.floor(now / 1000);
		let nanos = Math.floor((now % 1000) * 1e6);
		if (since !== undefined) {
			seconds -= since[0];
			nanos -= since[1];
			if (nanos < 0) {
				seconds--;
				nanos += 1e9;
			}
		}
		return [seconds, nanos];
	}
	hrtime.bigint = () => BigInt(Math.floor(performance.now() * 1e6));

	/** Lines of text become lines of the log; what has no line feed yet waits for it, up to a bound. */
	function output(fd, level) {
		let rest = "";
		const stream = new EventEmitter();
		return Object.assign(stream, {
			fd,
			isTTY: false,
			writable: true,
			columns: undefined,
			write(chunk, encoding, done) {
				rest += typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk);
				const lines = rest.split("\n");
				rest = lines.pop();
				if (rest.length > 8192) {
					lines.push(rest);
					rest = "";
				}
				for (const line of lines) internals.ops.op_wellhead_log(level, line, internals.context.render()?.traceId ?? "");
				const callback = typeof encoding === "function" ? encoding : done;
				if (callback !== undefined) nextTick(callback);
				return true;
			},
			end(chunk, encoding, done) {
				if (chunk !== undefined && typeof chunk !== "function") this.write(chunk);
				const callback = [chunk, encoding, done].find((one) => typeof one === "function");
				if (callback !== undefined) nextTick(callback);
				return this;
			},
			getColorDepth: () => 1,
			hasColors: () => false,
		});
	}

	function memoryUsage() {
		const { rss = 0, heapTotal, heapUsed, external } = core.memoryUsage();
		return { rss, heapTotal, heapUsed, external, arrayBuffers: 0 };
	}
	memoryUsage.rss = () => memoryUsage().rss;

	const process = new EventEmitter();
	const refuse = (what, instead) => () => {
		throw unavailable(`process.${what}`, instead);
	};
	Object.assign(process, {
		arch: "x64",
		argv: ["wellhead"],
		argv0: "wellhead",
		abort: refuse("abort", "an isolate cannot end the server"),
		binding: refuse("binding"),
		browser: false,
		chdir: refuse("chdir"),
		config: { target_defaults: {}, variables: {} },
		cpuUsage: () => ({ user: Math.round(performance.now() * 1000), system: 0 }),
		cwd: () => internals.ops.op_wellhead_cwd(),
		emitWarning(warning, options) {
			const type = typeof options === "string" ? options : options?.type ?? "Warning";
			console.warn(warning instanceof Error ? String(warning) : `${type}: ${warning}`);
		},
		env: envProxy,
		execArgv: [],
		execPath: "wellhead",
		exit: refuse("exit", "an isolate cannot end the server; throw an error"),
		exitCode: undefined,
		features: { inspector: false, debug: false, uv: false, ipv6: true, tls: true },
		getBuiltinModule(name) {
			return internals.builtins.get(String(name).replace(/^node:/, ""));
		},
		getegid: () => 0,
		geteuid: () => 0,
		getgid: () => 0,
		getuid: () => 0,
		hrtime,
		kill: refuse("kill"),
		memoryUsage,
		nextTick,
		pid: 1,
		platform: "linux",
		ppid: 0,
		// `versions.node` is missing on purpose: code that finds it goes on to files, sockets and child processes.
		release: { name: "wellhead" },
		report: undefined,
		resourceUsage: () => ({}),
		stderr: output(2, 3),
		stdin: Object.assign(new EventEmitter(), { fd: 0, isTTY: false, read: () => null, resume() {}, pause() {} }),
		stdout: output(1, 1),
		title: "wellhead",
		umask: () => 0o22,
		uptime: () => performance.now() / 1000,
		// Some read the major version without asking first.
		version: "v22.0.0",
	});
	let versions;
	Object.defineProperty(process, "versions", {
		get() {
			if (versions === undefined) {
				const [wellhead, v8] = internals.ops.op_wellhead_versions();
				versions = Object.freeze({ __proto__: null, v8, wellhead });
			}
			return versions;
		},
		enumerable: true,
		configurable: true,
	});
	// A module is one object to `import` and to `require`, as in Node.
	return process;
})();

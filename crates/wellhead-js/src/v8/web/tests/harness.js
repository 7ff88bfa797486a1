// The smallest test harness: named cases, run in turn, and a few assertions.
"use strict";
(() => {
	const cases = [];
	// Taken before the test hides it, to look inside the platform.
	const { internals } = __bootstrap;
	const inspect = Deno.core.loadExtScript("ext:deno_web/01_console.js").inspect;

	/** Deep equality by structure and prototype, `NaN` equal to itself. */
	function same(a, b) {
		if (Object.is(a, b)) return true;
		if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
		if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
		if (a instanceof Map || a instanceof Set) return same([...a], [...b]);
		if (a instanceof Date) return +a === +b;
		const keys = Reflect.ownKeys(a);
		if (keys.length !== Reflect.ownKeys(b).length) return false;
		return keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
	}

	function fail(message) {
		throw new Error(message);
	}

	function check(error, expected) {
		if (typeof expected === "function") {
			if (!(error instanceof expected)) fail(`expected ${expected.name}, but it threw ${inspect(error)}`);
		} else if (expected instanceof RegExp) {
			if (!expected.test(String(error?.message ?? error))) fail(`expected ${expected}, but it threw ${inspect(error)}`);
		} else if (expected !== undefined) {
			for (const key of Object.keys(expected)) {
				if (!same(error?.[key], expected[key])) {
					fail(`expected ${key} ${inspect(expected[key])} of the error, but it is ${inspect(error?.[key])}: ${inspect(error)}`);
				}
			}
		}
		return error;
	}

	Object.assign(globalThis, {
		INTERNALS: internals,
		test: (name, run) => void cases.push({ name, run }),
		equal(actual, expected, what = "") {
			if (!same(actual, expected)) fail(`${what} expected ${inspect(expected)}\n but it is ${inspect(actual)}`.trim());
		},
		ok(value, what = "a true value") {
			if (!value) fail(`expected ${what}`);
		},
		throws(run, expected) {
			let result;
			try {
				result = run();
			} catch (error) {
				return check(error, expected);
			}
			return fail(`expected a throw, but it returned ${inspect(result)}`);
		},
		async rejects(promise, expected) {
			let result;
			try {
				result = await (typeof promise === "function" ? promise() : promise);
			} catch (error) {
				return check(error, expected);
			}
			return fail(`expected a rejection, but it resolved to ${inspect(result)}`);
		},
		async runCases() {
			const outcomes = [];
			for (const { name, run } of cases) {
				if (!name.includes(ONLY)) continue;
				globalThis.RUNNING = name;
				let error;
				try {
					await run();
				} catch (thrown) {
					error = String(thrown?.stack ?? thrown);
				}
				outcomes.push({ name, error });
			}
			return JSON.stringify(outcomes);
		},
	});
})();

// node:assert.
"use strict";
(function () {
	const { core, internals } = __bootstrap;
	const { isDeepEqual, isDeepStrictEqual } = core.loadExtScript("ext:wellhead_web/node/equality.js");
	const { inspect } = core.loadExtScript("ext:wellhead_web/node/util.js");
	const { invalidArgType, invalidArgValue } = internals.errors;

	class AssertionError extends Error {
		constructor(options) {
			if (typeof options !== "object" || options === null) throw invalidArgType("options", "object", options);
			const { message, actual, expected, operator } = options;
			super(message !== undefined ? String(message) : describe(actual, expected, operator));
			this.generatedMessage = message === undefined;
			this.code = "ERR_ASSERTION";
			this.actual = actual;
			this.expected = expected;
			this.operator = operator;
			Error.captureStackTrace?.(this, options.stackStartFn ?? options.stackStartFunction);
		}

		get name() {
			return "AssertionError";
		}

		toString() {
			return `${this.name} [${this.code}]: ${this.message}`;
		}
	}

	const TITLES = {
		strictEqual: "Expected values to be strictly equal:",
		deepStrictEqual: "Expected values to be strictly deep-equal:",
		equal: "Expected values to be loosely equal:",
		deepEqual: "Expected values to be loosely deep-equal:",
		notStrictEqual: 'Expected "actual" to be strictly unequal to:',
		notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
		notEqual: 'Expected "actual" to be loosely unequal to:',
		notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
	};

	function describe(actual, expected, operator) {
		const title = TITLES[operator];
		if (title === undefined) return `${inspect(actual)} ${operator} ${inspect(expected)}`;
		return operator.startsWith("not") ? `${title}\n\n${inspect(expected)}` : `${title}\n\n${inspect(actual)} !== ${inspect(expected)}\n`;
	}

	function fail(options) {
		if (options.message instanceof Error) throw options.message;
		throw new AssertionError(options);
	}

	function ok(value, message) {
		if (value) return;
		fail({
			message: message ?? (arguments.length === 0 ? "No value argument passed to `assert.ok()`" : "The expression evaluated to a falsy value"),
			actual: value,
			expected: true,
			operator: "==",
			stackStartFn: ok,
		});
	}

	const comparison = (operator, holds) =>
		function (actual, expected, message) {
			if (!holds(actual, expected)) fail({ actual, expected, message, operator });
		};

	/** Whether a thrown value is what was expected: a class, a pattern, an object of properties or a predicate. */
	function matches(error, expected, message, operator) {
		if (expected === undefined) return;
		if (expected instanceof RegExp) {
			if (!expected.test(String(error))) fail({ actual: error, expected, message: message ?? `The input did not match ${expected}. Input:\n\n${String(error)}`, operator });
		} else if (typeof expected === "function") {
			if (expected.prototype !== undefined && error instanceof expected) return;
			if (expected === Error || Object.prototype.isPrototypeOf.call(Error, expected)) {
				fail({
					actual: error,
					expected,
					message: message ?? `The error is expected to be an instance of "${expected.name}". Received "${error?.name}"\n\nError message:\n\n${error?.message}`,
					operator,
				});
			}
			if (expected.call({}, error) !== true) fail({ actual: error, expected, message: message ?? "The validation function did not return true", operator });
		} else {
			for (const key of [...Object.keys(expected), ...(expected instanceof Error ? ["name", "message"] : [])]) {
				const one = expected[key];
				const found = error?.[key];
				if (one instanceof RegExp && typeof found === "string" ? !one.test(found) : !isDeepStrictEqual(found, one)) {
					fail({ actual: error, expected, message: message ?? `${key}: ${inspect(found)} is not ${inspect(one)}`, operator });
				}
			}
		}
	}

	function split(expected, message) {
		return typeof expected === "string" ? [undefined, expected] : [expected, message];
	}

	const assert = Object.assign((...args) => ok(...args), {
		AssertionError,
		ok,
		fail: (message = "Failed") => fail({ message, operator: "fail" }),
		equal: comparison("equal", (a, b) => a == b || (a !== a && b !== b)),
		notEqual: comparison("notEqual", (a, b) => a != b && !(a !== a && b !== b)),
		strictEqual: comparison("strictEqual", Object.is),
		notStrictEqual: comparison("notStrictEqual", (a, b) => !Object.is(a, b)),
		deepEqual: comparison("deepEqual", isDeepEqual),
		notDeepEqual: comparison("notDeepEqual", (a, b) => !isDeepEqual(a, b)),
		deepStrictEqual: comparison("deepStrictEqual", isDeepStrictEqual),
		notDeepStrictEqual: comparison("notDeepStrictEqual", (a, b) => !isDeepStrictEqual(a, b)),
		match(text, pattern, message) {
			if (typeof text !== "string" || !pattern.test(text)) {
				fail({ actual: text, expected: pattern, message: message ?? `The input did not match ${pattern}. Input:\n\n${inspect(text)}`, operator: "match" });
			}
		},
		doesNotMatch(text, pattern, message) {
			if (typeof text === "string" && pattern.test(text)) {
				fail({ actual: text, expected: pattern, message: message ?? `The input was expected to not match ${pattern}. Input:\n\n${inspect(text)}`, operator: "doesNotMatch" });
			}
		},
		throws(run, expected, message) {
			if (typeof run !== "function") throw invalidArgType("fn", "function", run);
			[expected, message] = split(expected, message);
			try {
				run();
			} catch (error) {
				return matches(error, expected, message, "throws");
			}
			return fail({ expected, message: message ?? "Missing expected exception.", operator: "throws" });
		},
		doesNotThrow(run, expected, message) {
			try {
				run();
			} catch (error) {
				fail({ actual: error, message: split(expected, message)[1] ?? `Got unwanted exception.\nActual message: "${error?.message}"`, operator: "doesNotThrow" });
			}
		},
		async rejects(promise, expected, message) {
			[expected, message] = split(expected, message);
			try {
				await settle(promise);
			} catch (error) {
				return matches(error, expected, message, "rejects");
			}
			return fail({ expected, message: message ?? "Missing expected rejection.", operator: "rejects" });
		},
		async doesNotReject(promise, expected, message) {
			try {
				await settle(promise);
			} catch (error) {
				fail({ actual: error, message: split(expected, message)[1] ?? `Got unwanted rejection.\nActual message: "${error?.message}"`, operator: "doesNotReject" });
			}
		},
		ifError(error) {
			if (error !== null && error !== undefined) {
				fail({ actual: error, expected: null, message: `ifError got unwanted exception: ${error?.message ?? inspect(error)}`, operator: "ifError" });
			}
		},
	});

	function settle(promise) {
		if (typeof promise === "function") return promise();
		if (typeof promise?.then !== "function") throw invalidArgValue("promiseFn", promise, "is not a promise");
		return promise;
	}

	assert.strict = Object.assign((...args) => ok(...args), assert, {
		equal: assert.strictEqual,
		notEqual: assert.notStrictEqual,
		deepEqual: assert.deepStrictEqual,
		notDeepEqual: assert.notDeepStrictEqual,
	});
	assert.strict.strict = assert.strict;
	return assert;
})();

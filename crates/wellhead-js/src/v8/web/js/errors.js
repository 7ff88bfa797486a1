// Errors with Node's codes and messages, which libraries test for.
"use strict";
(function () {
	const { internals } = __bootstrap;

	/**
	 * @param {new (message: string) => Error} Base
	 * @param {string} code for example `ERR_INVALID_ARG_TYPE`
	 * @param {string} message
	 */
	function coded(Base, code, message) {
		const error = new Base(message);
		error.code = code;
		Error.captureStackTrace?.(error, coded);
		// The code is part of the printed name, as in Node, and not of `name`.
		Object.defineProperty(error, "stack", {
			value: String(error.stack).replace(error.name, `${error.name} [${code}]`),
			writable: true,
			configurable: true,
		});
		return error;
	}

	/** @param {unknown} value how Node names a received value in a message */
	function received(value) {
		if (value === null || value === undefined) return `Received ${value}`;
		if (typeof value === "function") return `Received function ${value.name}`;
		if (typeof value === "object") {
			const name = value.constructor?.name;
			return name ? `Received an instance of ${name}` : "Received an object without a prototype";
		}
		let text = typeof value === "string" ? `'${value}'` : String(value);
		if (text.length > 28) text = `${text.slice(0, 25)}...${typeof value === "string" ? "'" : ""}`;
		return `Received type ${typeof value} (${text})`;
	}

	function invalidArgType(name, expected, value) {
		const kind = name.endsWith(" argument") ? name : `"${name}" argument`;
		return coded(TypeError, "ERR_INVALID_ARG_TYPE", `The ${kind} must be of type ${expected}. ${received(value)}`);
	}

	function invalidArgValue(name, value, reason = "is invalid") {
		return coded(TypeError, "ERR_INVALID_ARG_VALUE", `The argument '${name}' ${reason}. ${received(value)}`);
	}

	function outOfRange(name, range, value) {
		return coded(
			RangeError,
			"ERR_OUT_OF_RANGE",
			`The value of "${name}" is out of range. It must be ${range}. Received ${String(value)}`,
		);
	}

	/** What an API that an isolate cannot have throws. */
	function unavailable(what, instead) {
		return coded(
			Error,
			"ERR_NOT_AVAILABLE",
			`${what} is not available in an isolate${instead ? `: ${instead}` : ""}; `
				+ `run with engine = "node" if the app needs all of Node`,
		);
	}

	internals.errors = { coded, invalidArgType, invalidArgValue, outOfRange, unavailable };
	return internals.errors;
})();

// Deep equality as node:assert and node:util define it, strict and loose.
"use strict";
(function () {
	const { core } = __bootstrap;
	const types = core.loadExtScript("ext:wellhead_web/node/util_types.js");

	/**
	 * @param {unknown} a
	 * @param {unknown} b
	 * @param {"strict" | "loose"} mode
	 * @param {Map<object, object>} seen pairs that are being compared, for cycles
	 */
	function equal(a, b, mode, seen = new Map()) {
		if (Object.is(a, b)) return true;
		const objects = typeof a === "object" && typeof b === "object" && a !== null && b !== null;
		if (!objects) return mode === "loose" && (typeof a !== "object" || a === null) && (a == b || (a !== a && b !== b));
		if (mode === "strict" && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
		if (Object.prototype.toString.call(a) !== Object.prototype.toString.call(b)) return false;
		if (Array.isArray(a) !== Array.isArray(b)) return false;
		if (seen.get(a) === b) return true;
		seen.set(a, b);
		try {
			return sameKind(a, b, mode, seen) && sameKeys(a, b, mode, seen);
		} finally {
			seen.delete(a);
		}
	}

	function sameKind(a, b, mode, seen) {
		if (Array.isArray(a)) return a.length === b.length;
		if (types.isDate(a)) return types.isDate(b) && Object.is(+a, +b);
		if (types.isRegExp(a)) return types.isRegExp(b) && a.source === b.source && a.flags === b.flags && a.lastIndex === b.lastIndex;
		if (types.isNativeError(a) || a instanceof Error) {
			return a.name === b.name && a.message === b.message && equal(a.cause, b.cause, mode, seen) && equal(a.errors, b.errors, mode, seen);
		}
		if (ArrayBuffer.isView(a)) return sameBytes(a, b, mode);
		if (types.isAnyArrayBuffer(a)) return types.isAnyArrayBuffer(b) && sameBytes(new Uint8Array(a), new Uint8Array(b), mode);
		if (types.isSet(a)) return types.isSet(b) && sameSet(a, b, mode, seen);
		if (types.isMap(a)) return types.isMap(b) && sameMap(a, b, mode, seen);
		if (types.isBoxedPrimitive(a)) return types.isBoxedPrimitive(b) && Object.is(a.valueOf(), b.valueOf());
		if (types.isWeakMap(a) || types.isWeakSet(a) || types.isPromise(a)) return false;
		if (a instanceof URL) return b instanceof URL && a.href === b.href;
		return true;
	}

	function sameBytes(a, b, mode) {
		if (!ArrayBuffer.isView(b) || a.byteLength !== b.byteLength) return false;
		if (types.isDataView(a)) {
			a = new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
			b = new Uint8Array(b.buffer, b.byteOffset, b.byteLength);
		}
		return a.length === b.length && a.every((value, i) => (mode === "strict" ? Object.is(value, b[i]) : value === b[i] || value !== value));
	}

	function sameSet(a, b, mode, seen) {
		if (a.size !== b.size) return false;
		const rest = [...b].filter((value) => !a.has(value));
		for (const value of a) {
			if (b.has(value)) continue;
			if (mode === "strict" && (typeof value !== "object" || value === null)) return false;
			const at = rest.findIndex((other) => equal(value, other, mode, seen));
			if (at < 0) return false;
			rest.splice(at, 1);
		}
		return true;
	}

	function sameMap(a, b, mode, seen) {
		if (a.size !== b.size) return false;
		const rest = [...b].filter(([key]) => !a.has(key));
		for (const [key, value] of a) {
			if (b.has(key)) {
				if (!equal(value, b.get(key), mode, seen)) return false;
				continue;
			}
			const at = rest.findIndex(([otherKey, other]) => equal(key, otherKey, mode, seen) && equal(value, other, mode, seen));
			if (at < 0) return false;
			rest.splice(at, 1);
		}
		return true;
	}

	/** Own enumerable keys; of views and buffers only those that are not elements. */
	function keysOf(value, mode) {
		let keys = Object.keys(value);
		if (ArrayBuffer.isView(value)) keys = keys.slice(value.length ?? 0);
		if (mode === "loose") return keys;
		return keys.concat(Object.getOwnPropertySymbols(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key)));
	}

	function sameKeys(a, b, mode, seen) {
		const keys = keysOf(a, mode);
		if (keys.length !== keysOf(b, mode).length) return false;
		return keys.every((key) => Object.prototype.propertyIsEnumerable.call(b, key) && equal(a[key], b[key], mode, seen));
	}

	return {
		isDeepStrictEqual: (a, b) => equal(a, b, "strict"),
		isDeepEqual: (a, b) => equal(a, b, "loose"),
	};
})();

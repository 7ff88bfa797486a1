// node:util/types.
"use strict";
(function () {
	const { core } = __bootstrap;
	const tag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;
	const typed = (name) => (value) => ArrayBuffer.isView(value) && tag.call(value) === name;
	const types = {
		isAnyArrayBuffer: core.isAnyArrayBuffer,
		isArgumentsObject: core.isArgumentsObject,
		isArrayBuffer: core.isArrayBuffer,
		isArrayBufferView: ArrayBuffer.isView,
		isAsyncFunction: core.isAsyncFunction,
		isBigIntObject: core.isBigIntObject,
		isBooleanObject: core.isBooleanObject,
		isBoxedPrimitive: core.isBoxedPrimitive,
		isCryptoKey: () => false,
		isDataView: core.isDataView,
		isDate: core.isDate,
		isEventTarget: (value) => value instanceof EventTarget,
		isExternal: () => false,
		isGeneratorFunction: core.isGeneratorFunction,
		isGeneratorObject: core.isGeneratorObject,
		isKeyObject: () => false,
		isMap: core.isMap,
		isMapIterator: core.isMapIterator,
		isModuleNamespaceObject: core.isModuleNamespaceObject,
		isNativeError: core.isNativeError,
		isNumberObject: core.isNumberObject,
		isPromise: core.isPromise,
		isProxy: core.isProxy,
		isRegExp: core.isRegExp,
		isSet: core.isSet,
		isSetIterator: core.isSetIterator,
		isSharedArrayBuffer: core.isSharedArrayBuffer,
		isStringObject: core.isStringObject,
		isSymbolObject: core.isSymbolObject,
		isTypedArray: core.isTypedArray,
		isWeakMap: core.isWeakMap,
		isWeakSet: core.isWeakSet,
	};
	for (
		const name of [
			"BigInt64Array",
			"BigUint64Array",
			"Float16Array",
			"Float32Array",
			"Float64Array",
			"Int8Array",
			"Int16Array",
			"Int32Array",
			"Uint8Array",
			"Uint8ClampedArray",
			"Uint16Array",
			"Uint32Array",
		]
	) {
		types[`is${name}`] = typed(name);
	}
	return types;
})();

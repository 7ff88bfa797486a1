// Hands the operations that write markup to the runtime of the bundle.
"use strict";
(() => {
	const { ops } = __bootstrap.core;
	const {
		op_markup_begin: begin,
		op_markup_bytes: bytes,
		op_markup_prefix: prefix,
		op_markup_rewind: rewind,
		op_markup_take: take,
		op_markup_template: template,
		op_markup_write0: write0,
		op_markup_write1: write1,
		op_markup_write2: write2,
		op_markup_write3: write3,
		op_markup_write4: write4,
	} = ops;
	Object.defineProperty(globalThis, Symbol.for("wellhead.markup"), {
		value: Object.freeze({ begin, bytes, prefix: prefix(), rewind, take, template, write0, write1, write2, write3, write4 }),
	});
})();

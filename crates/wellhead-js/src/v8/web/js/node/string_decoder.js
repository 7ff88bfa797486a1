// node:string_decoder: text from chunks that may end in the middle of a character.
"use strict";
(function () {
	const { core } = __bootstrap;
	const encodings = core.loadExtScript("ext:wellhead_web/node/buffer_encoding.js");

	// How many bytes make a whole unit of these encodings.
	const UNIT = { utf16le: 2, base64: 3, base64url: 3 };

	function StringDecoder(encoding) {
		this.encoding = encodings.checked(encoding);
		this._utf8 = this.encoding === "utf8" ? new TextDecoder("utf-8", { ignoreBOM: true }) : null;
		this._rest = new Uint8Array(0);
	}

	StringDecoder.prototype.write = function (chunk) {
		if (typeof chunk === "string") return chunk;
		const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
		if (this._utf8 !== null) return this._utf8.decode(bytes, { stream: true });
		const unit = UNIT[this.encoding] ?? 1;
		const all = new Uint8Array(this._rest.length + bytes.length);
		all.set(this._rest);
		all.set(bytes, this._rest.length);
		let whole = all.length - (all.length % unit);
		// The first half of a surrogate pair waits for the second.
		if (this.encoding === "utf16le" && whole >= 2 && (all[whole - 1] & 0xfc) === 0xd8) whole -= 2;
		this._rest = all.slice(whole);
		return encodings.decode(all.subarray(0, whole), this.encoding);
	};

	StringDecoder.prototype.end = function (chunk) {
		const text = chunk === undefined ? "" : this.write(chunk);
		if (this._utf8 !== null) return text + this._utf8.decode();
		const rest = encodings.decode(this._rest, this.encoding);
		this._rest = new Uint8Array(0);
		return text + rest;
	};

	return { StringDecoder };
})();

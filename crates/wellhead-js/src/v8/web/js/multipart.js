// multipart/form-data: written for a FormData body, read by formData().
"use strict";
(function () {
	const { core } = __bootstrap;
	const { Blob, File } = core.loadExtScript("ext:wellhead_web/blob.js");
	const { FormData, entriesOf } = core.loadExtScript("ext:wellhead_web/form_data.js");

	// A form of more parts than this is an attack on memory: every part costs an object, however small it is.
	const MOST_PARTS = 10_000;
	const LONGEST_HEAD = 16 * 1024;

	const encoder = () => new TextEncoder();
	const lines = (text) => text.replace(/\r\n|\r|\n/g, "\r\n");
	const escapeName = (text) => text.replace(/[\r\n"]/g, (c) => (c === "\r" ? "%0D" : c === "\n" ? "%0A" : "%22"));

	/** @param {FormData} form @returns {{ blob: Blob, boundary: string }} */
	function encode(form) {
		const boundary = `----wellhead${crypto.randomUUID().replaceAll("-", "")}`;
		const parts = [];
		for (const [name, value] of entriesOf(form)) {
			const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(lines(name))}"`;
			if (typeof value === "string") parts.push(`${head}\r\n\r\n${lines(value)}\r\n`);
			else {
				const type = value.type || "application/octet-stream";
				parts.push(`${head}; filename="${escapeName(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`, value, "\r\n");
			}
		}
		parts.push(`--${boundary}--\r\n`);
		return { blob: new Blob(parts), boundary };
	}

	function find(bytes, pattern, from) {
		const first = pattern[0];
		const last = bytes.length - pattern.length;
		for (let i = bytes.indexOf(first, from); i >= 0 && i <= last; i = bytes.indexOf(first, i + 1)) {
			let k = 1;
			while (k < pattern.length && bytes[i + k] === pattern[k]) k++;
			if (k === pattern.length) return i;
		}
		return -1;
	}

	const malformed = (why) => new TypeError(`The body is not valid multipart/form-data: ${why}`);

	/** Parameters of a header such as `form-data; name="a"; filename="b"`. */
	function parameters(value) {
		const found = { __proto__: null };
		const pattern = /;[\t ]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:"([^"]*)"|([^;\t ]*))/g;
		for (const [, name, quoted, bare] of value.matchAll(pattern)) found[name.toLowerCase()] ??= quoted ?? bare;
		return found;
	}

	const unescapeName = (text) => text.replace(/%0A|%0D|%22/gi, (c) => ({ "%0A": "\n", "%0D": "\r", "%22": '"' })[c.toUpperCase()]);

	/** @param {Uint8Array} bytes @param {string} boundary @returns {FormData} */
	function decode(bytes, boundary) {
		const form = new FormData();
		const utf8 = new TextDecoder();
		const opening = encoder().encode(`--${boundary}`);
		const delimiter = encoder().encode(`\r\n--${boundary}`);
		const blank = encoder().encode("\r\n\r\n");

		let at = find(bytes, opening, 0);
		// Anything before the first boundary is a preamble and must end with a line.
		if (at < 0 || (at > 0 && bytes[at - 1] !== 10)) throw malformed("it has no boundary");
		at += opening.length;
		for (let parts = 0;; parts++) {
			if (bytes[at] === 45 && bytes[at + 1] === 45) return form;
			while (bytes[at] === 32 || bytes[at] === 9) at++;
			if (bytes[at] !== 13 || bytes[at + 1] !== 10) throw malformed("a boundary is not followed by a line feed");
			if (parts === MOST_PARTS) throw malformed(`it has more than ${MOST_PARTS} parts`);
			// The blank line may follow the boundary at once: then the part has no headers.
			const headEnd = find(bytes.subarray(0, at + LONGEST_HEAD), blank, at);
			if (headEnd < 0) throw malformed("a part has no end of its headers");
			const head = utf8.decode(bytes.subarray(at + 2, Math.max(at + 2, headEnd)));
			const end = find(bytes, delimiter, headEnd + 2);
			if (end < 0) throw malformed("the last boundary is missing");
			addPart(form, head, bytes.subarray(headEnd + 4, Math.max(end, headEnd + 4)), utf8);
			at = end + delimiter.length;
		}
	}

	function addPart(form, head, content, utf8) {
		let disposition = null;
		let type = null;
		for (const line of head.split("\r\n")) {
			const colon = line.indexOf(":");
			if (colon < 0) continue;
			const name = line.slice(0, colon).trim().toLowerCase();
			const value = line.slice(colon + 1).trim();
			if (name === "content-disposition") disposition = value;
			else if (name === "content-type") type = value;
		}
		if (disposition === null || !/^form-data\b/i.test(disposition)) throw malformed("a part has no content disposition");
		const { name, filename } = parameters(disposition);
		if (name === undefined) throw malformed("a part has no name");
		if (filename === undefined) form.append(unescapeName(name), utf8.decode(content));
		else {
			const options = { type: type ?? "application/octet-stream" };
			form.append(unescapeName(name), new File([content], unescapeName(filename), options));
		}
	}

	return { encode, decode };
})();

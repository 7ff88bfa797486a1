// What frameworks that cannot run here would send, put together as their sources do it. README.md names the sources and what is
// assumed.

/** A view's identifier is `phx-` and twelve bytes as Base64. */
const topic = 'lv:phx-GHoVqYDBXcLRpgAB';

/** A page that is loaded and joined has used up a few references. */
const join = '4';

/**
 * What the client of Phoenix LiveView sends when a `<button phx-click=…>` is clicked.
 * @param {string} handler
 * @param {number} reference
 */
export const phoenixClick = (handler, reference) =>
	JSON.stringify([join, String(reference), topic, 'event', { type: 'click', event: handler, value: { value: '' } }]);

/**
 * What Phoenix LiveView answers.
 * @param {number} reference
 * @param {object} diff
 */
export const phoenixReply = (reference, diff) =>
	JSON.stringify([join, String(reference), topic, 'phx_reply', { status: 'ok', response: { diff } }]);

/** The diff when the text of a page's first expression is another. @param {string} text */
export const phoenixText = (text) => ({ 0: text });

/**
 * The diff when a row comes before `count` others that have keys: the row's expressions, where each of the others was, how
 * many there are now and that they have moved.
 * @param {number} count
 * @param {string[]} expressions
 */
export function phoenixPrepend(count, expressions) {
	const moved = Array.from({ length: count }, (_, index) => [index + 1, index]);
	return { 0: { k: { 0: { ...expressions }, ...Object.fromEntries(moved), kc: count + 1, km: true } } };
}

/**
 * The batch in which Blazor says that the one text in a `<button>` is another: into the button, the text, and out again.
 * @param {string} text
 */
export function blazorBatch(text) {
	/** @type {number[]} */
	const bytes = [];
	const int = (/** @type {number} */ value) => bytes.push(...new Uint8Array(new Int32Array([value]).buffer));
	const none = -1;
	const component = 0;
	// An edit has four numbers: kind, sibling, frame and the name of an attribute, whether it needs them or not.
	const edits = [
		[6, 0, 0, none],
		[5, 0, 0, none],
		[7, 0, 0, none]
	];
	const diffAt = bytes.length;
	[component, edits.length, ...edits.flat()].forEach(int);
	const componentsAt = bytes.length;
	[1, diffAt].forEach(int);
	const framesAt = bytes.length;
	// A frame has its kind and sixteen bytes: a text is the number of a string and padding.
	[1, 2, 0, 0, 0, 0].forEach(int);
	const disposedComponentsAt = bytes.length;
	int(0);
	const disposedHandlersAt = bytes.length;
	int(0);
	const stringAt = bytes.length;
	const encoded = new TextEncoder().encode(text);
	bytes.push(encoded.length, ...encoded);
	const stringsAt = bytes.length;
	[stringAt, componentsAt, framesAt, disposedComponentsAt, disposedHandlersAt, stringsAt].forEach(int);
	return Uint8Array.from(bytes);
}

/**
 * The message of SignalR around a batch, in MessagePack: its length, the kind of message, headers, no identifier, the name of
 * what is called, its two arguments, and no streams.
 * @param {number} number  of the batch, below 128
 * @param {Uint8Array} batch  of less than 256 bytes
 */
export function blazorMessage(number, batch) {
	const target = new TextEncoder().encode('JS.RenderBatch');
	const message = [0x96, 1, 0x80, 0xc0, 0xa0 | target.length, ...target, 0x92, number, 0xc4, batch.length, ...batch, 0x90];
	const length = message.length;
	return Uint8Array.from([...(length < 128 ? [length] : [(length & 0x7f) | 0x80, length >> 7]), ...message]);
}

const utf8 = (/** @type {string} */ text) => Buffer.byteLength(text);

/** The figures, for the pages of this folder: bytes of the tenth click and of what it brings. */
export const calculated = {
	phoenix: {
		up: utf8(phoenixClick('increment', 14)),
		down: utf8(phoenixReply(14, phoenixText('11'))),
		prepend: utf8(phoenixReply(14, phoenixPrepend(1_000, ['1001', '1001'])))
	},
	blazor: {
		batch: blazorBatch('11').length,
		down: blazorMessage(14, blazorBatch('11')).length
	}
};

// WebSockets for tests, on Node's own HTTP server: as much of RFC 6455 as a browser needs, and ways to end badly that libraries hide.
import { createHash } from 'node:crypto';

/** @typedef {import('node:stream').Duplex} Duplex */
/** @typedef {string | Buffer} Message */

/**
 * @typedef {object} Socket
 * @property {string[]} offered  the subprotocols that the browser offers
 * @property {(message: Message) => void} send
 * @property {(code: number, reason?: string) => void} close
 * @property {() => void} destroy  as if the network were gone, but for the reset
 * @property {(heard: (message: Message) => void) => void} onMessage
 * @property {(closed: (code: number) => void) => void} onClose  1006 without a closing frame
 */

/** @param {number} opcode @param {Buffer} payload */
function frame(opcode, payload) {
	const { length } = payload;
	const size = length < 126 ? 0 : length < 65_536 ? 2 : 8;
	const head = Buffer.alloc(2 + size);
	head[0] = 0x80 | opcode;
	head[1] = size === 0 ? length : size === 2 ? 126 : 127;
	if (size === 2) head.writeUInt16BE(length, 2);
	if (size === 8) head.writeBigUInt64BE(BigInt(length), 2);
	return Buffer.concat([head, payload]);
}

/**
 * Takes a connection that asks for an upgrade, with the subprotocol that the browser offers first.
 *
 * @param {import('node:http').IncomingMessage} request
 * @param {Duplex} stream
 * @returns {Socket}
 */
export function accept(request, stream) {
	const offered = String(request.headers['sec-websocket-protocol'] ?? '').split(/, */).filter(Boolean);
	const answer = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
	const lines = ['HTTP/1.1 101 Switching Protocols', 'upgrade: websocket', 'connection: upgrade', `sec-websocket-accept: ${answer}`];
	if (offered[0]) lines.push(`sec-websocket-protocol: ${offered[0]}`);
	stream.write(`${lines.join('\r\n')}\r\n\r\n`);

	/** @type {(message: Message) => void} */
	let heard = () => {};
	/** @type {(code: number) => void} */
	let closed = () => {};
	let code = 1006;
	let rest = Buffer.alloc(0);
	/** @type {Buffer[]} */
	let parts = [];
	let isText = false;
	let isClosing = false;

	/** Reads one frame; says whether there was one. */
	const read = () => {
		if (rest.length < 2) return false;
		const short = rest[1] & 0x7f;
		const start = short < 126 ? 2 : short === 126 ? 4 : 10;
		if (rest.length < start + 4) return false;
		const length = short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
		if (rest.length < start + 4 + length) return false;
		const mask = rest.subarray(start, start + 4);
		const payload = Buffer.from(rest.subarray(start + 4, start + 4 + length)).map((byte, index) => byte ^ mask[index % 4]);
		const opcode = rest[0] & 15;
		const isLast = rest[0] > 127;
		rest = rest.subarray(start + 4 + length);
		if (opcode === 8) {
			code = payload.length >= 2 ? Buffer.from(payload).readUInt16BE(0) : 1005;
			stream.end(isClosing ? undefined : frame(8, Buffer.from(payload)));
		} else if (opcode === 9) stream.write(frame(10, Buffer.from(payload)));
		else if (opcode < 3) {
			if (opcode > 0) isText = opcode === 1;
			parts.push(Buffer.from(payload));
			if (isLast) {
				const whole = Buffer.concat(parts);
				parts = [];
				heard(isText ? whole.toString() : whole);
			}
		}
		return true;
	};
	stream.on('data', (/** @type {Buffer} */ chunk) => {
		rest = Buffer.concat([rest, chunk]);
		while (read());
	});
	stream.on('error', () => {});
	stream.on('close', () => closed(code));
	return {
		offered,
		send: (message) => void stream.write(typeof message === 'string' ? frame(1, Buffer.from(message)) : frame(2, message)),
		close(code, reason = '') {
			const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
			payload.writeUInt16BE(code, 0);
			payload.write(reason, 2);
			isClosing = true;
			stream.write(frame(8, payload));
		},
		destroy: () => stream.destroy(),
		onMessage: (callback) => (heard = callback),
		onClose: (callback) => (closed = callback)
	};
}

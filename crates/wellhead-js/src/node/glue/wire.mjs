// The frames of `frame.rs`, from the side of the process. The parts in this folder are one module, in the order of
// `glue.rs`.
import { AsyncLocalStorage } from "node:async_hooks";
import module from "node:module";
import { Socket } from "node:net";
import path from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { inspect, types } from "node:util";
import v8 from "node:v8";
import vm from "node:vm";
import { receiveMessageOnPort } from "node:worker_threads";

const IN = {
	INIT: 1, CALL: 2, BODY: 3, BODY_END: 4, BODY_FAIL: 5, PULL: 6, CANCEL: 7, PING: 8, INVOKE: 9,
	MOUNTED: 10, COMMAND: 11, CLOSE: 12,
};
const OUT = {
	READY: 64, LOAD_FAILED: 65, BEGIN: 66, PENDING: 67, EARLY: 68, REPLY: 69, CHUNK: 70, END: 71, FAIL: 72, REPORT: 73,
	WANT_BODY: 74, PONG: 75, RESULT: 76, INSPECT: 77, SPOILED: 78, MOUNT: 79,
	TOOK: 80, NEWS: 81, LOST: 82, DONE: 83,
};
const HEADER = 9;
/** Runs something when microtasks are over, whatever the application makes of the global function. */
const soon = setImmediate;
/** How long frames are handled in one go, in milliseconds, before timers and promises of other calls get their turn. */
const SLICE = 10;
/** How many bytes of frames are held until their turn comes, at least; then nothing is read until it has. */
const MOST_HELD = 1 << 20;

// Standard input is a socket in both directions, so that what the application writes to standard output cannot get
// between frames. Standard input as such is empty for it.
const socket = new Socket({ fd: 0, readable: true, writable: true });
Object.defineProperty(process, "stdin", { configurable: true, enumerable: true, value: Readable.from([]) });
const exit = process.exit.bind(process);
socket.on("error", () => exit(0));
socket.on("close", () => exit(0));

/** Hands each frame over as it comes; others wait for the next turn where this gives `true`. What is not a whole frame yet is held. */
class Frames {
	#held = Buffer.alloc(0);
	#later = false;

	constructor(handle) {
		this.handle = handle;
		socket.on("data", (bytes) => {
			this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
			if (!this.#later) this.#drain();
			else if (this.#held.length > MOST_HELD) socket.pause();
		});
	}

	#drain() {
		this.#later = false;
		const bytes = this.#held;
		const until = performance.now() + SLICE;
		let at = 0;
		while (bytes.length - at >= HEADER && !this.#later) {
			const end = at + 4 + bytes.readUInt32LE(at);
			if (end > bytes.length) break;
			const start = at + HEADER;
			at = end;
			const rests = this.handle(bytes[start - 5], bytes.readUInt32LE(start - 4), bytes.subarray(start, end));
			this.#later = rests === true || performance.now() > until;
		}
		this.#held = bytes.subarray(at);
		if (this.#later) soon(() => this.#drain());
		else if (socket.isPaused()) socket.resume();
	}
}

/** Writes a frame that has no payload. */
function send(kind, id) {
	const frame = Buffer.allocUnsafe(HEADER);
	frame.writeUInt32LE(5, 0);
	frame[4] = kind;
	frame.writeUInt32LE(id, 5);
	socket.write(frame);
}

/** Makes a frame of known length. */
class Writer {
	constructor(kind, id, length) {
		this.frame = Buffer.allocUnsafe(HEADER + length);
		this.frame.writeUInt32LE(length + 5, 0);
		this.frame[4] = kind;
		this.frame.writeUInt32LE(id, 5);
		this.at = HEADER;
	}
	u8(value) {
		this.frame[this.at++] = value;
		return this;
	}
	u16(value) {
		this.at = this.frame.writeUInt16LE(value, this.at);
		return this;
	}
	u32(value) {
		this.at = this.frame.writeUInt32LE(value, this.at);
		return this;
	}
	i32(value) {
		this.at = this.frame.writeInt32LE(value, this.at);
		return this;
	}
	u64(value) {
		this.at = this.frame.writeBigUInt64LE(BigInt(value), this.at);
		return this;
	}
	/** Text or bytes without their length. */
	raw(value) {
		if (typeof value === "string") this.at += this.frame.write(value, this.at, "utf8");
		else {
			this.frame.set(value, this.at);
			this.at += value.length;
		}
		return this;
	}
	/** Text or bytes after their length, which the caller knows already. */
	str(value, length) {
		return this.u32(length).raw(value);
	}
	send() {
		socket.write(this.frame);
	}
}

/** The length of text or bytes on the wire. */
function sizeOf(value) {
	return typeof value === "string" ? Buffer.byteLength(value) : value.length;
}

/** Reads a payload. */
class Reader {
	constructor(bytes) {
		this.bytes = bytes;
		this.at = 0;
	}
	u8() {
		return this.bytes[this.at++];
	}
	u32() {
		const value = this.bytes.readUInt32LE(this.at);
		this.at += 4;
		return value;
	}
	str() {
		const start = this.at + 4;
		this.at = start + this.bytes.readUInt32LE(this.at);
		return this.bytes.toString("utf8", start, this.at);
	}
	rest() {
		return this.bytes.subarray(this.at);
	}
}

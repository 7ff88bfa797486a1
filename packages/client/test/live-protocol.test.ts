/** The generated codec against the bytes that Rust writes and reads. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { afterClose, closeCodes, createDecoder, createEncoder, type Down, type Up } from "../src/live/protocol.ts";
import * as text from "../src/live/protocol.json.ts";

interface Conversation<M> {
	title: string;
	messages: { hex: string; json: M }[];
}
const golden = JSON.parse(readFileSync("client/test/fixtures/live-protocol.json", "utf8")) as { up: Conversation<Up>[]; down: Conversation<Down>[] };

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
/** In JSON, bytes are hexadecimal digits. */
const typed = (json: Up): Up => (json.type === "uploadChunk" ? { ...json, bytes: bytesOf(json.bytes as unknown as string) } : json);

for (const { title, messages } of golden.down) {
	test(`down: ${title}`, () => {
		const decode = createDecoder();
		for (const { hex, json } of messages) assert.deepEqual(decode(bytesOf(hex).buffer), json);
	});
}

for (const { title, messages } of golden.up) {
	test(`up: ${title}`, () => {
		const encode = createEncoder();
		for (const { hex, json } of messages) assert.equal(hexOf(encode(typed(json))), hex);
	});
}

test("json is the same for both languages", () => {
	const [encode, decode] = [text.createEncoder(), text.createDecoder()];
	for (const { messages } of golden.up) for (const { json } of messages) assert.deepEqual(JSON.parse(encode(typed(json))), json);
	for (const { messages } of golden.down) for (const { json } of messages) assert.deepEqual(decode(JSON.stringify(json)), json);
});

const event = (handler: string, payload?: unknown): Up => ({ type: "event", component: 0, handler, ...(payload !== undefined && { payload }) });

test("a click after the first is three bytes", () => {
	const encode = createEncoder();
	encode(event("increment"));
	assert.deepEqual([...encode(event("increment"))], [4, 0, 1]);
});

test("strings are known until there are too many", () => {
	const encode = createEncoder();
	for (let index = 0; index < 1030; index++) encode(event(`h${index}`));
	assert.deepEqual([...encode(event("h0"))], [4, 0, 1]);
	assert.deepEqual([...encode(event("h1023"))], [4, 0, 0x80, 8]);
	assert.equal(encode(event("h1024")).length, 9);
});

test("strings are known until they are too long, counted in bytes", () => {
	const encode = createEncoder();
	// With its length a name of this size takes half of the room.
	const half = "é".repeat(16_382) + "x";
	const more = `${half}y`;
	const costs = (names: string[]) => names.map((name) => encode(event(name)).length);
	assert.deepEqual(costs([half, half, "x", "x", more, more]), [3 + 32_768, 3, 5, 3, 3 + 32_769, 3 + 32_769]);
	const fitting = "y".repeat(32_766 - 4);
	assert.deepEqual(costs([fitting, fitting, "z", "z", "", ""]), [6 + 32_762, 3, 5, 5, 4, 3]);
});

const integer = (value: number): number[] => (value > 127 ? [(value % 128) + 128, ...integer(Math.floor(value / 128))] : [value]);
const length = (size: number): number[] => [...integer(size), ...new Uint8Array(size).fill(120)];
/** Whether what came second is known by its number, after a first of so many bytes. */
const known = (first: number[], second: number[], reference: number[]): boolean => {
	const decode = createDecoder();
	for (const bytes of [first, second]) decode(new Uint8Array(bytes).buffer);
	try {
		decode(new Uint8Array(reference).buffer);
		return true;
	} catch {
		return false;
	}
};

test("what a server sent is known until there is too much, counted in bytes", () => {
	// A template of one part is its length in three bytes and the part; the second is one byte.
	const render = (size: number) => [4, 0, 7, ...length(size)];
	const template = (size: number, number: number) => known(render(size), render(0), [4, 0, (number << 2) | 1]);
	const room = 262_144 - 3;
	assert.deepEqual([template(room - 1, 0), template(room - 1, 1), template(room, 0), template(room, 1)], [true, true, true, false]);
	// The first finds no room, so the second is the only one.
	assert.deepEqual([template(room + 1, 0), template(room + 1, 1)], [true, false]);

	const push = (id: number[]) => [16, 0, ...id, 4, 110, 117, 108, 108];
	const name = (size: number, id: number) => known(push([0, ...length(size)]), push([0, 0]), push([id]));
	const space = 65_536 - 3;
	assert.deepEqual([name(space - 1, 2), name(space, 1), name(space, 2), name(space + 1, 1), name(space + 1, 2)], [true, true, false, true, false]);
});

test("a count that nothing follows costs nothing", () => {
	for (const count of [1e9, 2 ** 40]) {
		assert.throws(() => createDecoder()(new Uint8Array([3, ...integer(count)]).buffer), RangeError);
		assert.throws(() => createDecoder()(new Uint8Array([4, 0, ...integer(2 ** 28 * 4 + 2)]).buffer), RangeError);
	}
});

test("what cannot be written leaves no trace", () => {
	const encode = createEncoder();
	const circle: unknown[] = [];
	circle.push(circle);
	assert.throws(() => encode(event("h", circle)));
	assert.deepEqual([...encode(event("h"))], [4, 0, 0, 1, 104]);
	assert.deepEqual([...encode(event("h"))], [4, 0, 1]);
});

test("what is cut short is refused, and never read for long", () => {
	for (const { messages } of golden.down) {
		for (const [index, { hex, json }] of messages.entries()) {
			const bytes = bytesOf(hex);
			const step = Math.ceil(bytes.length / 300);
			for (let end = 0; end < bytes.length; end += step) {
				const decode = createDecoder();
				for (const { hex } of messages.slice(0, index)) decode(bytesOf(hex).buffer);
				try {
					assert.notDeepEqual(decode(bytes.slice(0, end).buffer), json);
				} catch (error) {
					assert(!(error instanceof assert.AssertionError), String(error));
				}
			}
		}
	}
});

test("bytes that follow, strings and templates that were not sent, and unknown messages are refused", () => {
	for (const bytes of [[32, 0], [48, 1], [0, 3, 0, 1], [0, 5, 0, 1], [56], [255], []]) {
		assert.throws(() => createDecoder()(new Uint8Array(bytes).buffer), String(bytes));
	}
});

test("the hundreds of a close code say what to do", () => {
	const after = { [closeCodes.draining]: "now", [closeCodes.slow_reader]: "backoff", [closeCodes.protocol_error]: "reload", [closeCodes.origin_refused]: "never", 1006: "backoff", 4399: "never", 4400: "backoff" };
	for (const [code, word] of Object.entries(after)) assert.equal(afterClose(Number(code)), word);
});

/** What attributes say, and how long the client waits: the parts of the live client that need no document. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fits, parseBinding, parseHandler } from "../src/live/bindings.ts";
import { backoff } from "../src/live/connection.ts";

test("both forms of an attribute handle an event", () => {
	for (const name of ["@click", "ts-on:click"]) assert.equal(parseBinding(name)?.type, "click");
	for (const name of ["click", "onclick", "ts-model", "ts-on", "@", "ts-on:"]) assert.equal(parseBinding(name), null, name);
});

test("modifiers are read in any order", () => {
	const binding = parseBinding("ts-on:item-moved.stop.debounce-150.prevent.throttle.enter.x");
	assert.deepEqual([...binding!.mods].slice(0, 3), ["stop", "debounce-150", "prevent"]);
	assert.equal(binding!.type, "item-moved");
	assert.deepEqual(binding!.keys, ["enter", "x"]);
});

const press = (key: string, more: object = {}) => ({ key, ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...more }) as unknown as Event;

test("keys have the names that people know", () => {
	const cases: [string, string][] = [["enter", "Enter"], ["esc", "Escape"], ["escape", "Escape"], ["space", " "], ["up", "ArrowUp"], ["arrowup", "ArrowUp"], ["left", "ArrowLeft"], ["s", "S"], ["f1", "F1"], ["del", "Delete"], ["tab", "Tab"]];
	for (const [word, key] of cases) assert(fits(parseBinding(`@keydown.${word}`)!, press(key)), word);
	assert(!fits(parseBinding("@keydown.enter")!, press("a")));
	// Browsers fill in fields with events that have no key.
	assert(!fits(parseBinding("@keydown.enter")!, {} as Event));
	assert(fits(parseBinding("@keydown")!, {} as Event));
});

test("one of the keys, and all of the modifiers", () => {
	const binding = parseBinding("@keydown.ctrl.shift.a.b")!;
	assert(fits(binding, press("a", { ctrlKey: true, shiftKey: true })));
	assert(fits(binding, press("B", { ctrlKey: true, shiftKey: true, altKey: true })));
	assert(!fits(binding, press("a", { ctrlKey: true })));
	assert(!fits(binding, press("c", { ctrlKey: true, shiftKey: true })));
	assert(fits(parseBinding("@click.meta")!, press("", { metaKey: true })));
});

test("a handler is a name, perhaps with a list", () => {
	assert.deepEqual(parseHandler("save"), ["save", []]);
	assert.deepEqual(parseHandler(" ^^save ( [1, \")\"] ) "), ["^^save", [1, ")"]]);
	assert.deepEqual(parseHandler("save()"), ["save", []]);
	for (const value of ["", "a b", "(1)", "save([1)", "save([1]"]) assert.throws(() => parseHandler(value), SyntaxError, value);
});

test("the wait before the next try doubles up to half a minute, and holds some chance", () => {
	assert.deepEqual([0, 1, 2, 6, 60].map((tries) => backoff(tries, 1)), [500, 1000, 2000, 30_000, 30_000]);
	assert.equal(backoff(2, 0), 1000);
});

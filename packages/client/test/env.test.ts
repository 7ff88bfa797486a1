/** `$env/dynamic/public` in the browser, from the state that the server writes. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { stringify } from "devalue";

test("the environment is read from a state that cannot be decoded yet", async () => {
	const env = { PUBLIC_A: "one", PUBLIC_B: "", PUBLIC_C: "one" };
	class Own {}
	const state = stringify({ status: 200, nodes: [{ data: new Own() }, new Date(0)], env }, { Own: (value) => value instanceof Own && [1] });
	Object.assign(globalThis, { document: { getElementById: () => ({ textContent: state }) } });
	const module = await import("../src/browser/env.ts");
	assert.deepEqual(module.env, env);
	assert.deepEqual(module.read(stringify({ status: 200 })), {});
	assert.deepEqual(module.read(stringify({ status: 200, env: {} })), {});
});

/** How much of the live client every page loads, and how much it loads for what it uses. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { liveSizes } from "../../test/live-size.mjs";

test("the live client is small", async () => {
	const { own, parts } = await liveSizes();
	assert(own <= 4.4 * 1024, `without codec and nodes: ${own} B brotli`);
	for (const { name, size } of parts) assert(size <= 1.6 * 1024, `${name}: ${size} B brotli`);
});

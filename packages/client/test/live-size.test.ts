/** How much of the live client every page loads, and how much it loads for what it uses. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { liveSizes, most } from "../../test/live-size.mjs";

test("the live client is small", async () => {
	const { core, parts } = await liveSizes();
	assert(core <= most, `what all pages load: ${core} B brotli`);
	for (const { name, size } of parts) assert(size <= 1.6 * 1024, `${name}: ${size} B brotli`);
});

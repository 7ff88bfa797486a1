/** The examples of docs/live.md compile as they stand there. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { LIMITS } from "../src/live/limits.ts";

const guide = readFileSync("../docs/live.md", "utf8");

test("the examples compile, as strictly as an app's", () => {
	const dir = join(process.cwd(), "node_modules/.cache/live-docs");
	rmSync(dir, { recursive: true, force: true });
	mkdirSync(dir, { recursive: true });
	const examples = [...guide.matchAll(/^```ts\n([^]*?)^```$/gm)];
	assert.ok(examples.length >= 9);
	for (const [index, [, code]] of examples.entries()) writeFileSync(join(dir, `${index}.ts`), code!);
	const root = process.cwd();
	const options = { noImplicitOverride: false, noUnusedLocals: false, typeRoots: [join(root, "node_modules/@types")], paths: { wellhead: [join(root, "client/src/index.ts")] } };
	writeFileSync(join(dir, "tsconfig.json"), JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions: options, include: ["*.ts"], exclude: [] }));
	const { stdout, status } = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", dir], { encoding: "utf8" });
	assert.equal(stdout, "");
	assert.equal(status, 0);
});

test("the limits are those of the code", () => {
	for (const [name, value] of Object.entries(LIMITS)) {
		const row = new RegExp(`^\\| \`${name}\` \\|.*\\| (.*) \\|$`, "m").exec(guide);
		assert.equal(Number.parseInt(row?.[1]!.replaceAll(",", "") ?? "", 10), value, name);
	}
});

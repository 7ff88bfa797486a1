/** The examples of docs/live.md and docs/testing.md compile as they stand there. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { LIMITS } from "../src/live/limits.ts";

const guide = readFileSync("../docs/live.md", "utf8");
const testing = readFileSync("../docs/testing.md", "utf8");
/** What the tests of the guide are about. */
const page = 'import { html, LiveView } from "wellhead";\nexport default class Page extends LiveView {\n\trender() {\n\t\treturn html``;\n\t}\n}\n';

test("the examples compile, as strictly as an app's", () => {
	const dir = join(process.cwd(), "node_modules/.cache/live-docs");
	rmSync(dir, { recursive: true, force: true });
	mkdirSync(dir, { recursive: true });
	const examples = [...`${guide}\n${testing}`.matchAll(/^```ts\n([^]*?)^```$/gm)];
	assert.ok(examples.length >= 9);
	for (const [index, [, code]] of examples.entries()) writeFileSync(join(dir, `${index}.ts`), code!);
	writeFileSync(join(dir, "+live.ts"), page);
	const root = process.cwd();
	const options = { noImplicitOverride: false, noUnusedLocals: false, typeRoots: [join(root, "node_modules/@types")], paths: { wellhead: [join(root, "client/src/index.ts")], "wellhead/test": [join(root, "host/src/test/index.ts")] } };
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

/** Bundles the tests, which are TypeScript, and runs them with node:test. Arguments are parts of test files' names. */

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
process.chdir(root);
const out = join(root, "node_modules/.cache/tests");
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const files = ["client/test", "host/test"].flatMap((dir) => readdirSync(dir).map((name) => `${dir}/${name}`)).filter((name) => name.endsWith(".test.ts"));
const wanted = process.argv.slice(2);
const entryPoints = files.filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
await build({ entryPoints, outdir: out, outbase: root, bundle: true, platform: "node", format: "esm", packages: "external", sourcemap: "inline", define: { "import.meta.env.SSR": "true" }, logLevel: "warning", outExtension: { ".js": ".mjs" } });
const bundled = entryPoints.map((name) => join(out, name.replace(/\.ts$/, ".mjs")));
const { status } = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...bundled], { stdio: "inherit" });
process.exit(status ?? 1);

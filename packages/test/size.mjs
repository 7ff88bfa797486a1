/** Prints the size of the browser runtime without the framework: `npm run size`. */

import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { liveSizes, most } from "./live-size.mjs";

process.chdir(join(import.meta.dirname, ".."));

async function size(name, contents) {
	const { outputFiles, metafile } = await build({ stdin: { contents, resolveDir: "client/src", loader: "ts" }, bundle: true, minify: true, write: false, format: "esm", target: "es2022", external: ["svelte", "svelte/*"], define: { "import.meta.env.SSR": "false" }, metafile: true, legalComments: "none" });
	const [{ contents: code }] = outputFiles;
	const gzip = gzipSync(code, { level: 9 }).length;
	const devalue = Object.entries(Object.values(metafile.outputs)[0].inputs).reduce((sum, [path, { bytesInOutput }]) => sum + (path.includes("devalue") ? bytesInOutput : 0), 0);
	console.log(`${name.padEnd(34)} ${code.length} B minified (devalue ${devalue}), ${gzip} B gzip, ${brotliCompressSync(code).length} B brotli`);
}

await size("runtime", 'export { start } from "./start.ts";');
await size("runtime and $app/navigation, paths", 'export { start } from "./start.ts"; export * from "./app/navigation.ts"; export * from "./app/paths.ts";');
await size("the DOM of live components", 'export { createNodes } from "./live/nodes.ts";');

const { core, own, parts } = await liveSizes();
console.log(`live client, all pages             ${core} B brotli of ${most}, ${own} without codec and nodes`);
for (const { name, size } of parts) console.log(`  ${name.padEnd(32)} ${size} B brotli`);
if (core > most) process.exitCode = 1;

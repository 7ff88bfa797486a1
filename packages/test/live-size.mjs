/** Measures the live client: what all pages load, and what is loaded for the features that a page uses. */

import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

/** The most that all pages may load, in bytes, compressed. */
export const most = 8 * 1024;

const folder = "client/src/live";
const options = { bundle: true, minify: true, write: false, format: "esm", target: "es2022", legalComments: "none" };
const compressed = ({ contents }) => brotliCompressSync(contents).length;

async function bundle(contents, external = []) {
	const { outputFiles } = await build({ ...options, stdin: { contents, resolveDir: folder, loader: "ts" }, external });
	return compressed(outputFiles[0]);
}

/** Bytes after brotli: `core` is all that every page loads, `own` that without the codec and the nodes, `parts` what comes on demand. */
export async function liveSizes() {
	const { metafile } = await build({ ...options, entryPoints: [`${folder}/live.ts`], splitting: true, outdir: "out", metafile: true });
	const lazy = Object.values(metafile.inputs).flatMap(({ imports }) => imports.filter(({ kind }) => kind === "dynamic-import").map(({ path }) => basename(path)));
	const names = readdirSync(folder).filter((name) => lazy.includes(name));
	const external = names.map((name) => `./${name}`);
	const core = await bundle('export { live } from "./live.ts"', external);
	const given = await bundle('export { afterClose, createDecoder, createEncoder, subprotocol } from "./protocol.ts"; export { createNodes } from "./nodes.ts"', external);
	const rest = readdirSync(folder).filter((name) => !names.includes(name)).map((name) => `./${name}`);
	const parts = await Promise.all(names.map(async (name) => ({ name, size: await bundle(`export * from "./${name}"`, [...external.filter((other) => other !== `./${name}`), ...rest]) })));
	return { core, own: core - given, parts };
}

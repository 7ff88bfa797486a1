/** Bundles a fixture app with esbuild and the Svelte compiler, as the build would with rolldown. */

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build as bundle, transform, type BuildOptions, type Plugin } from "esbuild";
import { compile, compileModule } from "svelte/compiler";
import type { ServerApp } from "../../../client/src/app.ts";
import type { Respond } from "../../src/abi.ts";
import { appModule, nodeModule, scan, type Scanned } from "./scan.ts";

export interface BuiltApp {
	readonly respond: Respond;
	readonly routes: ServerApp["routes"];
	readonly client: ReadonlyMap<string, Uint8Array>;
	readonly version: string;
	/** What rendering the first page costs without the host: through the adapter, and without even that. */
	readonly floor: { adapter(): unknown; page(): unknown };
	dispose(): void;
}

export interface Options {
	dev?: boolean;
	base?: string;
	version?: string;
	asyncComponents?: boolean;
}

const CLIENT = join(process.cwd(), "client/src");
const HOST = join(process.cwd(), "host/src");

export async function build(folder: string, options: Options = {}): Promise<BuiltApp> {
	const app = resolve(folder);
	const settings = { dev: options.dev ?? true, base: options.base ?? "", version: options.version ?? "v1", asyncComponents: options.asyncComponents ?? false };
	const scanned = scan(app);
	const out = mkdtempSync(join(process.cwd(), "node_modules/.cache/app-"));
	const common = (side: "server" | "client"): BuildOptions => ({
		bundle: true,
		format: "esm",
		splitting: true,
		outdir: join(out, side),
		conditions: ["svelte", ...(side === "client" ? ["browser"] : ["node"]), ...(settings.dev ? ["development"] : ["production"])],
		define: { "import.meta.env.SSR": String(side === "server"), "process.env.NODE_ENV": settings.dev ? '"development"' : '"production"' },
		minify: !settings.dev && side === "client",
		logLevel: "warning",
		plugins: [resolver(app, scanned, side, settings), svelte(side, settings)],
		target: "es2022",
		loader: { ".woff2": "dataurl", ".woff": "empty" },
	});
	await bundle({ ...common("server"), platform: "node", entryPoints: { index: "wellhead:entry/server" }, outExtension: { ".js": ".mjs" } });
	const client = await bundle({ ...common("client"), platform: "browser", entryPoints: { start: "wellhead:entry/client" }, write: false });
	const { respond, floor: made } = (await import(`${pathToFileURL(join(out, "server/index.mjs")).href}`)) as { respond: Respond; floor: { load(): Promise<BuiltApp["floor"]> } };
	const floor = await made.load();
	const files = new Map(client.outputFiles!.map(({ path, contents }) => [`/_app/${path.split("/client/").at(-1)}`, contents]));
	return { respond, routes: scanned.routes, client: files, version: settings.version, floor, dispose: () => rmSync(out, { recursive: true, force: true }) };
}

function resolver(app: string, scanned: Scanned, side: "server" | "client", options: unknown): Plugin {
	const source: Record<string, string> = {
		"wellhead:entry/server": `import app from "wellhead:server/app"; import * as adapter from "wellhead:adapter/server"; import { createRespond, Host } from "wellhead:host"; export const respond = createRespond(new Host(app, adapter));
import { render } from "svelte/server";
const load = async (i) => (await app.nodes[i]()).component.default;
export const floor = { async load() {
	const components = [await load(0), await load(app.routes[0].page.leaf)];
	const view = { components, data: [{}, {}], page: { url: null, params: {}, route: { id: "/" }, status: 200, error: null, data: {}, form: null, state: {} } };
	return { adapter: () => adapter.render(view, { options: app.options, nonce: "" }), page: () => render(components[1], { props: {} }).body };
} };`,
		"wellhead:entry/client": `import app from "wellhead:client/app"; import * as adapter from "wellhead:adapter/client"; import { start } from "wellhead:client"; start(app, adapter);`,
	};
	const files: Record<string, string> = {
		wellhead: join(CLIENT, "index.ts"),
		"wellhead:client": join(CLIENT, "start.ts"),
		"wellhead:host": join(HOST, "index.ts"),
		"wellhead:adapter/server": join(CLIENT, "svelte/server.ts"),
		"wellhead:adapter/client": join(CLIENT, "svelte/client.ts"),
		"$app/state": join(CLIENT, "app/state.svelte.ts"),
	};
	return {
		name: "wellhead",
		setup(build) {
			build.onResolve({ filter: /^(wellhead|\$app\/)/ }, ({ path }) => {
				if (files[path]) return { path: files[path] };
				if (path.startsWith("$app/")) return { path: join(CLIENT, `app/${path.slice(5)}.ts`) };
				return { path, namespace: "generated" };
			});
			build.onResolve({ filter: /^(\$lib\/|\..*\.svelte$)/ }, ({ path, resolveDir }) => {
				const file = path.startsWith("$lib/") ? join(app, "lib", path.slice(5)) : join(resolveDir, path);
				const found = ["", ".ts", ".js", "/index.ts"].map((end) => file + end).find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
				return found ? { path: found } : undefined;
			});
			// The runtime's `svelte` is the app's own, as there must be only one.
			build.onResolve({ filter: /^svelte(\/|$)/ }, ({ path, kind, pluginData }) =>
				pluginData === "app" ? undefined : build.resolve(path, { resolveDir: app, kind, pluginData: "app" }),
			);
			build.onLoad({ filter: /.*/, namespace: "generated" }, ({ path }) => {
				const node = /^wellhead:node\/(\d+)\//.exec(path);
				const contents = source[path] ?? (node ? nodeModule(scanned.nodes[Number(node[1])]!, side) : appModule(app, scanned, side, options));
				return { contents, resolveDir: app };
			});
		},
	};
}

function svelte(side: "server" | "client", { dev, asyncComponents }: { dev: boolean; asyncComponents: boolean }): Plugin {
	const shared = { generate: side, dev, experimental: { async: asyncComponents } } as const;
	return {
		name: "svelte",
		setup(build) {
			build.onLoad({ filter: /\.svelte$/ }, ({ path }) => {
				const { js, warnings } = compile(readFileSync(path, "utf8"), { ...shared, filename: path, css: "injected" });
				for (const { message } of warnings) console.warn(`${path}: ${message}`);
				return { contents: js.code, loader: "js" };
			});
			build.onLoad({ filter: /\.svelte(\.\w+)?\.[jt]s$/ }, async ({ path }) => {
				const { code } = await transform(readFileSync(path, "utf8"), { loader: "ts", target: "esnext", tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } } });
				return { contents: compileModule(code, { ...shared, filename: path }).js.code, loader: "js" };
			});
		},
	};
}

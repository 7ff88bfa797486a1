/** A small stand-in for the build: reads `routes/` and writes the generated modules. */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { PageRoute, Piece, Route } from "../../../client/src/app.ts";

export interface Scanned {
	routes: Route[];
	/** For each node the files of its component, universal and server module. */
	nodes: { component?: string; universal?: string; server?: string }[];
	endpoints: Record<number, string>;
	matchers: Record<string, string>;
}

const FALLBACK = join(process.cwd(), "host/test/fixtures/default");

interface Folder {
	dir: string;
	id: string;
	layouts: number[];
	errors: number[];
	serverLoads: boolean[];
}

export function scan(app: string): Scanned {
	const nodes: Scanned["nodes"] = [];
	const found: (Route & { file?: string })[] = [];
	const add = (node: Scanned["nodes"][number]) => nodes.push(node) - 1;
	const of = (dir: string, name: string) => {
		const node: Scanned["nodes"][number] = {};
		if (existsSync(join(dir, `${name}.svelte`))) node.component = join(dir, `${name}.svelte`);
		if (existsSync(join(dir, `${name}.ts`))) node.universal = join(dir, `${name}.ts`);
		if (existsSync(join(dir, `${name}.server.ts`))) node.server = join(dir, `${name}.server.ts`);
		return Object.keys(node).length ? node : null;
	};
	const routes = join(app, "routes");
	const root = of(routes, "+layout");
	add({ component: join(FALLBACK, "layout.svelte"), ...root });
	add(of(routes, "+error") ?? { component: join(FALLBACK, "error.svelte") });

	const walk = (folder: Folder, isRoot: boolean) => {
		const { dir } = folder;
		const layout = isRoot ? 0 : ((node) => (node ? add({ component: join(FALLBACK, "layout.svelte"), ...node }) : -1))(of(dir, "+layout"));
		const error = isRoot ? 1 : ((node) => (node ? add(node) : -1))(of(dir, "+error"));
		const here: Folder = { ...folder, layouts: [...folder.layouts], errors: [...folder.errors], serverLoads: [...folder.serverLoads] };
		if (layout >= 0) {
			here.layouts.push(layout);
			here.errors.push(error);
			here.serverLoads.push(nodes[layout]!.server !== undefined);
		} else if (error >= 0) here.errors[here.errors.length - 1] = error;
		const page = of(dir, "+page");
		const endpoint = existsSync(join(dir, "+server.ts"));
		if (page || endpoint) {
			const options = page ? optionsOf(page) : { ssr: true, csr: true, trailingSlash: "never" as const };
			const leaf = page ? add(page) : -1;
			const route: PageRoute | null = page
				? { layouts: here.layouts, errors: here.errors, leaf, serverLoad: [...here.serverLoads, page.server !== undefined], ...options }
				: null;
			const id = folder.id || "/";
			found.push({ id, segments: segmentsOf(id), page: route, endpoint, ...(endpoint ? { file: join(dir, "+server.ts") } : {}) });
		}
		for (const name of readdirSync(dir).sort()) if (statSync(join(dir, name)).isDirectory()) walk({ ...here, dir: join(dir, name), id: `${folder.id}/${name}` }, false);
	};
	walk({ dir: routes, id: "", layouts: [], errors: [], serverLoads: [] }, true);
	// Literal before parameter before rest is enough for fixtures.
	const rank = (route: Route) => route.segments.map(({ pieces: [first] }) => (typeof first === "string" ? 0 : first!.kind === "required" ? 1 : first!.kind === "optional" ? 2 : 3)).join("");
	found.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
	const params = join(app, "params");
	const matchers = existsSync(params) ? Object.fromEntries(readdirSync(params).map((name) => [name.replace(/\.ts$/, ""), join(params, name)])) : {};
	return {
		nodes,
		matchers,
		endpoints: Object.fromEntries(found.flatMap((route, i) => (route.file ? [[i, route.file]] : []))),
		routes: found.map(({ file: _, ...route }) => route),
	};
}


function optionsOf(node: Scanned["nodes"][number]): Pick<PageRoute, "ssr" | "csr" | "trailingSlash"> {
	const text = [node.universal, node.server].map((file) => (file ? readFileSync(file, "utf8") : "")).join("\n");
	const value = (name: string) => new RegExp(`export const ${name} = ["']?(\\w+)`).exec(text)?.[1];
	return { ssr: value("ssr") !== "false", csr: value("csr") !== "false", trailingSlash: (value("trailingSlash") ?? "never") as "never" };
}

/** `/(app)/blog/[[lang]]/post-[id=int]` as segments. */
export function segmentsOf(id: string): Route["segments"] {
	return id
		.split("/")
		.filter((part) => part && !/^\(.+\)$/.test(part))
		.map((part) => ({
			pieces: part
				// `[x+2e]` and `[u+1f600]` stand for characters that a folder cannot have in its name.
				.replace(/\[[xu]\+([0-9a-f]+(?:-[0-9a-f]+)*)\]/g, (_, codes: string) => codes.split("-").map((code) => String.fromCodePoint(parseInt(code, 16))).join(""))
				.split(/(\[\[.+?\]\]|\[.+?\])/)
				.filter(Boolean)
				.map((piece): Piece => {
					const found = /^\[(\[)?(\.\.\.)?(\w+)(?:=(\w+))?\]/.exec(piece);
					if (!found) return piece;
					const [, optional, rest, name, matcher] = found;
					return { name: name!, kind: rest ? "rest" : optional ? "optional" : "required", ...(matcher ? { matcher } : {}) };
				}),
		}));
}

/** The source of `wellhead:server/app` or `wellhead:client/app`. */
export function appModule(app: string, scanned: Scanned, side: "server" | "client", options: unknown): string {
	const load = (file: string) => `() => import(${JSON.stringify(file)})`;
	const nodes = scanned.nodes.map((_, i) => `() => import("wellhead:node/${i}/${side}")`);
	const optional = (name: string) => (existsSync(join(app, `${name}.ts`)) ? load(join(app, `${name}.ts`)) : "null");
	const record = (files: Record<string, string>) => `{ ${Object.entries(files).map(([key, file]) => `${JSON.stringify(key)}: ${load(file)}`).join(", ")} }`;
	return `export default {
	routes: ${JSON.stringify(scanned.routes)},
	nodes: [${nodes.join(", ")}],
	matchers: ${record(scanned.matchers)},
	hooks: ${optional(`hooks.${side}`)},
	sharedHooks: ${optional("hooks")},
	${side === "server" ? `endpoints: ${record(scanned.endpoints)}, serverFiles: ${JSON.stringify(scanned.nodes.map(({ server }) => server ?? null))},` : ""}
	options: ${JSON.stringify(options)},
};`;
}

/** The source of a node's module. */
export function nodeModule({ component, universal, server }: Scanned["nodes"][number], side: string): string {
	const lines: string[] = [];
	if (component) lines.push(`export * as component from ${JSON.stringify(component)};`);
	if (universal) lines.push(`export * as universal from ${JSON.stringify(universal)};`);
	if (server && side === "server") lines.push(`export * as server from ${JSON.stringify(server)};`);
	return lines.join("\n") || "export {};";
}

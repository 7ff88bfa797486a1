/** Apps without files and calls without HTTP, for tests of the host alone. */

import type { ServerAdapter, View } from "../../../client/src/adapter.ts";
import type { NodeModules, Route, ServerApp } from "../../../client/src/app.ts";
import { matchPath } from "../../../client/src/router.ts";
import type { Call, Reply } from "../../src/abi.ts";
import { flatMatch, withoutBase } from "../../src/fetch.ts";
import { Host } from "../../src/host.ts";
import { createRespond } from "../../src/respond.ts";
import { segmentsOf } from "./scan.ts";

type Module = Record<string, unknown>;

export interface FakePage {
	universal?: Module;
	server?: Module;
	/** The layout of the page's own, below the root's. */
	layout?: NodeModules;
	ssr?: boolean;
	csr?: boolean;
	trailingSlash?: "never" | "always" | "ignore";
	/** The module of its live component. */
	live?: string;
	render?: () => string;
}

export interface FakeApp {
	pages?: Record<string, FakePage>;
	endpoints?: Record<string, Module>;
	root?: NodeModules;
	hooks?: Module;
	shared?: Module;
	matchers?: Record<string, (value: string) => boolean>;
	base?: string;
	adapter?: ServerAdapter;
	publicEnv?: Record<string, string>;
}

/** Writes the names of the components and the page's data. */
export const plainAdapter: ServerAdapter = {
	raw: (html) => html,
	render(view: View) {
		const names = view.components.map((component) => (typeof component === "function" ? (component as (view: View) => string)(view) : String(component)));
		const { status, error, data } = view.page;
		return { head: "<title>t</title>", body: `${names.join(">")}|${status}|${error?.message ?? ""}|${JSON.stringify(data)}` };
	},
};

export interface FakeSite {
	app: ServerApp;
	respond: (call: Call) => Reply | Promise<Reply>;
	/** Asks for a path and waits for the reply. */
	ask(path: string, call?: Partial<Call> & { headersIn?: Record<string, string> }): Promise<Reply & { text: string; late: string[]; reported: unknown[] }>;
	call(path: string, call?: Partial<Call> & { headersIn?: Record<string, string> }): Call & { reported: unknown[] };
}

export function fake(fake: FakeApp): FakeSite {
	const nodes: NodeModules[] = [{ component: { default: "root" }, ...fake.root }, { component: { default: "error" } }];
	const routes: Route[] = [];
	const endpoints: Record<number, () => Promise<Module>> = {};
	const ids = new Set([...Object.keys(fake.pages ?? {}), ...Object.keys(fake.endpoints ?? {})]);
	for (const id of ids) {
		const page = fake.pages?.[id];
		const endpoint = fake.endpoints?.[id];
		if (endpoint) endpoints[routes.length] = async () => endpoint;
		const layouts = [0];
		if (page?.layout) layouts.push(nodes.push({ component: { default: "layout" }, ...page.layout }) - 1);
		const node: NodeModules = { component: { default: page?.render ?? "page" } };
		const whole = { ...node, ...(page?.universal && { universal: page.universal }), ...(page?.server && { server: page.server }) };
		const leaf = page ? nodes.push(whole) - 1 : -1;
		routes.push({
			id,
			segments: segmentsOf(id),
			endpoint: endpoint !== undefined,
			page: page
				? {
						layouts,
						errors: layouts.map((_, i) => (i === 0 ? 1 : -1)),
						leaf,
						serverLoad: [...layouts, leaf].map((node) => nodes[node]!.server !== undefined),
						ssr: page.ssr ?? true,
						csr: page.csr ?? true,
						trailingSlash: page.trailingSlash ?? "never",
						...(page.live !== undefined && { live: page.live }),
					}
				: null,
		});
	}
	const app: ServerApp = {
		routes,
		nodes: nodes.map((node) => async () => node),
		endpoints,
		serverFiles: nodes.map((node, i) => (node.server ? `node ${i}` : null)),
		...(fake.publicEnv && { publicEnv: fake.publicEnv }),
		matchers: Object.fromEntries(Object.entries(fake.matchers ?? {}).map(([name, match]) => [name, async () => ({ match })])),
		hooks: fake.hooks ? async () => fake.hooks! : null,
		sharedHooks: fake.shared ? async () => fake.shared! : null,
		options: { dev: false, base: fake.base ?? "", version: "v1", asyncComponents: false },
	};
	const respond = createRespond(new Host(app, fake.adapter ?? plainAdapter));
	const call: FakeSite["call"] = (path, { headersIn = {}, ...over } = {}) => {
		const url = new URL(path, "http://localhost");
		const data = url.pathname.endsWith("/__data.json");
		const plain = withoutBase(data ? url.pathname.slice(0, -"/__data.json".length) || "/" : url.pathname, app.options.base) ?? "";
		const flat = routes.flatMap((route, i) => ((found) => (found ? flatMatch(i, found.params) : []))(matchPath([route], plain, () => true)));
		const best = routes[flat[0] as number];
		const headers: Record<string, string> = { accept: "text/html", ...headersIn };
		const reported: unknown[] = [];
		return {
			method: "GET",
			url: url.href,
			target: data ? 1 : best?.endpoint && !best.page ? 2 : 0,
			routes: flat,
			traceId: "t",
			nonce: "",
			client: "127.0.0.1",
			header: (name) => headers[name] ?? null,
			headers: () => Object.entries(headers).flat(),
			body: () => null,
			signal: new AbortController().signal,
			early: () => {},
			report: (error) => void reported.push(error),
			mount: async () => JSON.stringify({ error: { message: "there are no live components" } }),
			reported,
			...over,
		};
	};
	return {
		app,
		respond,
		call,
		async ask(path, over) {
			const made = call(path, over);
			const reply = await respond(made);
			const utf8 = new TextDecoder();
			const read = (chunk: string | Uint8Array) => (typeof chunk === "string" ? chunk : utf8.decode(chunk));
			let text = reply.body === null ? "" : read(reply.body as string | Uint8Array);
			const late: string[] = [];
			for (let next = await reply.rest?.next(); next && !next.done; next = await reply.rest!.next()) {
				if (next.value[0] === 3) late.push(read(next.value[1]));
				else text += read(next.value[1]);
			}
			return { ...reply, text, late, reported: made.reported };
		},
	};
}

/** The value of a header of a reply. */
export function header(reply: Reply, name: string): string | undefined {
	const at = reply.headers.findIndex((other, i) => i % 2 === 0 && other === name);
	return at < 0 ? undefined : reply.headers[at + 1];
}

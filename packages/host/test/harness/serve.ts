/** A small stand-in for the server: matches, calls `respond`, and composes the document as ARCHITECTURE.md says. */

import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { matchPath } from "../../../client/src/router.ts";
import { flatMatch, withoutBase } from "../../src/fetch.ts";
import type { Call, Reply } from "../../src/abi.ts";
import type { BuiltApp } from "./build.ts";

export interface Served {
	readonly url: string;
	/** Errors that were reported. */
	readonly reported: unknown[];
	/** Paths of requests, in order. */
	readonly requests: string[];
	/** Another version of the app from now on. */
	app: BuiltApp;
	/** How many replies left their head early. */
	early: number;
	/** Whether responses say how long the render took, and tell the browser their trace id on the way. */
	timings: boolean;
	close(): Promise<void>;
}

const HEAD = '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n';
const CSP = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; object-src 'none'";

export async function serve(app: BuiltApp, base = ""): Promise<Served> {
	const server = createServer((request, response) => {
		answer(request, response).catch((error) => {
			console.error(error);
			response.destroy();
		});
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const served: Served = {
		url: `http://127.0.0.1:${port}`,
		reported: [],
		requests: [],
		app,
		early: 0,
		timings: true,
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	};

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = new URL(request.url!, served.url);
		const file = served.app.client.get(url.pathname.slice(base.length));
		if (file) return void response.writeHead(200, { "content-type": "text/javascript" }).end(file);
		if (url.pathname === "/favicon.ico") return void response.writeHead(204).end();
		served.requests.push(url.pathname + url.search);
		if (url.pathname.includes("/_app/")) return void response.writeHead(404, { "content-type": "text/plain" }).end("no such asset");
		const trace = randomBytes(16).toString("hex");
		response.setHeader("x-trace-id", trace);
		if (served.timings) response.setHeader("server-timing", `render;dur=1.5, trace;desc="${trace}"`);
		let written = false;
		const head = (status: number, headers: readonly string[]) => {
			written = true;
			response.writeHead(status, [...headers, "content-type", "text/html; charset=utf-8", "content-security-policy", CSP]);
			response.write(HEAD);
		};
		const call = makeCall(served, base, request, url, trace, (status, headers) => {
			served.early++;
			head(status, headers);
		});
		const abort = new AbortController();
		response.on("close", () => abort.abort());
		Object.defineProperty(call, "signal", { get: () => abort.signal });
		const reply = await served.app.respond(call);
		if (reply.shape === 1) {
			if (!written) head(reply.status, reply.headers);
			await writePage(response, reply, request.method === "HEAD", base);
		} else if (reply.shape === 2) {
			response.writeHead(reply.status, [...reply.headers, "content-type", "text/html"]);
			response.end(`<h1>${reply.status}</h1><p id="fallback">${String(reply.body)}</p>`);
		} else {
			response.writeHead(reply.status, [...reply.headers]);
			if (request.method !== "HEAD") await writeRaw(response, reply);
			response.end();
		}
	}
	return served;
}

async function writePage(response: ServerResponse, reply: Reply, headOnly: boolean, base: string): Promise<void> {
	if (headOnly) return void response.end();
	response.write(`${reply.head}\n</head>\n<body data-sveltekit-preload-data="hover">\n<div style="display: contents">${String(reply.body ?? "")}`);
	if (reply.state) {
		response.write(`<script type="application/json" id="wellhead-state">${reply.state}</script>`);
		response.write(`<script type="module" async src="${base}/_app/start.js"></script>`);
	}
	for (let next = await reply.rest?.next(); next && !next.done; next = await reply.rest!.next())
		response.write(`<script type="application/json" data-wellhead-late>${String(next.value[1])}</script>`);
	response.end("</div>\n</body>\n</html>\n");
}

async function writeRaw(response: ServerResponse, reply: Reply): Promise<void> {
	if (reply.body !== null) response.write(reply.body);
	let gone = false;
	response.on("close", () => {
		gone = true;
		void reply.rest?.return?.();
	});
	for (let next = await reply.rest?.next(); next && !next.done && !gone; next = await reply.rest!.next()) response.write(next.value[1]);
}

function makeCall(served: Served, base: string, request: IncomingMessage, url: URL, traceId: string, early: Call["early"]): Call {
	const data = url.pathname.endsWith("/__data.json");
	const path = withoutBase(data ? url.pathname.slice(0, -"/__data.json".length) || "/" : url.pathname, base);
	const routes = served.app.routes;
	// As the server does: all routes that match, whatever their matchers say.
	const found: (number | string)[] = [];
	for (let i = 0; i < routes.length && path !== null; i++) {
		const match = matchPath([routes[i]!], path, () => true);
		if (match) found.push(...flatMatch(i, match.params));
	}
	const best = routes[found[0] as number];
	const wantsPage = (request.headers.accept ?? "").includes("text/html") && (request.method === "GET" || request.method === "HEAD");
	const target = data ? 1 : best?.endpoint && (!best.page || !wantsPage) ? 2 : 0;
	const body = request.method === "GET" || request.method === "HEAD" ? null : streamOf(request);
	return {
		method: request.method!,
		url: url.href,
		target,
		routes: found,
		traceId,
		nonce: "",
		client: request.socket.remoteAddress ?? "",
		header: (name) => ((value) => (Array.isArray(value) ? value.join(", ") : (value ?? null)))(request.headers[name]),
		headers: () => Object.entries(request.headers).flatMap(([name, value]) => [name, String(value)]),
		body: () => body,
		signal: new AbortController().signal,
		early,
		report: (error) => void served.reported.push(error),
		mount: async () => JSON.stringify({ error: { message: "there are no live components" } }),
	};
}

function streamOf(request: IncomingMessage): ReadableStream<Uint8Array> {
	const iterator = request[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
	return new ReadableStream({
		async pull(controller) {
			const { done, value } = await iterator.next();
			if (done) controller.close();
			else controller.enqueue(new Uint8Array(value));
		},
	});
}

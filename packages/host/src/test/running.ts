/**
 * `respond` of a bundle that is made for tests: a file's address answers with the tests that it has, and with `?test=NUMBER` runs one. So
 * the limits of a request are those of a test, and what is thrown is told as what any request throws.
 */

import { matchPath } from "../../../client/src/router.ts";
import type { Call, Live, Respond } from "../abi.ts";
import type { Host } from "../host.ts";
import { createLiveHost } from "../live/host.ts";
import type { ViewClass } from "../live/definition.ts";
import { raw } from "../reply.ts";
import { type MountOptions, type Opened, TestPage } from "./page.ts";
import { isWanted, run, type Test, testsOf } from "./suite.ts";

/** Modules of test files, by their paths. */
type Files = Readonly<Record<string, () => Promise<unknown>>>;

/** Components that are no pages of the app, by the names that their modules have in the session. */
const components = new Map<string, ViewClass>();

/** The test that runs. */
let running: { readonly host: Host; readonly call: Call; readonly pages: TestPage[] } | null = null;

/** Opens a page for the test that runs. */
export function opened(component: ViewClass, options: MountOptions): TestPage {
	if (!running) throw new Error("mount: components are mounted by tests, in beforeEach, or after it began");
	const { host, call, pages } = running;
	const page = new TestPage(call, place(host, component, options));
	pages.push(page);
	return page;
}

async function place(host: Host, component: ViewClass, { url = "/", params, session }: MountOptions): Promise<Opened> {
	const { pathname } = new URL(url, "http://test");
	const found = params ?? matchPath(host.app.routes, pathname, host.check)?.params ?? {};
	return { module: await moduleOf(host, component), params: found, url, ...(session && { session }) };
}

/** The name of a component's module: its file if it is a page of the app, so that addresses lead to it. */
async function moduleOf(host: Host, component: ViewClass): Promise<string> {
	for (const [module, load] of Object.entries(host.app.live ?? {})) {
		const loaded = await load().catch(() => null);
		if (loaded?.default === component) return module;
	}
	for (const [name, known] of components) if (known === component) return name;
	const name = `${component.name || "component"} #${components.size + 1}`;
	components.set(name, component);
	return name;
}

/** Makes what a bundle with tests exports. */
export function createTests(host: Host, files: Files): { readonly respond: Respond; readonly live: Live } {
	const known = new Map<string, Promise<readonly Test[]>>();
	const testsIn = (file: string): Promise<readonly Test[]> => {
		const load = files[file];
		if (!load) throw new Error(`this build has no test file ${file}`);
		const tests = known.get(file) ?? testsOf(load);
		known.set(file, tests);
		return tests;
	};
	return {
		respond: async (call) => {
			const { pathname, searchParams } = new URL(call.url);
			try {
				await host.boot();
				const tests = await testsIn(decodeURIComponent(pathname.slice(1)));
				const number = searchParams.get("test");
				if (number !== null) await runIn(host, call, tests[Number(number)]!);
				const list = tests.map((test) => ({ name: test.name, wanted: isWanted(test, tests) }));
				return raw(200, ["content-type", "application/json"], JSON.stringify(list));
			} catch (error) {
				call.report(error);
				return raw(500, [], null);
			}
		},
		live: (engine) =>
			createLiveHost({
				...engine,
				load: async (module) => {
					const component = components.get(module);
					if (component) return { default: component };
					const load = host.app.live?.[module];
					if (!load) throw new Error(`this build has no live component ${module}`);
					return load();
				},
				transport: () => host.transport,
			}),
	};
}

/** Runs a test, and waits for what it has asked its pages to do and has not awaited. */
async function runIn(host: Host, call: Call, test: Test): Promise<void> {
	const pages: TestPage[] = [];
	running = { host, call, pages };
	try {
		await run(test);
		for (const page of pages) await page;
	} finally {
		running = null;
	}
}

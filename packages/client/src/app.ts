/**
 * What the build generates for the runtime: the types of the virtual modules `wellhead:server/app` and
 * `wellhead:client/app`. The build (`crates/wellhead-build`) writes modules of these shapes; the host and the browser
 * runtime read them.
 */

/** One piece of a route's path. `/blog/[[lang]]/post-[id=int]` has two literal and two parameter-bearing segments. */
export interface Segment {
	/** Literal and parameter pieces in turn; `post-[id=int]` is two of them. Groups are already left out. */
	readonly pieces: readonly Piece[];
}

/** A literal text, or a parameter. */
export type Piece = string | Param;

export interface Param {
	readonly name: string;
	readonly kind: "required" | "optional" | "rest";
	/** The matcher's name, a key of `matchers`. */
	readonly matcher?: string;
}

/** A route; the index in the list is the route's number in the manifest too. The list is in order of precedence. */
export interface Route {
	/** The folder, as the user wrote it: `/(app)/country/[cca3]`. */
	readonly id: string;
	readonly segments: readonly Segment[];
	readonly page: PageRoute | null;
	/** Whether there is a `+server` file. */
	readonly endpoint: boolean;
}

export interface PageRoute {
	/** Node numbers of the layouts, outermost first. */
	readonly layouts: readonly number[];
	/** For each layout, the node of the error page that catches errors of what is inside it, `-1` where there is none. */
	readonly errors: readonly number[];
	/** The page's node. */
	readonly leaf: number;
	/** Whether any of the nodes, layouts first and the leaf last, has a server `load`: one flag each. */
	readonly serverLoad: readonly boolean[];
	readonly ssr: boolean;
	readonly csr: boolean;
	readonly trailingSlash: "never" | "always" | "ignore";
	/** The module of a live page (`+live.ts`), which is in `live` of the server's app. */
	readonly live?: string | null;
}

/** The modules of a layout, a page or an error page. `Component` is the framework's component type. */
export interface NodeModules {
	readonly component?: { readonly default: unknown };
	/** `+page.ts` or `+layout.ts`. */
	readonly universal?: Record<string, unknown>;
	/** `+page.server.ts` or `+layout.server.ts`; never in the client build. */
	readonly server?: Record<string, unknown>;
}

/** A parameter matcher's module. */
export interface MatcherModule {
	match(value: string): boolean;
}

/** Default export of `wellhead:client/app`. */
export interface ClientApp {
	readonly routes: readonly Route[];
	/** One loader per node; node 0 is the root layout, node 1 the root error page (both always there). */
	readonly nodes: readonly (() => Promise<NodeModules>)[];
	readonly matchers: Readonly<Record<string, () => Promise<MatcherModule>>>;
	/** `src/hooks.client.ts`. */
	readonly hooks: (() => Promise<Record<string, unknown>>) | null;
	/** `src/hooks.ts`: `transport`, `reroute`. */
	readonly sharedHooks: (() => Promise<Record<string, unknown>>) | null;
	readonly options: AppOptions;
}

/** Default export of `wellhead:server/app`. */
export interface ServerApp extends Omit<ClientApp, "hooks"> {
	/** `src/hooks.server.ts`. */
	readonly hooks: (() => Promise<Record<string, unknown>>) | null;
	/** For each node the file with its server load, as messages name it; `null` where there is none. */
	readonly serverFiles: readonly (string | null)[];
	/** One loader per route with a `+server` file, by route number. */
	readonly endpoints: Readonly<Record<number, () => Promise<Record<string, unknown>>>>;
	/** The modules of live components by name, where the app has any. */
	readonly live?: Readonly<Record<string, () => Promise<{ readonly default?: unknown }>>>;
	/** The environment's variables that browsers may see, of `$env/dynamic/public`. */
	readonly publicEnv?: Readonly<Record<string, string>>;
}

export interface AppOptions {
	readonly dev: boolean;
	/** The path that the app is served under: empty, or with a leading and no trailing slash. */
	readonly base: string;
	/** The bundle's content hash: a client that sees another one reloads. */
	readonly version: string;
	/** Whether components may `await` in their markup (Svelte's `experimental.async`). */
	readonly asyncComponents: boolean;
}

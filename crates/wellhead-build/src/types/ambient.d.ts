// Made by Wellhead for editors and TypeScript, from what the build does; made again with each build.
// tsconfig.json takes it in: "include": ["src", ".wellhead/types.d.ts"].
/// <reference types="svelte" />

/** What the build puts in the place of `import.meta.env`. */
interface ImportMetaEnv {
	readonly MODE: "development" | "production";
	readonly DEV: boolean;
	readonly PROD: boolean;
	readonly SSR: boolean;
	readonly BASE_URL: string;
	readonly [name: `PUBLIC_${string}` | `VITE_${string}`]: string | undefined;
}

interface ImportMetaGlobOptions {
	/** That export instead of the module. */
	import?: string;
	/** Added to each import, such as `?raw`. */
	query?: string | Record<string, string | number | boolean>;
	/** Also files whose names begin with a dot, and `node_modules`. */
	exhaustive?: boolean;
}

interface ImportMeta {
	readonly env: ImportMetaEnv;
	/** A module for each file that matches, by path: functions that import them. */
	glob<Module = any>(
		pattern: string | readonly string[],
		options?: ImportMetaGlobOptions & { eager?: false },
	): Record<string, () => Promise<Module>>;
	/** A module for each file that matches, by path: the modules themselves. */
	glob<Module = any>(
		pattern: string | readonly string[],
		options: ImportMetaGlobOptions & { eager: true },
	): Record<string, Module>;
}

declare module "*?url" {
	const url: string;
	export default url;
}
declare module "*?inline" {
	const url: string;
	export default url;
}
declare module "*?no-inline" {
	const url: string;
	export default url;
}
declare module "*?raw" {
	const text: string;
	export default text;
}
// Of patterns that fit, the first counts.
declare module "*.module.css" {
	const classes: Readonly<Record<string, string>>;
	export default classes;
}
declare module "*.css" {}

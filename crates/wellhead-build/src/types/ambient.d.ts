// Made by Wellhead for editors and TypeScript, from what the build does; made again with each build.
// tsconfig.json takes it in: "include": ["src", ".wellhead/types.d.ts"].

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

/** What the declarations of `./$types` are made with. */
declare module "wellhead/loads" {
	/** What a module's `load` gives. */
	export type Loaded<Module> = Module extends { load: (...parameters: any) => infer Output } ? Fields<Exclude<Awaited<Output>, void | null>> : {};
	/** The fields of a load's data; of different returns, those of all, which may then be missing. */
	type Fields<Output> = [Output] extends [never] ? {} : Even<Output>;
	type Even<Output, Name extends PropertyKey = Output extends unknown ? keyof Output : never> = Output extends unknown
		? Output & { [Missing in Exclude<Name, keyof Output>]?: undefined }
		: never;
	/** Data of one load after another: the later field counts. */
	export type Merged<All extends unknown[]> = All extends [...infer Before, infer Last] ? Simple<Omit<Merged<Before>, keyof Last> & Last> : {};
	type Simple<Type> = { [Name in keyof Type]: Type[Name] };
	/** The values that a parameter's matcher lets pass. */
	export type Matched<Module> = Module extends { match: (value: any) => value is infer Value extends string } ? Value : string;
}

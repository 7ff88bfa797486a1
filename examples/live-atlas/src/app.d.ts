/** What `src/hooks.live.ts` uses of the browser's side, of which the declarations that the build makes do not tell. */
declare module 'wellhead:live' {
	export interface HookContext {
		readonly el: HTMLElement;
		handleEvent(name: string, callback: (value: never) => void): void;
	}
	export interface Hook {
		mounted?(this: HookContext): void;
		beforeUpdate?(this: HookContext): void;
		updated?(this: HookContext): void;
	}
}

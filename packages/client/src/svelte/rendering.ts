/**
 * `svelte/server` for the code of an app: what it renders itself, say for a mail, it may read and change, also where it
 * does so while a page is rendered.
 */

import { render as renderSvelte } from "svelte/server";
import { asText } from "./markup.ts";

export * from "svelte/server";

function renderAsText(...parameters: unknown[]): object {
	const result = (renderSvelte as (...parameters: unknown[]) => object)(...parameters);
	// It renders when a property is read.
	return new Proxy(result, {
		get(result, name) {
			const value = asText(() => Reflect.get(result, name, result) as unknown);
			return typeof value === "function" ? value.bind(result) : value;
		},
	});
}

export const render = renderAsText as typeof renderSvelte;

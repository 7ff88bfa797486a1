/** The module `wellhead:adapter/server` for Svelte. */

import { render as renderSvelte } from "svelte/server";
import type { RenderOptions, Rendered, View } from "../adapter.ts";
import { CONTEXT } from "../app/state.svelte.ts";
import { collect } from "./markup.ts";
import Root from "./Root.svelte";

/** What the compiler makes of a component for the server is a function that pushes text. */
export function raw(html: string): unknown {
	return (renderer: { push(text: string): void }) => renderer.push(html);
}

/** Renders a view. Without `await` in components it is there at once. */
export function render(view: View, { options, nonce }: RenderOptions): Rendered | Promise<Rendered> {
	const context = new Map<unknown, unknown>([[CONTEXT, view.page]]);
	const props = { view };
	const start = () => renderSvelte(Root, nonce ? { props, context, csp: { nonce } } : { props, context });
	// The result is rendered when one of its properties is read, or when it is awaited.
	if (options.asyncComponents) return Promise.resolve(start()).then(({ head, body }) => ({ head, body }));
	return collect(() => {
		const result = start();
		return { head: result.head, body: result.body };
	});
}

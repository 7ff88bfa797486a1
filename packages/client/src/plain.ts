/** The module `wellhead:adapter/server` of apps without components of a framework: their pages are live, or endpoints. */

import type { Rendered, View } from "./adapter.ts";

/** A component is HTML. */
export function raw(html: string): unknown {
	return html;
}

/** Renders a view: layouts show nothing of their own, and the error page is plain. */
export function render({ components, page }: View): Rendered {
	const shown = components.at(-1);
	if (typeof shown === "string") return { head: "", body: shown };
	const message = escaped(page.error?.message ?? "");
	const trace = page.error?.trace ? `<p><code>trace ${escaped(page.error.trace)}</code></p>` : "";
	return { head: `<title>${page.status} ${message}</title>`, body: `<h1>${page.status}</h1><p>${message}</p>${trace}` };
}

function escaped(text: string): string {
	return text.replace(/[&<]/g, (c) => (c === "&" ? "&amp;" : "&lt;"));
}

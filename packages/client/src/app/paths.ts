/** `$app/paths`. */

import { base } from "../runtime.ts";

export { base };
/** Where the app's files are; the same as `base`. */
export { base as assets } from "../runtime.ts";

/**
 * A path of the app with its base in front, from a path or from a route's id and its parameters.
 *
 * @example resolve("/country/[cca3]", { cca3: "CHE" }) // "/country/CHE"
 */
export function resolve(id: string, params: Record<string, string | undefined> = {}): string {
	const segments = id.split("/").filter((segment) => !/^\(.+\)$/.test(segment));
	const filled = segments.map((segment) =>
		segment.replace(/\[\[?(\.\.\.)?(\w+)(?:=\w+)?\]?\]/g, (whole, rest: string | undefined, name: string) => {
			const value = params[name];
			if (value === undefined || value === "") {
				if (rest || whole.startsWith("[[")) return "";
				throw new Error(`resolve("${id}"): the parameter "${name}" is missing`);
			}
			return rest ? value.split("/").map(encodeURIComponent).join("/") : encodeURIComponent(value);
		}),
	);
	return base + (filled.filter((segment, i) => i === 0 || segment !== "" || segments[i] === "").join("/") || "/");
}

/** The path of a file of `static/`, with the base in front. */
export function asset(file: string): string {
	return base + (file.startsWith("/") ? file : `/${file}`);
}

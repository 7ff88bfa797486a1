/**
 * Matches a path against the routes, in the browser and on the server (for `reroute`, matchers, and requests that an app
 * makes to itself). The server proper has the same rules in Rust; both run the cases of `tests/routing`.
 */

import type { Param, Piece, Route, Segment } from "./app.ts";

export interface RouteMatch {
	readonly route: number;
	readonly params: Record<string, string>;
}

/** Whether a value satisfies the matcher of that name. */
export type Check = (matcher: string, value: string) => boolean;

/** The first route that matches a path (without the base, percent-encoded), or `null`. */
export function matchPath(routes: readonly Route[], path: string, check: Check): RouteMatch | null {
	const parts = split(path);
	if (!parts) return null;
	for (let route = 0; route < routes.length; route++) {
		const params = walk(routes[route]!.segments, 0, parts, 0, check);
		if (params) return { route, params: Object.fromEntries(params) };
	}
	return null;
}

/** The parameters of one route for a path, or `null` where it does not match. */
export function matchRoute(route: Route, path: string, check: Check): Record<string, string> | null {
	const parts = split(path);
	const params = parts && walk(route.segments, 0, parts, 0, check);
	return params && Object.fromEntries(params);
}

/** The decoded segments of a path; `null` where an escape is malformed. A slash at the end adds none. */
function split(path: string): string[] | null {
	const parts = path.split("/").slice(1);
	if (parts[parts.length - 1] === "") parts.pop();
	try {
		return parts.map(decodeURIComponent);
	} catch {
		return null;
	}
}

type Found = [name: string, value: string][];

/** Matches the segments from `s` on with the parts from `p` on, giving back what it took where the rest fails. */
function walk(segments: readonly Segment[], s: number, parts: string[], p: number, check: Check): Found | null {
	const segment = segments[s];
	if (!segment) return p === parts.length ? [] : null;
	const [first] = segment.pieces;
	const alone = segment.pieces.length === 1;
	const left = parts.length - p;
	const rest = segment.pieces.some((piece) => typeof piece !== "string" && piece.kind === "rest");
	const most = rest ? left : Math.min(left, 1);
	const least = alone && typeof first !== "string" && first!.kind !== "required" ? 0 : 1;
	for (let count = most; count >= least; count--) {
		const text = parts.slice(p, p + count).join("/");
		const found = alone ? take(first!, text, count, check) : takePieces(segment, text, check);
		const after = found && walk(segments, s + 1, parts, p + count, check);
		if (after) return [...found, ...after];
	}
	return null;
}

function take(piece: Piece, text: string, count: number, check: Check): Found | null {
	if (typeof piece === "string") return piece === text ? [] : null;
	if (piece.kind === "optional" && count === 0) return [];
	if (piece.kind !== "rest" && text === "") return null;
	return accept(piece, text, check) ? [[piece.name, text]] : null;
}

function takePieces(segment: Segment, text: string, check: Check): Found | null {
	const values = pattern(segment).exec(text);
	if (!values) return null;
	const found: Found = [];
	let i = 1;
	for (const piece of segment.pieces) {
		if (typeof piece === "string") continue;
		const value = values[i++]!;
		if (value === "" && piece.kind === "optional") continue;
		if (!accept(piece, value, check)) return null;
		found.push([piece.name, value]);
	}
	return found;
}

function accept(param: Param, value: string, check: Check): boolean {
	return param.matcher === undefined || check(param.matcher, value);
}

const patterns = new WeakMap<Segment, RegExp>();

/** The pattern of a segment of several pieces: each parameter takes as little as it can. */
function pattern(segment: Segment): RegExp {
	let found = patterns.get(segment);
	if (!found) {
		const source = segment.pieces.map((piece) =>
			typeof piece === "string"
				? piece.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")
				: piece.kind === "required"
					? "([^]+?)"
					: "([^]*?)",
		);
		patterns.set(segment, (found = new RegExp(`^${source.join("")}$`)));
	}
	return found;
}

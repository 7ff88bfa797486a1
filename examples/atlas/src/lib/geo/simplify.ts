/**
 * Fewer points for a map, by Douglas and Peucker's method (1973). It works on the arcs of a topology, so that two
 * neighbours keep one common border.
 */
import type { Objects, Topology } from 'topojson-specification';

type Point = [number, number];

/** A copy of `topology` without the points that are less than `tolerance` degrees off. `only`: the arcs that are needed. */
export function simplified<T extends Objects>(topology: Topology<T>, tolerance: number, only?: Set<number>): Topology<T> {
	const arcs = topology.arcs.map((arc, index) => {
		if (only && !only.has(index)) return [];
		return thin(absolute(arc as Point[], topology.transform), tolerance);
	});
	return { ...topology, transform: undefined, arcs };
}

/** Arcs are stored as steps on a grid; a topology without a transform has plain coordinates. */
function absolute(arc: Point[], transform: Topology['transform']): Point[] {
	if (!transform) return arc;
	const { scale, translate } = transform;
	let x = 0;
	let y = 0;
	return arc.map(([dx, dy]) => {
		x += dx;
		y += dy;
		return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
	});
}

function thin(points: Point[], tolerance: number): Point[] {
	if (points.length < 3) return points;
	const keep = new Uint8Array(points.length);
	keep[0] = keep[points.length - 1] = 1;
	const first = points[0];
	const last = points[points.length - 1];
	const ring = first[0] === last[0] && first[1] === last[1];
	const spans: [number, number][] = [];
	if (ring) {
		// The two ends of a ring are one point: split it where it is farthest from there, and once more to keep an area.
		const far = farthest(points, (point) => distance(point, first, first));
		keep[far] = 1;
		const off = farthest(points, (point) => distance(point, first, points[far]));
		keep[off] = 1;
		const corners = [0, far, off, points.length - 1].sort((a, b) => a - b);
		for (let i = 1; i < corners.length; i++) spans.push([corners[i - 1], corners[i]]);
	} else {
		spans.push([0, points.length - 1]);
	}
	for (let span = spans.pop(); span; span = spans.pop()) {
		const [from, to] = span;
		let worst = tolerance;
		let at = -1;
		for (let i = from + 1; i < to; i++) {
			const off = distance(points[i], points[from], points[to]);
			if (off > worst) {
				worst = off;
				at = i;
			}
		}
		if (at > 0) {
			keep[at] = 1;
			spans.push([from, at], [at, to]);
		}
	}
	return points.filter((_, index) => keep[index] === 1);
}

function farthest(points: Point[], measure: (point: Point) => number): number {
	let best = 0;
	let at = 0;
	points.forEach((point, index) => {
		const value = measure(point);
		if (value > best) {
			best = value;
			at = index;
		}
	});
	return at;
}

/** From `point` to the line through `a` and `b`, in degrees; longitudes count less towards the poles. */
function distance(point: Point, a: Point, b: Point): number {
	const squeeze = Math.max(0.2, Math.cos((point[1] * Math.PI) / 180));
	const px = (point[0] - a[0]) * squeeze;
	const py = point[1] - a[1];
	const bx = (b[0] - a[0]) * squeeze;
	const by = b[1] - a[1];
	const length = bx * bx + by * by;
	const t = length === 0 ? 0 : Math.max(0, Math.min(1, (px * bx + py * by) / length));
	return Math.hypot(px - t * bx, py - t * by);
}

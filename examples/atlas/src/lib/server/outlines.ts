/** The outlines of several countries at one scale, each seen from straight above: their true sizes, side by side. */
import { geoAzimuthalEqualArea, geoCentroid, geoPath } from 'd3-geo';
import type { Geometry } from 'geojson';
import { CompactPath } from '$lib/geo/compact-path';
import { outlineOf } from './maps';

export interface TrueSizes {
	/** Edge of the square that each outline is drawn in. */
	size: number;
	/** By code; a country without an outline is not in it. */
	paths: Map<string, string>;
	/** The edge of the square, in kilometres. */
	kilometres: number;
}

const SIZE = 400;
const MARGIN = 14;
const EARTH_RADIUS_KM = 6371;

export async function trueSizes(codes: string[]): Promise<TrueSizes> {
	const outlines: [string, Geometry][] = [];
	for (const code of codes) {
		const outline = await outlineOf(code);
		if (outline) outlines.push([code, outline]);
	}
	const projections = outlines.map(([, outline]) => {
		const [longitude, latitude] = geoCentroid(outline);
		const box: [[number, number], [number, number]] = [[MARGIN, MARGIN], [SIZE - MARGIN, SIZE - MARGIN]];
		return geoAzimuthalEqualArea().rotate([-longitude, -latitude]).fitExtent(box, outline);
	});
	const scale = Math.min(EARTH_RADIUS_KM, ...projections.map((projection) => projection.scale()));
	const paths = new Map<string, string>();
	outlines.forEach(([code, outline], index) => {
		const projection = projections[index].scale(scale).translate([0, 0]);
		const [[left, top], [right, bottom]] = geoPath(projection).bounds(outline);
		projection.translate([SIZE / 2 - (left + right) / 2, SIZE / 2 - (top + bottom) / 2]);
		const sink = new CompactPath();
		geoPath(projection, sink)(outline);
		paths.set(code, sink.take() || `M${SIZE / 2 - 1} ${SIZE / 2}h2v2h-2z`);
	});
	return { size: SIZE, paths, kilometres: Math.round((SIZE / scale) * EARTH_RADIUS_KM) };
}

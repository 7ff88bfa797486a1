/** The little globe: the land of the Earth as seen from above one point. Drawn on the server first, then in the browser. */
import { geoDistance, geoGraticule, geoOrthographic, geoPath } from 'd3-geo';
import type { GeoPermissibleObjects, GeoProjection } from 'd3-geo';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import land110 from 'world-atlas/land-110m.json';
import type { Place } from '../place';
import { CompactPath } from './compact-path';
import { simplified } from './simplify';

export const GLOBE_SIZE = 400;

export interface GlobeDrawing {
	land: string;
	graticule: string;
}

const topology = simplified(land110 as unknown as Topology<{ land: GeometryCollection }>, 0.5);
const land: GeoPermissibleObjects = feature(topology, topology.objects.land);
const graticule = geoGraticule().step([30, 30])();

/** The Earth as seen from above `center`. */
export function drawGlobe(center: Place): GlobeDrawing {
	const projection = projectionAbove(center);
	return { land: draw(projection, land), graticule: draw(projection, graticule) };
}

function projectionAbove({ latitude, longitude }: Place): GeoProjection {
	return geoOrthographic()
		.rotate([-longitude, -latitude])
		.translate([GLOBE_SIZE / 2, GLOBE_SIZE / 2])
		.scale(GLOBE_SIZE / 2 - 2)
		.precision(2);
}

function draw(projection: GeoProjection, object: GeoPermissibleObjects): string {
	const sink = new CompactPath();
	geoPath(projection, sink)(object);
	return sink.take();
}

/** Where a place is in the picture, or `null` where it is behind the Earth. */
export function spotOn({ latitude, longitude }: Place, center: Place): { x: number; y: number } | null {
	if (geoDistance([longitude, latitude], [center.longitude, center.latitude]) > Math.PI / 2) return null;
	const at = projectionAbove(center)([longitude, latitude]);
	return at && { x: Math.round(at[0]), y: Math.round(at[1]) };
}

/** The maps, drawn with d3-geo: the whole world, and a closer look at some part of it. */
import { geoArea, geoAzimuthalEqualArea, geoCentroid, geoDistance, geoEqualEarth, geoGraticule, geoPath } from 'd3-geo';
import type { GeoPermissibleObjects, GeoProjection } from 'd3-geo';
import type { Feature, Geometry, MultiPoint, Polygon, Position } from 'geojson';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import world110 from 'world-atlas/countries-110m.json';
import { CompactPath } from '$lib/geo/compact-path';
import { simplified } from '$lib/geo/simplify';
import type { CountrySummary, Dot, Drawing, RegionSlug, Shape } from '$lib/types';
import { countries, countryOnMap, positionOf } from './countries';

type World = Topology<{ countries: GeometryCollection<{ name: string }> }>;
type Outline = Feature<Geometry, { name: string }>;

/** What a closer look shows, and how large. */
interface View {
	width: number;
	height: number;
	/** Longitude, latitude of the middle. */
	center: [number, number];
	/** What must be in the picture. */
	fit: GeoPermissibleObjects;
	/** Free room around it, as a share of the height. */
	margin: number;
	/** Never closer than this many degrees across. */
	minSpan: number;
}

const RADIANS = Math.PI / 180;

/** Width of a letter of a label, in units. */
const LETTER = 12;

const WORLD = { width: 1600, height: 780 };

let world: Drawing | undefined;

/** All of the world, once for all requests. */
export function worldMap(): Drawing {
	if (world) return world;
	const topology = simplified(world110 as unknown as World, 0.22);
	const { width, height } = WORLD;
	const projection = geoEqualEarth().precision(0.6).fitExtent([[2, 2], [width - 2, height - 2]], { type: 'Sphere' });
	const outlines = feature(topology, topology.objects.countries).features.map(withoutFlipped);
	world = {
		width,
		height,
		sphere: pathOf(projection, { type: 'Sphere' }),
		graticule: pathOf(projection, geoGraticule().step([30, 30]).extentMinor([[-180, -85], [180, 85]])()),
		...layers(projection, outlines, width, height, 26)
	};
	return world;
}

/** Corners of the picture for each region: longitude, latitude. */
const regionViews: Record<RegionSlug, { center: [number, number]; corners: Position[] }> = {
	africa: { center: [18, 2], corners: [[-18, 20], [52, 12], [18, -35], [10, 37.5]] },
	americas: { center: [-86, 10], corners: [[-168, 62], [-34, -6], [-70, -56], [-70, 74]] },
	antarctic: { center: [0, -90], corners: [[0, -58], [90, -58], [180, -58], [-90, -58]] },
	asia: { center: [88, 26], corners: [[27, 38], [146, 42], [88, 54], [110, -10], [60, 12]] },
	europe: { center: [16, 53], corners: [[-23, 64], [-9, 37], [42, 42], [50, 62], [20, 71], [22, 35]] },
	oceania: { center: [165, -18], corners: [[113, -25], [150, -46], [208, -16], [150, 14], [180, 6]] }
};

export async function regionMap(region: RegionSlug): Promise<Drawing> {
	const { center, corners } = regionViews[region];
	const fit: MultiPoint = { type: 'MultiPoint', coordinates: corners };
	return remember(`region:${region}`, { width: 1200, height: 720, center, fit, margin: 0.04, minSpan: 1 });
}

export async function countryMap(country: CountrySummary): Promise<Drawing> {
	const { outlines } = await detailed();
	const outline = outlines.find((outline) => codeOf(outline) === country.code);
	const { latitude, longitude } = positionOf(country.code);
	const here: MultiPoint = { type: 'MultiPoint', coordinates: [[longitude, latitude]] };
	const fit = outline ? mainland(outline) : here;
	const center = outline ? geoCentroid(fit) : ([longitude, latitude] as [number, number]);
	return remember(`country:${country.code}`, { width: 1000, height: 700, center, fit, margin: 0.18, minSpan: 7 });
}

/** One drawing for each country and region: their number bounds the memory. */
const drawn = new Map<string, Drawing>();

async function remember(key: string, view: View): Promise<Drawing> {
	const known = drawn.get(key);
	if (known) return known;
	const drawing = draw(view, await detailed());
	drawn.set(key, drawing);
	return drawing;
}

interface Detailed {
	topology: World;
	outlines: Outline[];
	/** For each outline a circle around it: its middle, and its radius in radians. */
	circles: { center: [number, number]; radius: number }[];
}

let detail: Promise<Detailed> | undefined;

/** The finer outlines: loaded when the first page needs them. */
function detailed(): Promise<Detailed> {
	return (detail ??= import('world-atlas/countries-50m.json').then((module) => {
		const topology = (module.default ?? module) as unknown as World;
		const outlines = feature(topology, topology.objects.countries).features as Outline[];
		const circles = outlines.map((outline) => {
			const center = geoCentroid(outline);
			let radius = 0;
			for (const point of points(outline.geometry)) radius = Math.max(radius, geoDistance(center, point as [number, number]));
			return { center, radius };
		});
		return { topology, outlines, circles };
	}));
}

function draw(view: View, { topology, outlines, circles }: Detailed): Drawing {
	const { width, height, center, fit, minSpan } = view;
	const margin = view.margin * height;
	const projection = geoAzimuthalEqualArea()
		.rotate([-center[0], -center[1]])
		.fitExtent([[margin, margin], [width - margin, height - margin]], fit);
	const closest = width / (minSpan * RADIANS);
	if (!(projection.scale() < closest)) {
		projection.scale(closest).translate([width / 2, height / 2]);
	}
	projection.clipExtent([[-4, -4], [width + 4, height + 4]]).precision(0.8);

	const middle = projection.invert?.([width / 2, height / 2]) ?? center;
	const reach = 2 * Math.asin(Math.min(1, Math.hypot(width, height) / 4 / projection.scale()));
	const near = outlines.map((_, index) => geoDistance(middle, circles[index].center) < reach + circles[index].radius);
	const tolerance = 0.8 / (projection.scale() * RADIANS);
	const geometries = topology.objects.countries.geometries.filter((_, index) => near[index]);
	const needed = new Set(geometries.flatMap((geometry) => ('arcs' in geometry ? arcNumbers(geometry.arcs) : [])));
	const lighter = simplified(topology, tolerance, needed);
	const features = geometries.map((geometry) => withoutFlipped(feature(lighter, geometry) as Outline));
	const step = reach / RADIANS > 25 ? 15 : 5;
	return {
		width,
		height,
		sphere: '',
		graticule: pathOf(projection, geoGraticule().step([step, step])()),
		...layers(projection, features, width, height, 60)
	};
}

/** Shapes for what can be seen, dots for what is smaller than `tiny` square units. */
function layers(projection: GeoProjection, outlines: Outline[], width: number, height: number, tiny: number) {
	const measure = geoPath(projection);
	const shapes: Shape[] = [];
	const shown = new Set<string>();
	for (const outline of outlines) {
		const country = countryOnMap(outline.id as string | undefined, outline.properties.name);
		const d = pathOf(projection, outline);
		// Nothing of it is in the picture, or simplifying left nothing.
		if (!d) continue;
		if (country && measure.area(outline) < tiny) continue;
		const main = largestPart(outline);
		const [[left], [right]] = measure.bounds(main);
		const [x, y] = measure.centroid(main);
		const name = country?.name ?? outline.properties.name;
		shapes.push({
			code: country?.code ?? '',
			name,
			flag: country?.flag ?? '',
			region: country?.region ?? '',
			d,
			...(right - left > name.length * LETTER && measure.area(main) > 2500 ? { roomy: true as const } : {}),
			x: Math.round(x),
			y: Math.round(y)
		});
		if (country) shown.add(country.code);
	}
	const dots: Dot[] = [];
	for (const { code, name, flag, region } of countries) {
		if (shown.has(code)) continue;
		const { latitude, longitude } = positionOf(code);
		const at = projection([longitude, latitude]);
		if (!at || at[0] < 0 || at[1] < 0 || at[0] > width || at[1] > height) continue;
		if (pathOf(projection, { type: 'LineString', coordinates: [[longitude, latitude], [longitude + 0.5, latitude]] }) === '') continue;
		dots.push({ code, name, flag, region, x: Math.round(at[0]), y: Math.round(at[1]) });
	}
	return { shapes, dots };
}

function pathOf(projection: GeoProjection, object: GeoPermissibleObjects): string {
	const sink = new CompactPath();
	geoPath(projection, sink)(object);
	return sink.take();
}

function codeOf(outline: Outline): string | undefined {
	return countryOnMap(outline.id as string | undefined, outline.properties.name)?.code;
}

/** The largest part of a country with the parts near it: France without Guiana, Norway without Bouvet Island. */
function mainland(outline: Outline): Geometry {
	if (outline.geometry.type !== 'MultiPolygon') return outline.geometry;
	const parts = outline.geometry.coordinates.map((coordinates) => {
		const polygon: Polygon = { type: 'Polygon', coordinates };
		return { coordinates, area: geoArea(polygon), center: geoCentroid(polygon) };
	});
	const largest = parts.reduce((a, b) => (b.area > a.area ? b : a));
	const size = Math.sqrt(largest.area);
	const near = parts.filter((part) => geoDistance(part.center, largest.center) < 0.06 + size * 1.1);
	return { type: 'MultiPolygon', coordinates: near.map((part) => part.coordinates) };
}

function largestPart(outline: Outline): Geometry {
	if (outline.geometry.type !== 'MultiPolygon') return outline.geometry;
	const parts = outline.geometry.coordinates.map((coordinates): Polygon => ({ type: 'Polygon', coordinates }));
	return parts.reduce((a, b) => (geoArea(b) > geoArea(a) ? b : a));
}

/**
 * Simplified, an islet can turn inside out: on a sphere that is everything but the islet. No country covers half of the
 * Earth, so what does is left out.
 */
function withoutFlipped(outline: Outline): Outline {
	const sound = (coordinates: Position[][]) => coordinates[0].length > 12 || geoArea({ type: 'Polygon', coordinates }) < 2 * Math.PI;
	const { geometry } = outline;
	if (geometry.type === 'MultiPolygon') {
		return { ...outline, geometry: { ...geometry, coordinates: geometry.coordinates.filter(sound) } };
	}
	if (geometry.type === 'Polygon' && !sound(geometry.coordinates)) {
		return { ...outline, geometry: { type: 'MultiPolygon', coordinates: [] } };
	}
	return outline;
}

function* points(geometry: Geometry): Generator<Position> {
	if (geometry.type === 'Polygon') for (const ring of geometry.coordinates) yield* ring;
	if (geometry.type === 'MultiPolygon') for (const polygon of geometry.coordinates) for (const ring of polygon) yield* ring;
}

/** A negative number is an arc taken backwards. */
function arcNumbers(arcs: unknown): number[] {
	if (typeof arcs === 'number') return [arcs < 0 ? ~arcs : arcs];
	return Array.isArray(arcs) ? arcs.flatMap(arcNumbers) : [];
}

/** The mainland of a country, with enough points to be drawn small. */
export async function outlineOf(code: string): Promise<Geometry | undefined> {
	const { outlines } = await detailed();
	const outline = outlines.find((outline) => codeOf(outline) === code);
	return outline && mainland(outline);
}

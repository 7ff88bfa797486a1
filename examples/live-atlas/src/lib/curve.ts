/** A curve that grows to the right, drawn as SVG. It knows nothing of live pages, like a library that one finds for this. */

export interface Point {
	/** Of the horizontal axis; what is not beyond the last point is ignored. */
	at: number;
	value: number;
}

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 600;
const HEIGHT = 120;
/** Room above and below, so that the line is not cut. */
const EDGE = 8;

export class Curve {
	readonly #line = document.createElementNS(SVG, 'polyline');
	readonly #picture = document.createElementNS(SVG, 'svg');
	#points: Point[] = [];

	/** Draws into an element at most so many points. */
	constructor(
		element: HTMLElement,
		private readonly most: number
	) {
		this.#picture.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
		this.#picture.setAttribute('preserveAspectRatio', 'none');
		this.#line.setAttribute('vector-effect', 'non-scaling-stroke');
		this.#picture.append(this.#line);
		element.append(this.#picture);
	}

	add(points: readonly Point[]): void {
		for (const point of points) if (point.at > (this.#points.at(-1)?.at ?? -Infinity)) this.#points.push(point);
		this.#points = this.#points.slice(-this.most);
		this.#draw();
	}

	clear(): void {
		this.#points = [];
	}

	destroy(): void {
		this.#picture.remove();
	}

	#draw(): void {
		const values = this.#points.map(({ value }) => value);
		const low = Math.min(...values);
		const height = Math.max(...values) - low || 1;
		const step = WIDTH / Math.max(1, this.#points.length - 1);
		const places = values.map((value, i) => `${(i * step).toFixed(1)},${(HEIGHT - EDGE - ((value - low) / height) * (HEIGHT - 2 * EDGE)).toFixed(1)}`);
		this.#line.setAttribute('points', places.join(' '));
	}
}

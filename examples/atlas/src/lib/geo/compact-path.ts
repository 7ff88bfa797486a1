/**
 * SVG path data with whole numbers and relative lines: about half the length of what d3 writes.
 * Give it to `geoPath(projection, sink)`, draw, and take the text.
 */
import type { GeoContext } from 'd3-geo';

export class CompactPath implements GeoContext {
	#out = '';
	#ring: [number, number][] = [];

	beginPath(): void {}

	moveTo(x: number, y: number): void {
		this.#flush(false);
		this.#ring = [[Math.round(x), Math.round(y)]];
	}

	lineTo(x: number, y: number): void {
		const point: [number, number] = [Math.round(x), Math.round(y)];
		const last = this.#ring.at(-1);
		if (last && last[0] === point[0] && last[1] === point[1]) return;
		const before = this.#ring.at(-2);
		if (last && before && goesStraight(before, last, point)) this.#ring.pop();
		this.#ring.push(point);
	}

	closePath(): void {
		this.#flush(true);
	}

	/** d3 asks for circles only where it draws points, which these maps do themselves. */
	arc(): void {}

	take(): string {
		this.#flush(false);
		const out = this.#out;
		this.#out = '';
		return out;
	}

	#flush(closed: boolean): void {
		const ring = this.#ring;
		this.#ring = [];
		if (ring.length < (closed ? 3 : 2)) return;
		let [x, y] = ring[0];
		let text = `M${x}${y < 0 ? '' : ' '}${y}l`;
		for (let i = 1; i < ring.length; i++) {
			const [nextX, nextY] = ring[i];
			const dx = nextX - x;
			const dy = nextY - y;
			text += `${dx < 0 || i === 1 ? '' : ' '}${dx}${dy < 0 ? '' : ' '}${dy}`;
			x = nextX;
			y = nextY;
		}
		this.#out += closed ? `${text}z` : text;
	}
}

function goesStraight([ax, ay]: [number, number], [bx, by]: [number, number], [cx, cy]: [number, number]): boolean {
	const [dx, dy, ex, ey] = [bx - ax, by - ay, cx - bx, cy - by];
	return dx * ey === dy * ex && dx * ex + dy * ey > 0;
}

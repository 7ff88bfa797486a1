/** Which part of a map is seen, and how large. All lengths are in the map's own units. */

const CLOSEST = 12;

export class Viewport {
	/** 1 is the whole map. */
	scale = $state(1);
	x = $state(0);
	y = $state(0);

	readonly transform = $derived(
		this.scale === 1 ? undefined : `translate(${round(this.x)} ${round(this.y)}) scale(${round(this.scale)})`
	);

	constructor(
		private readonly width: () => number,
		private readonly height: () => number
	) {}

	/** Zooms by `factor`; the point at `x`, `y` stays where it is. */
	zoom(factor: number, x = this.width() / 2, y = this.height() / 2): void {
		const scale = Math.min(CLOSEST, Math.max(1, this.scale * factor));
		const ratio = scale / this.scale;
		this.scale = scale;
		this.#moveTo(x - (x - this.x) * ratio, y - (y - this.y) * ratio);
	}

	pan(dx: number, dy: number): void {
		this.#moveTo(this.x + dx, this.y + dy);
	}

	/** Moves as little as is needed for the map's point to be seen. */
	reveal(x: number, y: number): void {
		const room = 60;
		const seenX = x * this.scale + this.x;
		const seenY = y * this.scale + this.y;
		this.pan(
			Math.max(0, room - seenX) + Math.min(0, this.width() - room - seenX),
			Math.max(0, room - seenY) + Math.min(0, this.height() - room - seenY)
		);
	}

	reset(): void {
		this.scale = 1;
		this.x = 0;
		this.y = 0;
	}

	#moveTo(x: number, y: number): void {
		this.x = Math.min(0, Math.max(this.width() * (1 - this.scale), x));
		this.y = Math.min(0, Math.max(this.height() * (1 - this.scale), y));
	}
}

function round(value: number): number {
	return Math.round(value * 100) / 100;
}

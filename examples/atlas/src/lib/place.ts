/** A place on the Earth. It crosses to the browser as what it is: `src/hooks.ts` says how. */

const EARTH_RADIUS_KM = 6371;

export class Place {
	/** Both in degrees; north and east are positive. */
	constructor(
		readonly latitude: number,
		readonly longitude: number
	) {}

	/** Kilometres to another place, along the shortest way over the ground. */
	distanceTo(other: Place): number {
		const radians = (degrees: number) => (degrees * Math.PI) / 180;
		const [a, b] = [radians(this.latitude), radians(other.latitude)];
		const across = radians(other.longitude - this.longitude);
		const chord = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(across / 2) ** 2;
		return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
	}

	/** `46° N, 2.5° E` */
	toString(): string {
		const part = (degrees: number, [positive, negative]: [string, string]) => `${Math.round(Math.abs(degrees) * 10) / 10}° ${degrees < 0 ? negative : positive}`;
		return `${part(this.latitude, ['N', 'S'])}, ${part(this.longitude, ['E', 'W'])}`;
	}
}

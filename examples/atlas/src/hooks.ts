import type { Transport } from 'wellhead';
import { Place } from '$lib/place';

/** Load data may have places in it: on both sides they are instances of the class. */
export const transport: Transport = {
	Place: {
		encode: (value) => value instanceof Place && [value.latitude, value.longitude],
		decode: ([latitude, longitude]: [number, number]) => new Place(latitude, longitude)
	}
};

/** The weather at a station, which is made up like the station: what it measures now, and a forecast that has to be waited for. */
import { random } from './random';
import { stations, type Station } from './stations';

export interface Reading {
	/** In milliseconds since 1970. */
	at: number;
	/** In degrees Celsius. */
	degrees: number;
}

export interface Day {
	/** ISO 8601, without a time. */
	date: string;
	sky: keyof typeof skies;
	/** In degrees Celsius. */
	high: number;
	low: number;
}

export const skies = { sun: '☀️', cloud: '⛅', rain: '🌧️', storm: '⛈️', snow: '🌨️' } as const;

/** Stations that send what they measure. */
export const senders: readonly Station[] = ['NOR-01', 'KEN-02', 'JPN-03', 'BRA-04', 'ISL-05', 'IND-06'].map((id) => stations.find((station) => station.id === id)!);

/** Time between two readings, in milliseconds. */
export const PERIOD = 2000;
const DAY = 86_400_000;

export function findSender(id: string | undefined): Station | undefined {
	return id === undefined ? senders[0] : senders.find((sender) => sender.id === id);
}

/** What a station has measured last, the newest at the end. */
export function latest({ id, temperature }: Station, count: number): Reading[] {
	const last = Math.floor(Date.now() / PERIOD);
	const seed = seedOf(id);
	return Array.from({ length: count }, (_, i) => {
		const number = last - count + 1 + i;
		const slow = 1.2 * Math.sin(number / 9 + seed) + 0.5 * Math.sin(number / 2.3);
		return { at: number * PERIOD, degrees: round(temperature + slow + 0.4 * random(seed + number)()) };
	});
}

/** What a station thinks of the next seven days. It takes its time, at some longer than at others, and fails where there is no line. */
export async function forecast({ id, temperature }: Station, line: 'up' | 'down', signal: AbortSignal): Promise<Day[]> {
	await new Promise((resolve, reject) => {
		const timer = setTimeout(resolve, 400 + 200 * (seedOf(id) % 5));
		signal.addEventListener('abort', () => {
			clearTimeout(timer);
			reject(new Error('Nobody waits for the forecast any more.'));
		});
	});
	if (line === 'down') throw new Error('The station does not answer.');
	const today = Math.floor(Date.now() / DAY);
	return Array.from({ length: 7 }, (_, i): Day => {
		const chance = random(seedOf(id) + today + i);
		const high = Math.round(temperature + 2 + 6 * chance());
		const low = Math.round(high - 3 - 6 * chance());
		const wet = high < 3 ? 'snow' : chance() < 0.3 ? 'storm' : 'rain';
		const sky = (['sun', 'cloud', wet] as const)[Math.floor(3 * chance())]!;
		return { date: new Date((today + i) * DAY).toISOString().slice(0, 10), sky, high, low };
	});
}

function seedOf(id: string): number {
	return [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
}

function round(degrees: number): number {
	return Math.round(degrees * 10) / 10;
}

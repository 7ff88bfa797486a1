/** Weather stations, which are made up: forty for each country, the same on every server. */
import { countries, fold } from './countries';
import { random } from './random';

export interface Station {
	id: string;
	name: string;
	country: string;
	flag: string;
	region: string;
	/** In metres above the sea. */
	elevation: number;
	/** Over a year, in degrees Celsius. */
	temperature: number;
}

export const columns = ['name', 'country', 'region', 'elevation', 'temperature'] as const;
export type Column = (typeof columns)[number];

export interface Query {
	/** What is searched for: words that all have to be there. */
	text: string;
	column: Column;
	descending: boolean;
	/** From 1. */
	page: number;
}

export const ROWS = 25;

const before = ['Old', 'New', 'North', 'East', 'South', 'West', 'Upper', 'Lower'];
const after = ['', ' Airport', ' Harbour', ' Hill', ' Park'];

export const stations: readonly Station[] = countries.flatMap(({ code, name, flag, region, capital, latitude }, number) => {
	const chance = random(number + 1);
	return Array.from({ length: before.length * after.length }, (_, i): Station => {
		const elevation = Math.round(chance() ** 3 * 3000);
		const warmth = 29 - 0.55 * Math.abs(latitude) - 0.0065 * elevation + 4 * chance();
		return {
			id: `${code}-${String(i + 1).padStart(2, '0')}`,
			name: `${before[i % before.length]} ${capital || name}${after[Math.floor(i / before.length)]}`,
			country: name,
			flag,
			region,
			elevation,
			temperature: Math.round(warmth * 10) / 10
		};
	});
});

const searchable = new Map(stations.map((station) => [station.id, wordsOf(station)]));

function wordsOf({ id, name, country, region }: Station): string {
	return fold(`${id} ${name} ${country} ${region}`);
}

/** What a query finds: the rows of its page, of how many, and the page, which is one that there is. */
export function find(query: Query, names: Readonly<Record<string, string>>): { rows: Station[]; total: number; page: number } {
	const wanted = fold(query.text).split(/\s+/).filter(Boolean);
	const renamed = (station: Station) => (names[station.id] === undefined ? station : { ...station, name: names[station.id]! });
	const found = stations.map(renamed).filter((station) => {
		const words = names[station.id] === undefined ? searchable.get(station.id)! : wordsOf(station);
		return wanted.every((word) => words.includes(word));
	});
	const sign = query.descending ? -1 : 1;
	found.sort((a, b) => {
		const [left, right] = [a[query.column], b[query.column]];
		return left === right ? (a.id < b.id ? -1 : 1) : left < right ? -sign : sign;
	});
	const page = Math.min(query.page, Math.max(1, Math.ceil(found.length / ROWS)));
	return { rows: found.slice((page - 1) * ROWS, page * ROWS), total: found.length, page };
}

/** The query in an address. What makes no sense there is as if it were not there. */
export function queryOf(parameters: URLSearchParams): Query {
	const sort = parameters.get('sort') ?? '';
	const column = sort.replace(/^-/, '') as Column;
	const page = Number(parameters.get('page'));
	return {
		text: (parameters.get('q') ?? '').slice(0, 100),
		column: columns.includes(column) ? column : 'name',
		descending: columns.includes(column) && sort.startsWith('-'),
		page: Number.isSafeInteger(page) && page > 0 ? page : 1
	};
}

/** The address of a query, without what goes without saying. */
export function addressOf({ text, column, descending, page }: Query): string {
	const parameters = new URLSearchParams();
	if (text !== '') parameters.set('q', text);
	if (column !== 'name' || descending) parameters.set('sort', (descending ? '-' : '') + column);
	if (page > 1) parameters.set('page', String(page));
	return parameters.size > 0 ? `/table?${parameters}` : '/table';
}

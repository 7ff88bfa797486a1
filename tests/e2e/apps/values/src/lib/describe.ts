// Describes values so that two descriptions are the same only where the values are: types, contents and identities.

type View = { readonly buffer: ArrayBufferLike; readonly byteOffset: number; readonly byteLength: number };

const views = [
	Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
	Float32Array, Float64Array, BigInt64Array, BigUint64Array
];

/** What has been described already is named by its number. */
export function describe(value: unknown, seen = new Map<object, number>()): string {
	if (Object.is(value, -0)) return '-0';
	if (typeof value === 'bigint') return `${value}n`;
	if (typeof value === 'string') return ascii(JSON.stringify(value));
	if (typeof value !== 'object' || value === null) return String(value);
	const known = seen.get(value);
	if (known !== undefined) return `same as #${known}`;
	const number = seen.size + 1;
	seen.set(value, number);
	return `#${number} ${named(value, (inner) => describe(inner, seen))}`;
}

/** The classes are those of the realm that describes: a value of another one is a stranger. */
function named(value: object, inner: (value: unknown) => string): string {
	const list = (items: Iterable<unknown>): string => [...items].map(inner).join(', ');
	if (value instanceof Date) return `Date ${Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString()}`;
	if (value instanceof RegExp) return `RegExp ${value}`;
	if (value instanceof URL) return `URL ${value.href} of ${value.hostname}`;
	if (value instanceof URLSearchParams) return `URLSearchParams ${value.getAll('a').join('|')}`;
	if (value instanceof Map) return `Map(${value.size}) {${[...value].map(([key, item]) => `${inner(key)} => ${inner(item)}`).join(', ')}}`;
	if (value instanceof Set) return `Set(${value.size}) {${list(value)}}`;
	if (value instanceof ArrayBuffer) return `ArrayBuffer ${[...new Uint8Array(value)].join(' ')}`;
	if (value instanceof DataView) return `DataView ${view(value, inner)}`;
	const Class = views.find((Class) => value instanceof Class);
	if (Class) return `${Class.name} ${[...(value as Uint8Array)].map((item) => describe(item)).join(' ')} ${view(value as Uint8Array, inner)}`;
	if (Array.isArray(value)) return `${value instanceof Array ? 'Array' : 'stranger'}(${value.length}) [${elements(value, inner)}]`;
	if (value instanceof Number || value instanceof String || value instanceof Boolean) return `boxed ${inner(value.valueOf())}`;
	const prototype: unknown = Object.getPrototypeOf(value);
	const kind = prototype === Object.prototype ? 'Object' : prototype === null ? 'bare' : 'stranger';
	const entries = Object.entries(value).map(([key, item]) => `${ascii(JSON.stringify(key))}: ${inner(item)}`);
	return `${kind} {${entries.join(', ')}}`;
}

const view = ({ buffer, byteOffset, byteLength }: View, inner: (value: unknown) => string): string =>
	`at ${byteOffset}+${byteLength} of ${inner(buffer)}`;

function elements(array: readonly unknown[], inner: (value: unknown) => string): string {
	const entries = Object.entries(array);
	if (entries.length === array.length) return array.map(inner).join(', ');
	return entries.map(([index, item]) => `${index}: ${inner(item)}`).join(', ');
}

const ascii = (text: string): string =>
	text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** What every client's codec does; the generator puts it behind the types and fills in the table. Above the line: for editors only. */

type Down = { type: string };
type Up = { type: string };
declare const $OPERATION: number, $UP: number, $DOWN: number, $ENTRIES: number, $NAME_BYTES: number, $TEMPLATE_BYTES: number;
// --
/** The name of the WebSocket's subprotocol. */
export const subprotocol = "$SUBPROTOCOL";

// Records, messages up, operations, messages down. A row is a name, then names and kinds of fields. A letter is a kind of `Kinds`, a
// number a row; `*` a list, `?` optional; `/` stands between the words of a choice.
type Row = string[];
const rows: Row[] = "$ROWS".split("|").map((row) => row.split(" "));

/** Reads or writes a value of each kind, and returns it. */
type Kinds = { n(value: number): number; p(value: unknown): boolean; [kind: string]: (value: never) => unknown };

const fail = (): never => {
	throw new RangeError(subprotocol);
};

/** Goes through the fields of a row, in their order: reading, `object` is not there; writing, what comes back is of no use. */
const walk = (kinds: Kinds) => {
	const value = (kind: string, field: any): unknown =>
		kinds[kind]
			? kinds[kind](field as never)
			: kind[0] === "?"
				? kinds.p(field)
					? value(kind.slice(1), field)
					: undefined
				: kind[0] === "*"
					? repeat(kinds.n(field?.length), (_, index) => value(kind.slice(1), field?.[index]))
					: rows[+kind]
						? fields(rows[+kind], field)
						: (kind.split("/")[kinds.n(kind.split("/").indexOf(field))] ?? fail());
	const fields = (row: Row | undefined, object?: any, tag = "type"): unknown => {
		const result: any = row![0] ? { [tag]: row![0] } : {};
		for (let index = 1; row![index]; index += 2) {
			const name = row![index]!;
			const field = value(row![index + 1]!, object?.[name]);
			if (field !== undefined) result[name] = field;
		}
		return result;
	};
	return fields;
};

// A count that a cut message makes up costs nothing: the first item that is not there throws.
const repeat = <T>(length: number, item: (_: undefined, index: number) => T): T[] => Array.from({ length }, item);

/** Adds an entry to what both sides remember, unless there is no room. */
const room =
	<T>(entries: T[], bytes: number) =>
	(entry: T, size: number): T => {
		if (entries.length < $ENTRIES && size <= bytes) {
			bytes -= size;
			entries.push(entry);
		}
		return entry;
	};

/**
 * Reads what a server sends. It remembers strings and templates, so it must see each message of a stream once and in order.
 *
 * It throws if the bytes are not a message; the connection is then of no more use.
 */
export const createDecoder = (): ((message: ArrayBuffer) => Down) => {
	const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
	const names: string[] = [];
	const templates: string[][] = [];
	const addName = room(names, $NAME_BYTES);
	const addTemplate = room(templates, $TEMPLATE_BYTES);
	let bytes: Uint8Array;
	let at: number;
	let node: number;

	const integer = (): number => {
		const byte = bytes[at++] ?? fail();
		return byte > 127 ? byte - 128 + 128 * integer() : byte;
	};
	const text = (size: number | undefined = integer()): string => utf8.decode(bytes.subarray(at, (at += size)));
	const markup = (): string => {
		const tag = integer();
		const kind = tag & 3;
		const value = tag >> 2;
		if (!kind) return text(value);
		if (kind === 2) return repeat(value, markup).join("");
		const start = at;
		const statics = kind === 1 ? templates[value]! : addTemplate(repeat(value, text), at - start);
		return statics.map((part, index) => (index ? markup() + part : part)).join("");
	};
	const fields = walk({
		n: integer,
		p: () => at < bytes.length,
		t: text,
		h: markup,
		i: () => {
			const id = integer();
			const start = at;
			return id ? (names[id - 1] ?? fail()) : addName(text(), at - start);
		},
		j: () => JSON.parse(text()),
		d: () => {
			const zigzag = integer();
			return (node += zigzag % 2 ? -(zigzag + 1) / 2 : zigzag / 2);
		},
		s: () => {
			const form = bytes[0]! & 3;
			return form > 2 ? repeat(integer(), integer) : form > 1 ? integer() : form;
		},
		o: () => {
			const operations = [];
			while (at < bytes.length) operations.push(fields(rows[$OPERATION + integer()], 0, "op"));
			return operations;
		},
	});

	return (message) => {
		bytes = new Uint8Array(message);
		at = 1;
		node = 0;
		const read = fields(rows[$DOWN + (bytes[0]! >> 2)]) as Down;
		return at === bytes.length ? read : fail();
	};
};

/** Writes what a client sends. It remembers strings, so each connection wants its own, and what it wrote must be sent in order. */
export const createEncoder = (): ((message: Up) => Uint8Array<ArrayBuffer>) => {
	const utf8 = new TextEncoder();
	const names: string[] = [];
	const addName = room(names, $NAME_BYTES);
	let out: number[];
	let fresh: [name: string, size: number] | 0;

	const integer = (value: number): number => {
		out.push(value > 127 ? (value % 128) + 128 : value);
		if (value > 127) integer(Math.floor(value / 128));
		return value;
	};
	const raw = (bytes: Iterable<number>): void => {
		for (const byte of bytes) out.push(byte);
	};
	const text = (value: string): void => {
		const bytes = utf8.encode(value);
		integer(bytes.length);
		raw(bytes);
	};
	const fields = walk({
		n: integer,
		p: (value) => value !== undefined,
		t: text,
		i: (name: string) => {
			if (!integer(names.indexOf(name) + 1)) {
				const start = out.length;
				text(name);
				fresh = [name, out.length - start];
			}
		},
		j: (value: unknown) => text(JSON.stringify(value)),
		x: (hex: string) => raw(hex.match(/../g)!.map((byte) => parseInt(byte, 16))),
		b: raw,
	});

	return (message) => {
		const code = rows.findIndex(([name]) => name === message.type);
		fresh = 0;
		out = [(code - $UP) << 2];
		fields(rows[code], message);
		// Only now: what cannot be written is not sent.
		if (fresh) addName(...(fresh as [string, number]));
		return new Uint8Array(out);
	};
};

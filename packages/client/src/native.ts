/** What an engine may have beside the web platform: the embedded V8 writes markup as bytes. */

declare const opaque: unique symbol;

/** The bytes of a page in the engine: they can be part of a reply. */
export interface Markup {
	readonly [opaque]: true;
}

/** The operations of `crates/wellhead-js/src/v8/markup.rs`. */
export interface Native {
	readonly prefix: string;
	template(parts: readonly string[], places: string): number;
	begin(): void;
	/** Forgets all stretches from that number on. */
	rewind(stretches: number): void;
	take(head: string, body: string): [head: string, body: string | Uint8Array | Markup] | null;
	/** A copy of a page's bytes. */
	bytes(page: Markup): Uint8Array;
	write0(template: number, follows: boolean): boolean;
	write1(template: number, follows: boolean, a: string): boolean;
	write2(template: number, follows: boolean, a: string, b: string): boolean;
	write3(template: number, follows: boolean, a: string, b: string, c: string): boolean;
	write4(template: number, follows: boolean, a: string, b: string, c: string, d: string): boolean;
}

export const native = (globalThis as { [name: symbol]: unknown })[Symbol.for("wellhead.markup")] as Native | undefined;

const encoder = new TextEncoder();

/** The bytes of a piece of a reply. */
export function bytesOf(piece: string | Uint8Array | Markup): Uint8Array {
	if (typeof piece === "string") return encoder.encode(piece);
	return piece instanceof Uint8Array ? piece : native!.bytes(piece);
}

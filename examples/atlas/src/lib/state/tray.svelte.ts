/** The countries put aside to compare: known to the whole site, kept in a cookie. */
import { createContext } from 'svelte';
import { COMPARE_COOKIE, COMPARE_LIMIT, writeCookie } from '$lib/preferences';

export class Tray {
	codes = $state<string[]>([]);

	constructor(codes: string[]) {
		this.codes = codes;
	}

	get full(): boolean {
		return this.codes.length >= COMPARE_LIMIT;
	}

	has(code: string): boolean {
		return this.codes.includes(code);
	}

	add(code: string): void {
		if (!this.full && !this.has(code)) this.#set([...this.codes, code]);
	}

	remove(code: string): void {
		this.#set(this.codes.filter((other) => other !== code));
	}

	#set(codes: string[]): void {
		this.codes = codes;
		writeCookie(COMPARE_COOKIE, codes.join('.'));
	}
}

export const [getTray, setTray] = createContext<Tray>();

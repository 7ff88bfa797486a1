import type { CountryRef, Theme } from '$lib/types';

declare global {
	namespace App {
		interface Locals {
			theme: Theme;
			/** Codes of the countries that the visitor has put aside to compare. */
			compare: string[];
		}
		interface Error {
			message: string;
			/** Where a code or a name was not found: what may have been meant. */
			suggestions?: CountryRef[];
		}
	}
}

export {};

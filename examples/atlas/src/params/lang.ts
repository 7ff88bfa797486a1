import { findLanguage } from '$lib/languages';

export function match(value: string): boolean {
	return findLanguage(value) !== undefined;
}

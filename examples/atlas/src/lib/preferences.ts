/** The two cookies: the theme, and the countries put aside to compare. Read on the server, written from either side. */
import type { Theme } from './types';

export const THEME_COOKIE = 'atlas-theme';
export const COMPARE_COOKIE = 'atlas-compare';

/** More than six of anything is hard to compare. */
export const COMPARE_LIMIT = 6;

const YEAR = 60 * 60 * 24 * 365;

export const cookieOptions = { path: '/', maxAge: YEAR, sameSite: 'lax', httpOnly: false, secure: false } as const;

export function parseTheme(text: string | null | undefined): Theme {
	return text === 'light' || text === 'dark' ? text : 'auto';
}

/** `FRA.DEU` → `['FRA', 'DEU']`; what is not a code is dropped. */
export function parseCodes(text: string | null | undefined): string[] {
	const codes = (text ?? '').split('.').filter((code) => /^[A-Z]{3}$/.test(code));
	return [...new Set(codes)].slice(0, COMPARE_LIMIT);
}

/** In the browser only. */
export function writeCookie(name: string, value: string): void {
	document.cookie = `${name}=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax`;
}

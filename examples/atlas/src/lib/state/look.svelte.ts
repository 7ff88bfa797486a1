/** Light, dark, or as the system says: known to the whole site, kept in a cookie. */
import { createContext } from 'svelte';
import { THEME_COOKIE, writeCookie } from '$lib/preferences';
import type { Theme } from '$lib/types';

const after: Record<Theme, Theme> = { auto: 'light', light: 'dark', dark: 'auto' };

export class Look {
	theme = $state<Theme>('auto');

	constructor(theme: Theme) {
		this.theme = theme;
	}

	/** What the switch gives next. */
	get next(): Theme {
		return after[this.theme];
	}

	set(theme: Theme): void {
		this.theme = theme;
		writeCookie(THEME_COOKIE, theme);
	}
}

export const [getLook, setLook] = createContext<Look>();

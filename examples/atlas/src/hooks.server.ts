import type { Handle, HandleServerError } from 'wellhead';
import { COMPARE_COOKIE, parseCodes, parseTheme, THEME_COOKIE } from '$lib/preferences';
import { findCountry } from '$lib/server/countries';

export const handle: Handle = ({ event, resolve }) => {
	event.locals.theme = parseTheme(event.cookies.get(THEME_COOKIE));
	event.locals.compare = parseCodes(event.cookies.get(COMPARE_COOKIE)).filter((code) => findCountry(code));
	return resolve(event);
};

/** The server has logged the error already, under the trace id: that is what a visitor can tell us. */
export const handleError: HandleServerError = ({ status, message, trace }) => {
	if (status === 404) return { message: 'There is no such page.' };
	if (status < 500) return { message };
	return { message: 'Something went wrong on our side.', trace };
};

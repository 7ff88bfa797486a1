import type { Handle, HandleServerError } from 'wellhead';
import { COMPARE_COOKIE, parseCodes, parseTheme, THEME_COOKIE } from '$lib/preferences';
import { findCountry } from '$lib/server/countries';

export const handle: Handle = ({ event, resolve }) => {
	event.locals.theme = parseTheme(event.cookies.get(THEME_COOKIE));
	event.locals.compare = parseCodes(event.cookies.get(COMPARE_COOKIE)).filter((code) => findCountry(code));
	return resolve(event);
};

export const handleError: HandleServerError = ({ error, status }) => {
	if (status >= 500) console.error(error);
	return { message: status === 404 ? 'There is no such page.' : 'Something went wrong on our side.' };
};

import { redirect } from 'wellhead';
import { cookieOptions, parseTheme, THEME_COOKIE } from '$lib/preferences';
import type { RequestHandler } from './$types';

/** The theme switch of a browser without JavaScript: sets the cookie and leads back. */
export const POST: RequestHandler = async ({ request, cookies, url }) => {
	const form = await request.formData();
	cookies.set(THEME_COOKIE, parseTheme(String(form.get('theme'))), cookieOptions);
	const back = new URL(String(form.get('back') ?? '/'), url.origin);
	redirect(303, back.origin === url.origin ? back.pathname + back.search : '/');
};

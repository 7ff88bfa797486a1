import { error, redirect } from 'wellhead';
import { cookieOptions, parseTheme, THEME_COOKIE } from '$lib/preferences';
import type { RequestHandler } from './$types';

/** The theme switch of a browser without JavaScript: sets the cookie and leads back. */
export const POST: RequestHandler = async ({ request, cookies, url }) => {
	const form = await request.formData().catch(() => error(400, 'This is for the form of the theme switch.'));
	cookies.set(THEME_COOKIE, parseTheme(String(form.get('theme'))), cookieOptions);
	redirect(303, placeHere(String(form.get('back') ?? '/'), url.origin));
};

/** The path of an address of this site, else of the first page. */
function placeHere(address: string, origin: string): string {
	if (!URL.canParse(address, origin)) return '/';
	const { origin: where, pathname, search } = new URL(address, origin);
	// A path that begins with two slashes would be read as another site's name.
	return where === origin && !pathname.startsWith('//') ? pathname + search : '/';
}

import { error, redirect, type LayoutServerLoad } from 'wellhead';
import { canonicalCode, details, suggestions } from '$lib/server/countries';

/** For the country's page and its fact sheet. Any of its codes leads here; the page has one address. */
export const load = (({ params, url }) => {
	const asked = params.cca3 ?? '';
	const code = canonicalCode(asked);
	const country = code && details(code);
	if (!country) {
		error(404, { message: `No country has the code “${asked.slice(0, 40)}”.`, suggestions: suggestions(asked, 4) });
	}
	if (asked !== country.code) {
		redirect(308, url.pathname.replace(`/country/${asked}`, `/country/${country.code}`));
	}
	return { country };
}) satisfies LayoutServerLoad;

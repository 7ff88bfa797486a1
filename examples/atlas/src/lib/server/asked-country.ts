import { error, redirect } from 'wellhead';
import type { CountryDetails } from '$lib/types';
import { canonicalCode, details, suggestions } from './countries';

/** The country of `/country/[cca3]/…`. Any of its codes leads here; the page has one address. */
export function askedCountry({ params, url }: { params: { cca3: string }; url: URL }): CountryDetails {
	const asked = params.cca3;
	const code = canonicalCode(asked);
	const country = code && details(code);
	if (!country) {
		error(404, { message: `No country has the code “${asked.slice(0, 40)}”.`, suggestions: suggestions(asked, 4) });
	}
	if (asked !== country.code) {
		// What was asked may be written otherwise in the address: `%6Eor`.
		redirect(308, url.pathname.replace(/(.*\/country\/)[^/]+/, `$1${country.code}`));
	}
	return country;
}

import { english, findLanguage, firstOf } from '$lib/languages';
import { namesIn } from '$lib/server/countries';
import type { PageServerLoad } from './$types';

export const load = (({ params, request, setHeaders }) => {
	const language = (params.lang && findLanguage(params.lang)) || english;
	setHeaders({ 'content-language': language.tag, vary: 'accept-language' });
	// Nobody is sent to another page for what the browser says, but it is offered.
	const own = firstOf(request.headers.get('accept-language'));
	return { language, names: namesIn(language.code), own: own.code === language.code ? null : own };
}) satisfies PageServerLoad;

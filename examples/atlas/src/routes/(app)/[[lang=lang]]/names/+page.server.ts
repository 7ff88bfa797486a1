import type { PageServerLoad } from 'wellhead';
import { english, findLanguage } from '$lib/languages';
import { namesIn } from '$lib/server/countries';

export const load = (({ params, setHeaders }) => {
	const language = (params.lang && findLanguage(params.lang)) || english;
	setHeaders({ 'content-language': language.tag });
	return { language, names: namesIn(language.code) };
}) satisfies PageServerLoad;

import { error } from 'wellhead';
import { resolve } from '$app/paths';
import type { Question } from '$lib/server/quiz';
import type { CountryRef } from '$lib/types';
import type { PageLoad } from './$types';

/** On the server the endpoint is called without a request, and the browser is told its answer: it does not ask again. */
export const load = (async ({ fetch, url, depends }) => {
	depends('atlas:question');
	const response = await fetch(resolve('/api/quiz') + url.search);
	if (!response.ok) error(503, 'There is no question just now.');
	return (await response.json()) as { question: Question; verdict: { country: CountryRef; right: boolean } | null };
}) satisfies PageLoad;

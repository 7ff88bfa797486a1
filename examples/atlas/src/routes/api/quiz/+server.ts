import { json } from 'wellhead';
import { question, verdict } from '$lib/server/quiz';
import type { RequestHandler } from './$types';

/** A question; with `asked` and `guess` also what is to be said of that answer. */
export const GET: RequestHandler = async ({ url, setHeaders }) => {
	setHeaders({ 'cache-control': 'no-store' });
	const asked = url.searchParams.get('asked');
	return json({ question: await question(asked ?? ''), verdict: verdict(asked, url.searchParams.get('guess')) });
};

import { error } from 'wellhead';
import { quotes } from '$lib/quotes';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ params }) => {
	const quote = quotes[Number(params.number) - 1];
	if (!quote) error(404, `There is no quote ${params.number}`);
	return { quote };
};

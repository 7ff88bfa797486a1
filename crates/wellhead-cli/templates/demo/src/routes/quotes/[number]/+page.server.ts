import { error } from 'wellhead';
import { quotes } from '$lib/quotes';

export function load({ params }: { params: { number: string } }) {
	const quote = quotes[Number(params.number) - 1];
	if (!quote) error(404, `There is no quote ${params.number}`);
	return { quote };
}

import { error } from 'wellhead';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const id: string = event.params.id;
	// @ts-expect-error: it may be missing
	const lang: string = event.params.lang;
	const known: 'de' | 'fr' | undefined = event.params.lang;
	// @ts-expect-error: on the server there is only what the server loads
	(await event.parent()).texts;
	if (id === '0') error(404, lang);
	return { item: { id: Number(id), known }, stock: Promise.resolve(3) };
};

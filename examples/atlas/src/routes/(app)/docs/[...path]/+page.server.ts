import { error } from 'wellhead';
import { findHelp, helpPages } from '$lib/server/help';
import type { PageServerLoad } from './$types';

export const load = (({ params }) => {
	const help = findHelp(params.path);
	if (!help) error(404, 'There is no help on that.');
	return { help, contents: helpPages.map(({ path, title }) => ({ path, title })) };
}) satisfies PageServerLoad;

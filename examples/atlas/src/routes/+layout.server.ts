import type { LayoutServerLoad } from './$types';

export const load = (({ locals }) => ({ theme: locals.theme, compare: locals.compare })) satisfies LayoutServerLoad;

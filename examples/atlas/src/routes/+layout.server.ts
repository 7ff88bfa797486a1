import type { LayoutServerLoad } from 'wellhead';

export const load = (({ locals }) => ({ theme: locals.theme, compare: locals.compare })) satisfies LayoutServerLoad;

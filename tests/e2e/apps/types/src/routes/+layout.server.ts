import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ params, route }) => {
	// A layout has the parameters of all pages in it, each of which may be missing.
	const id: string | undefined = params.id;
	// @ts-expect-error: no page has this one
	const other = params.other;
	const at: '/' | '/plain' | '/(shop)/[[lang=lang]]/item/[id=int]' | '/(shop)/[[lang=lang]]/item/[id=int]/reviews/[...rest]' | null = route.id;
	return { user: 'anna', shade: 'light' as const, seen: [id, other, at].length };
};

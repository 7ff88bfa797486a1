import type { PageLoad } from './$types';

export const load: PageLoad = async ({ data, parent }) => {
	const { texts, shade, user } = await parent();
	const wide: string = shade;
	// @ts-expect-error: it is a number
	data.item.id.length;
	return { title: `${texts.title} ${data.item.id} ${wide} ${user}`, stock: data.stock };
};

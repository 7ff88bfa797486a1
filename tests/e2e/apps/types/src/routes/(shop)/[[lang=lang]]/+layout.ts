/** Without a type: `svelte-check` and editors know it by the file's name. */
export async function load({ data, params, parent }) {
	// @ts-expect-error: there is no load on the server
	data.length;
	const lang: 'de' | 'fr' | undefined = params.lang;
	const { shade } = await parent();
	return { shade: `${shade} ${lang}`, texts: { title: 'Artikel' } };
}

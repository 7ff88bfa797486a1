// @ts-check
/** @type {import('./$types').PageLoad} */
export async function load({ parent }) {
	const { user } = await parent();
	// @ts-expect-error: it is text
	user.toFixed();
	return { doubled: user + user };
}

import type { RequestHandler } from './$types';

/** `POST /login?as=ada`; without a name, it logs out. */
export const POST: RequestHandler = ({ cookies, url }) => {
	const name = url.searchParams.get('as');
	if (name === null) cookies.delete('user', { path: '/' });
	else cookies.set('user', name, { path: '/' });
	return new Response(null, { status: 204 });
};

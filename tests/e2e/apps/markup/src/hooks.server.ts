import type { Handle } from 'wellhead';

/** Does with a page what a `handle` may do with it. */
export const handle: Handle = async ({ event, resolve }) => {
	const response = await resolve(event);
	switch (event.url.searchParams.get('handle')) {
		case 'wrap':
			return new Response(response.body, response);
		case 'read': {
			const [one, other] = await Promise.all([response.clone().text(), response.text()]);
			return new Response(`${one}<p>read ${one === other ? 'twice' : 'otherwise'}</p>`, response);
		}
		case 'drop':
			return new Response('another page', response);
		default:
			return response;
	}
};

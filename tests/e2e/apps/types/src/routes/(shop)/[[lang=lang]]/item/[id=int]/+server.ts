import { json } from 'wellhead';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ params, route }) => {
	// @ts-expect-error: there is no such parameter
	params.rest;
	const id: '/(shop)/[[lang=lang]]/item/[id=int]' = route.id;
	return json([params.id, id]);
};
// @ts-expect-error: an endpoint gives a response
export const POST: RequestHandler = () => 'text';

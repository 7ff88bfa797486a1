import { gate } from '$lib/server/gate';
import type { RequestHandler } from './$types';

/** Two lines, the second of which waits. */
export const GET: RequestHandler = ({ url }) => {
	const name = url.searchParams.get('gate');
	async function* lines(): AsyncGenerator<string> {
		yield 'the first line\n';
		yield `${await gate(`${name}-first`)}\n`;
	}
	const source = lines();
	const encoder = new TextEncoder();
	const body = new ReadableStream<Uint8Array>({
		async pull(controller) {
			const { done, value } = await source.next();
			if (done) controller.close();
			else controller.enqueue(encoder.encode(value));
		}
	});
	return new Response(body, { headers: { 'content-type': 'text/plain' } });
};

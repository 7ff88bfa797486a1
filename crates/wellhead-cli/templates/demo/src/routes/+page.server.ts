import { quotes } from '$lib/quotes';

export function load() {
	return {
		authors: quotes.map((quote) => quote.author),
		// A promise streams in when it is there; the page does not wait for it.
		visits: new Promise<number>((resolve) => setTimeout(() => resolve(Math.floor(Math.random() * 1000)), 300))
	};
}

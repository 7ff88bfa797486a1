/** What all pages have around them. */
import { html, type Html } from 'wellhead';

const links = [
	['/quiz', 'Quiz'],
	['/table', 'Table'],
	['/weather', 'Weather'],
	['/wizard', 'Wizard'],
	['/chat/world', 'Chat']
] as const;

/** A page: `here` is the first part of its path, `kind` a class for its layout. */
export function frame(here: string, content: Html, flashes: Readonly<Record<string, string>> = {}): Html {
	return html`
		<a class="skip" href="#content">Skip to the content</a>
		<header class="top">
			<a class="brand" href="/" aria-current=${here === '' ? 'page' : null}>Live atlas</a>
			<nav aria-label="Pages">
				${links.map(
					([href, name]) =>
						html`<a href=${href} ts-navigate aria-current=${href.split('/')[1] === here ? 'page' : null}>${name}</a>`
				)}
			</nav>
		</header>
		<p class="offline" role="status">
			<span class="waits">The connection is lost. What you do is kept until it is back.</span>
			<span class="ends">This page is not live any more. <a href="">Load it again</a></span>
		</p>
		<main id="content" class=${here || 'home'}>
			<div role="status" class="flashes">
				${Object.entries(flashes).map(([kind, text]) => html`<p ts-key=${kind} class="flash ${kind}">${text}</p>`)}
			</div>
			${content}
		</main>
	`;
}

/** "1 person", "2 people". */
export function people(count: number): string {
	return count === 1 ? '1 person' : `${count} people`;
}

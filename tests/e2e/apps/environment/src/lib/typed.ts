// Nothing imports this: TypeScript checks that apps find the types of all that they import, and that these say no.
import { error, json, redirect, sequence, type Handle, type ServerLoad, type RequestHandler } from 'wellhead';
import { browser, dev, version } from '$app/environment';
import { afterNavigate, goto, invalidate, preloadData, pushState } from '$app/navigation';
import { asset, base, resolve } from '$app/paths';
import { navigating, page, updated } from '$app/state';
import { page as pageStore } from '$app/stores';
import { env } from '$env/dynamic/public';
import { STATIC_WORD } from '$env/static/private';
import { PUBLIC_TITLE } from '$env/static/public';
import logo from './logo.svg';
import classes from './looks.module.css';
import note from './note.md?raw';
import address from './note.md?url';
import './looks.css';
import Page from '../routes/+page.svelte';
// @ts-expect-error: there is no such variable
import { PUBLIC_NOTHING } from '$env/static/public';
// @ts-expect-error: there is no such function
import { gone } from '$app/navigation';

declare global {
	namespace App {
		interface Locals {
			user: string;
		}
		interface PageState {
			open?: boolean;
		}
	}
}

export const load: ServerLoad = async ({ params, cookies, locals, depends, parent }) => {
	depends('app:word');
	if (!cookies.get('word')) redirect(303, '/');
	// @ts-expect-error: a status is a number
	if (params.word === locals.user) error('404');
	return { parents: await parent() };
};

export const GET: RequestHandler = ({ url, locals }) => json({ path: url.pathname, user: locals.user.length });
// @ts-expect-error: an endpoint gives a response
export const POST: RequestHandler = () => 'text';

const first: Handle = ({ event, resolve }) => resolve(event);
export const handle: Handle = sequence(first, first);
// @ts-expect-error: these are no hooks
export const wrong: Handle = sequence(1, 2);

export const texts: string[] = [version, base, resolve('/a/[b]', { b: 'c' }), asset('/x.png'), PUBLIC_TITLE, STATIC_WORD, logo, note, address];
export const maybe: (string | undefined)[] = [env.PUBLIC_WORD, classes.card, import.meta.env.PUBLIC_TITLE];
export const flags: boolean[] = [browser, dev, updated.current, import.meta.env.SSR];
// @ts-expect-error: it is true or false
export const count: number = browser;
// @ts-expect-error: it is text
PUBLIC_TITLE.toFixed();

export async function move(): Promise<void> {
	await goto('/second', { replaceState: true, state: { open: true } });
	// @ts-expect-error: it is a text or a URL
	await goto(1);
	// @ts-expect-error: there is no such option
	await goto('/', { scroll: true });
	await invalidate((url) => url.pathname === '/');
	const ahead = await preloadData('/second');
	if (ahead.type === 'redirect') await goto(ahead.location);
	pushState('', { open: false });
	afterNavigate(({ to, willUnload }) => console.log(to?.url.href, willUnload));
}

export const shown: string = `${page.url.pathname} ${page.status + 1} ${navigating.to?.url.href}`;
// @ts-expect-error: a status is a number
page.status = 'good';
pageStore.subscribe(({ route }) => console.log(route.id?.length));

export const lazy: Record<string, () => Promise<string>> = import.meta.glob<string>('./*.md', { query: '?raw', import: 'default' });
export const eager: Record<string, string> = import.meta.glob<string>('./*.md', { eager: true });
// @ts-expect-error: not eager, so these are functions
export const mixed: Record<string, string> = import.meta.glob<string>('./*.md');
export const component: unknown = Page;
export const unused: unknown = [PUBLIC_NOTHING, gone];

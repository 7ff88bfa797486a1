// More than one browser on an app, and networks that fail.
import { Complaints } from './complaints.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').BrowserContextOptions} ContextOptions */

/**
 * Lets somebody else visit the app, with a browser profile of his own; fails on anything that his browser complains about.
 *
 * @param {Page} page  of whoever was there first
 * @param {string} url  of the server
 * @param {(page: Page) => Promise<void>} body
 * @param {ContextOptions} [options]
 */
export async function withCompany(page, url, body, options) {
	const browser = page.context().browser();
	if (!browser) throw new Error('the page has no browser of its own');
	const context = await browser.newContext({ baseURL: url, ...options });
	context.setDefaultTimeout(15_000);
	const complaints = new Complaints(context);
	try {
		await body(await context.newPage());
		complaints.settle();
	} finally {
		await context.close();
	}
}

/**
 * Goes to a live page and waits until it is joined.
 *
 * @param {Page} page
 * @param {string} path
 */
export async function visitLive(page, path) {
	await page.goto(path);
	await becomes(page, 'connected');
}

/**
 * Waits for a state of the connection, as stylesheets see it.
 *
 * @param {Page} page
 * @param {'connected' | 'disconnected'} state
 */
export async function becomes(page, state) {
	await page.locator(`html[data-live=${state}]`).waitFor({ state: 'attached' });
}

/**
 * A network between a page and its server; ask for it before the page is visited.
 *
 * @param {Page} page
 */
export async function network(page) {
	/** @type {Set<import('playwright-core').WebSocketRoute>} */
	const open = new Set();
	let works = true;
	let sent = 0;
	await page.routeWebSocket(/\/-\/live$/, (socket) => {
		if (!works) return void socket.close({ code: 4000 });
		const server = socket.connectToServer();
		open.add(socket);
		socket.onMessage((message) => {
			sent++;
			if (works) server.send(message);
		});
		server.onMessage((message) => {
			if (works) socket.send(message);
		});
	});
	return {
		/** Connections break, and no other can be made. What was on its way is lost. */
		async fail() {
			works = false;
			const broken = [...open].map((socket) => socket.close({ code: 4000 }));
			open.clear();
			await Promise.all(broken);
			await becomes(page, 'disconnected');
		},
		/** The network is there, and the browser has heard of it. */
		async recover() {
			works = true;
			await page.evaluate(() => dispatchEvent(new Event('online')));
			await becomes(page, 'connected');
		},
		/** How many messages the page has sent. */
		sent: () => sent
	};
}

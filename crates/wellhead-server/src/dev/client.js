// The development client: shows problems over the page, and loads the page again after a build.
(() => {
	if (window.__wellheadDev) return window.__wellheadDev();

	const style = `
		:host { all: initial }
		.back { position: fixed; inset: 0; z-index: 2147483647; overflow: auto; overscroll-behavior: contain; padding: 4vh 1rem;
			background: rgb(0 0 0 / .66); font: 15px/1.5 system-ui, sans-serif; color: #e7e5e4; color-scheme: dark }
		.card { box-sizing: border-box; max-width: 60rem; margin: 0 auto; padding: 1.25rem 1.5rem 1.5rem; border-radius: 10px;
			border-top: 4px solid #ef4444; background: #1c1917; box-shadow: 0 1rem 4rem rgb(0 0 0 / .5); outline: none }
		header { display: flex; align-items: center; justify-content: space-between; gap: 1rem }
		header b { font-size: .85rem; letter-spacing: .04em; text-transform: uppercase; color: #fca5a5 }
		button { font: inherit; font-size: .85rem; padding: .25rem .75rem; border: 0; border-radius: 6px; color: inherit;
			background: #44403c; cursor: pointer; white-space: nowrap }
		button:hover { background: #57534e }
		button:focus-visible, summary:focus-visible { outline: 2px solid #7dd3fc; outline-offset: 2px }
		article { margin-top: 1rem }
		article + article { margin-top: 1.5rem; padding-top: 1.25rem; border-top: 1px solid #44403c }
		h2 { margin: 0; font-size: .85rem; font-weight: 500; color: #a8a29e }
		p { margin: .25rem 0; overflow-wrap: anywhere; white-space: pre-wrap }
		.message { font-size: 1.1rem; font-weight: 500 }
		.place { font: 13px/1.5 ui-monospace, monospace; color: #7dd3fc }
		.hint { color: #fde68a }
		pre { margin: .6rem 0; padding: .75rem 0; overflow: auto; border-radius: 6px; background: #292524;
			font: 13px/1.55 ui-monospace, monospace; white-space: pre; tab-size: 2 }
		pre span { display: block; min-width: max-content; padding: 0 .9rem }
		pre .here { background: rgb(239 68 68 / .22); box-shadow: inset 3px 0 #ef4444 }
		summary { cursor: pointer; color: #a8a29e; font-size: .85rem }
		footer { margin-top: 1.25rem; font-size: .85rem; color: #a8a29e }
		@media (max-width: 40rem) { .back { padding: 0 } .card { min-height: 100%; border-radius: 0; padding: 1rem } }
	`;

	/** The hash of the build that made this page; empty where there was none yet. */
	const made = document.currentScript?.dataset.build;
	/** What is shown: `build` for problems of the last build, else of this page; `null` where nothing is. */
	let kind = null;
	let host = null;
	let before = null;

	function element(name, text, className) {
		const node = document.createElement(name);
		if (text) node.textContent = text;
		if (className) node.className = className;
		return node;
	}

	function close() {
		host?.remove();
		host = kind = null;
		before?.focus?.({ preventScroll: true });
		before = null;
	}

	function lines(text) {
		const pre = element('pre');
		for (const line of text.replace(/\n$/, '').split('\n')) pre.append(element('span', line || ' ', line.startsWith('>') ? 'here' : ''));
		return pre;
	}

	function article({ title, message, place, code_frame, stack, hint }) {
		const node = element('article');
		node.append(element('h2', title), element('p', message, 'message'));
		if (place) node.append(element('p', place, 'place'));
		if (code_frame) node.append(lines(code_frame));
		if (hint) node.append(element('p', hint, 'hint'));
		if (stack) {
			const details = element('details');
			details.open = !code_frame;
			details.append(element('summary', 'Stack'), lines(stack));
			node.append(details);
		}
		return node;
	}

	/** Shows problems in place of those that are shown; with those of the page that come one by one, beside them. */
	function show(of, problems) {
		if (problems.length === 0) return;
		const added = host !== null && of === 'page' && kind === 'page';
		if (!added) {
			host?.remove();
			before ??= document.activeElement;
			host = document.createElement('wellhead-overlay');
			const root = host.attachShadow({ mode: 'open' });
			const sheet = new CSSStyleSheet();
			sheet.replaceSync(style);
			root.adoptedStyleSheets = [sheet];
			const back = element('div', '', 'back');
			back.onclick = (event) => event.target === back && close();
			const card = element('div', '', 'card');
			card.setAttribute('role', 'dialog');
			card.setAttribute('aria-label', 'Problems');
			card.tabIndex = -1;
			const header = element('header');
			const button = element('button', 'Close (Esc)');
			button.onclick = close;
			header.append(element('b', of === 'build' ? 'The app is not built' : 'Error'), button);
			const footer = element('footer', 'Save a mended file, and the page is loaded again. The terminal says the same.');
			card.append(header, footer);
			back.append(card);
			root.append(back);
			document.documentElement.append(host);
			card.focus({ preventScroll: true });
		}
		kind = of;
		host.shadowRoot.querySelector('footer').before(...problems.map(article));
	}

	addEventListener('keydown', (event) => {
		if (event.key === 'Escape') close();
	});
	// What was wrong with a page is of no interest on the next.
	addEventListener('popstate', () => kind === 'page' && close());

	const seen = new WeakSet();

	/** Shows something that was thrown in the browser; the server finds its place in the sources. */
	async function thrown(error, title) {
		if (typeof error === 'object' && error !== null) {
			if (seen.has(error)) return;
			seen.add(error);
		}
		const isError = error instanceof Error;
		const message = isError ? `${error.name}: ${error.message}` : String(error);
		const stack = (isError && error.stack) || '';
		const plain = { title, message, place: '', code_frame: '', stack, hint: '' };
		try {
			const response = await fetch('/-/dev/error', {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ title, message, stack: stack.slice(0, 30_000) })
			});
			show('page', [response.ok ? await response.json() : plain]);
		} catch {
			show('page', [plain]);
		}
	}

	addEventListener('error', (event) => {
		// Errors of other origins and of elements that fail to load have no error object.
		if (event.error) thrown(event.error, 'Uncaught in the browser');
	});
	addEventListener('unhandledrejection', (event) => thrown(event.reason, 'Unhandled rejection in the browser'));
	// Errors for which the app shows its error page: of its code in the browser, and of a request to the server.
	addEventListener('wellhead:error', async ({ detail }) => {
		if ('error' in detail) return thrown(detail.error, 'Error in the browser');
		const response = await fetch(`/-/dev/problems?${detail.trace}`).catch(() => null);
		if (response?.ok) show('page', await response.json());
	});

	/** Shows the problems that came with the document, once they are there. */
	function own() {
		const element = document.getElementById('wellhead-problems');
		if (!element) return;
		element.removeAttribute('id');
		show('page', JSON.parse(element.textContent));
	}
	window.__wellheadDev = own;
	own();

	let build = null;
	const events = new EventSource('/-/dev');
	events.addEventListener('build', (event) => {
		// Between this page and the first event there may have been a build already.
		const [, hash] = event.data.split(' ');
		if (build === null ? made !== undefined && made !== hash : build !== event.data) {
			// Who has state that may outlive the page keeps it now.
			dispatchEvent(new Event('wellhead:reload'));
			location.reload();
		}
		build = event.data;
	});
	events.addEventListener('problems', (event) => {
		const problems = JSON.parse(event.data);
		if (problems.length > 0) show('build', problems);
		else if (kind === 'build') close();
	});
})();

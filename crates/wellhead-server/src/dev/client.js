// The development client: shows problems over the page, and loads the page again after a build.
(() => {
	if (window.__wellheadDev) return;
	window.__wellheadDev = true;

	let host = null;

	function element(name, text, style) {
		const node = document.createElement(name);
		if (text) node.textContent = text;
		if (style) node.style.cssText = style;
		return node;
	}

	function close() {
		host?.remove();
		host = null;
	}

	function show(problems) {
		close();
		if (problems.length === 0) return;
		host = document.createElement('wellhead-overlay');
		const root = host.attachShadow({ mode: 'open' });
		const back = element('div', '', 'position:fixed;inset:0;z-index:2147483647;overflow:auto;background:#000b;font:15px/1.5 system-ui,sans-serif');
		const card = element('div', '', 'max-width:60rem;margin:4vh auto;padding:1.5rem;border-radius:10px;background:#1c1917;color:#e7e5e4;border-top:4px solid #ef4444');
		card.setAttribute('role', 'dialog');
		card.setAttribute('aria-label', 'Problems');
		const button = element('button', 'Close (Esc)', 'float:right;font:inherit;color:inherit;background:#44403c;border:0;border-radius:6px;padding:.25rem .75rem;cursor:pointer');
		button.onclick = close;
		card.append(button);
		const pre = 'overflow:auto;padding:.75rem;margin:.5rem 0;border-radius:6px;background:#292524;font:13px/1.5 ui-monospace,monospace;white-space:pre';
		for (const problem of problems) {
			card.append(element('h2', problem.title, 'margin:.5rem 0 0;font-size:1rem;color:#fca5a5'));
			card.append(element('p', problem.message, 'margin:.25rem 0;font-size:1.1rem;white-space:pre-wrap'));
			if (problem.place) card.append(element('p', problem.place, 'margin:.25rem 0;color:#7dd3fc'));
			if (problem.code_frame) card.append(element('pre', problem.code_frame, pre));
			if (problem.stack) card.append(element('pre', problem.stack, pre + ';opacity:.7'));
			if (problem.hint) card.append(element('p', problem.hint, 'margin:.25rem 0;color:#fde68a;white-space:pre-wrap'));
		}
		back.append(card);
		root.append(back);
		document.documentElement.append(host);
	}

	addEventListener('keydown', (event) => {
		if (event.key === 'Escape') close();
	});

	function thrown(error, place) {
		show([
			{
				title: 'Error in the browser',
				message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
				place: place ?? '',
				code_frame: '',
				stack: error?.stack ?? '',
				hint: ''
			}
		]);
	}
	addEventListener('error', (event) => {
		// Errors of other origins and of elements that fail to load have no error object.
		if (event.error) thrown(event.error, event.filename && `${event.filename}:${event.lineno}:${event.colno}`);
	});
	addEventListener('unhandledrejection', (event) => thrown(event.reason));

	const own = document.getElementById('wellhead-problems');
	if (own) show(JSON.parse(own.textContent));

	let build = null;
	const events = new EventSource('/-/dev');
	events.addEventListener('build', (event) => {
		if (build !== null && build !== event.data) location.reload();
		build = event.data;
	});
	events.addEventListener('problems', (event) => show(JSON.parse(event.data)));
})();

// The connection of a live page: joined, kept, lost, resumed, given up.
import assert from 'node:assert/strict';

import { liveTest } from '../live.mjs';

const body = '<button id="b" @click="more">0</button>';
const counter = { body };

/** @param {import('playwright-core').Page} page @param {string} state */
const becomes = (page, state) => page.locator(`html[data-live=${state}]`).waitFor({ state: 'attached' });

liveTest('a click is an event, and its answer a patch', counter, async ({ page, server }) => {
	await page.click('#b');
	await server.expect({ type: 'event', component: 0, handler: 'more' });
	server.patch(1, { op: 'setText', node: 3, text: '1' });
	await page.getByText('1').waitFor();
});

liveTest('the page joins with what it was given', { ...counter, later: true }, async ({ server, visitPage }) => {
	const join = await visitPage();
	assert.deepEqual(join, { type: 'join', token: 'page', url: `${server.url}/`, components: [{ token: 't0', nodes: 3, digest: '1'.repeat(16) }] });
});

liveTest('what happens before the page has joined is sent then', { bodies: ['<p></p>', body], later: true }, async ({ page, server, visitPage }) => {
	const answer = server.answer;
	server.answer = null;
	const join = await visitPage();
	await page.click('#b');
	await page.locator('#b.ts-loading').waitFor();
	assert.equal(await page.getAttribute('html', 'data-live'), 'connecting');
	server.send({ .../** @type {any} */ (answer)(join), components: [{ component: 7, state: 'current' }, { component: 4, state: 'current' }] });
	await server.expect({ type: 'event', component: 4, handler: 'more' });
});

liveTest('bytes are the usual form', { ...counter, search: '?wire=binary' }, async ({ page, server }) => {
	assert.deepEqual(server.socket?.offered, ['wellhead.v1']);
	// docs/protocol.md has these: joined, a click, the patch that answers it.
	server.socket?.send(Buffer.from('080173000080ea0180801080800432010000', 'hex').subarray(0));
	await becomes(page, 'connected');
	await page.click('#b');
	assert.deepEqual(await server.next('bytes'), { type: 'bytes', hex: '040000046d6f7265' });
	server.socket?.send(Buffer.from('0100060139', 'hex'));
	await page.getByText('9').waitFor();
	await page.click('#b');
	assert.deepEqual(await server.next('bytes'), { type: 'bytes', hex: '040001' });
});

liveTest('operations are about the component that is named', { bodies: ['<p id="a">a</p>', '<p id="z">z</p>'] }, async ({ page, server }) => {
	server.patch(0, { op: 'setText', node: 3, text: 'A' }, { op: 'component', component: 1 }, { op: 'setText', node: 3, text: 'Z' }, { op: 'component', component: 0 }, { op: 'setAttribute', node: 2, name: 'class', value: 'x' });
	await page.locator('#a.x').waitFor();
	assert.deepEqual(await page.locator('p').allTextContents(), ['A', 'Z']);
});

const nested = '<p>outer</p><section><button id="in" @click="save">in</button><button id="out" @click="^save([1])">out</button></section><button id="own" @click="save">own</button>';
liveTest('events go to the innermost component', { body: nested, block: { components: [{ id: 'c0', token: 't0', digest: '0'.repeat(16), marks: [[4, 1, 5]] }] } }, async ({ page, server }) => {
	for (const [id, event] of /** @type {const} */ ([
		['in', { component: 5, handler: 'save' }],
		['out', { component: 5, handler: '^save', payload: { args: [1] } }],
		['own', { component: 0, handler: 'save' }]
	])) {
		await page.click(`#${id}`);
		await server.expect({ type: 'event', ...event });
	}
	// A mark that comes with a patch.
	server.patch(3, { op: 'insertEnd', node: 1, html: '<div><button id="new" @click="save">new</button></div>' }, { op: 'mark', node: 11, count: 1, component: 9 });
	await page.click('#new');
	await server.expect({ type: 'event', component: 9, handler: 'save' });
});

liveTest('sixteen messages are acknowledged at once, fewer after a while', counter, async ({ page, server }) => {
	for (let i = 1; i <= 17; i++) server.patch(0, { op: 'setText', node: 3, text: String(i) });
	await page.getByText('17', { exact: true }).waitFor();
	assert.deepEqual(await server.next('ack'), { type: 'ack', received: 16 });
	assert.deepEqual(await server.next('ack'), { type: 'ack', received: 17 });
});

liveTest('a heartbeat is sent when nothing else is', { ...counter, joined: { heartbeat: 400 } }, async ({ server }) => {
	// Half of the time, and never so long that the server may close.
	for (let i = 0; i < 3; i++) {
		server.send({ type: 'heartbeat' });
		await server.next('heartbeat');
	}
});

liveTest('a server that says nothing for the time of a heartbeat is left', { ...counter, joined: { heartbeat: 400 } }, async ({ page, server }) => {
	const join = await server.connection(2);
	assert.deepEqual(join.resume, { session: 's1', received: 0, events: 0 });
	await becomes(page, 'connected');
});

liveTest('a lost connection is resumed: messages go on, events are sent again', counter, async ({ page, server }) => {
	server.patch(0, { op: 'setText', node: 3, text: '1' });
	await page.getByText('1').waitFor();
	await page.click('#b');
	await server.next('event');
	server.answer = null;
	server.socket?.destroy();
	await becomes(page, 'disconnected');
	// It is kept, and shows that it is under way.
	await page.click('#b');
	await page.locator('#b.ts-loading').waitFor();
	const join = await server.connection(2);
	assert.deepEqual(join.resume, { session: 's1', received: 1, events: 1 });
	// The session has not seen the first click.
	server.send({ type: 'joined', session: 's1', stream: 'continued', events: 0, heartbeat: 30_000, limits: { message: 9999, chunk: 999, events: 50 }, components: [{ component: 0, state: 'current' }] });
	await server.expect({ type: 'event', component: 0, handler: 'more' });
	await server.expect({ type: 'event', component: 0, handler: 'more' });
	server.patch(2, { op: 'setText', node: 3, text: '3' });
	await page.locator('#b:not(.ts-loading)', { hasText: '3' }).waitFor();
});

liveTest('what the session has handled is not sent again', counter, async ({ page, server }) => {
	await page.click('#b');
	await server.next('event');
	server.socket?.destroy();
	await becomes(page, 'disconnected');
	await page.click('#b');
	// The answer says that one event was handled.
	server.options.joined = { events: 1 };
	await server.connection(2);
	await server.expect({ type: 'event', component: 0, handler: 'more' });
	server.patch(1);
	server.patch(1, { op: 'setText', node: 3, text: '2' });
	await page.locator('#b:not(.ts-loading)', { hasText: '2' }).waitFor();
	assert.deepEqual(server.heard.filter(({ type }) => type === 'event'), []);
});

liveTest('the same session on another machine renders anew, and goes on with the events', counter, async ({ page, server }) => {
	server.patch(0, { op: 'setText', node: 3, text: '5' });
	await page.getByText('5').waitFor();
	await page.click('#b');
	await server.next('event');
	server.options.joined = { stream: 'new', events: 1, components: [{ component: 2, state: 'stale' }] };
	server.socket?.close(4000);
	const join = await server.connection(2);
	// What was painted first is not there any more.
	assert.deepEqual(join.components, [{ token: 't0', nodes: 3, digest: '0'.repeat(16) }]);
	await page.locator('#b:not(.ts-loading)').waitFor();
	await page.click('#b');
	await server.expect({ type: 'event', component: 2, handler: 'more' });
	server.send({ type: 'render', settled: 1, component: 2, html: '<button id="b" @click="more"> <i>7</i></button>' });
	await page.locator('#b:not(.ts-loading) i').waitFor();
	server.patch(0, { op: 'component', component: 2 }, { op: 'setText', node: 5, text: '8' });
	await page.locator('i', { hasText: '8' }).waitFor();
});

liveTest('a server that goes as soon as the page has joined, and comes again, finds the same page', { ...counter, later: true }, async ({ page, server, complaints, visitPage }) => {
	complaints.allow(/WebSocket connection|ERR_FAILED/);
	await page.clock.install();
	await visitPage();
	await page.evaluate('window.sameDocument = true');
	await page.route('**/client/**', (route) => (server.isUp ? route.continue() : route.abort()));
	server.isUp = false;
	server.socket?.destroy();
	await becomes(page, 'disconnected');
	// What is loaded a while after the page has joined could not be had now.
	await page.clock.runFor(1000);
	server.isUp = true;
	server.options.joined = { stream: 'new', components: [{ component: 0, state: 'stale' }] };
	await page.evaluate(() => dispatchEvent(new Event('online')));
	await becomes(page, 'connected');
	server.send({ type: 'render', settled: 0, component: 0, html: body.replace('0', '7') });
	await page.getByRole('button', { name: '7' }).waitFor();
	assert.equal(await page.evaluate('window.sameDocument'), true);
});

liveTest('of another session nothing is known: events start from 1', counter, async ({ page, server }) => {
	server.send({ type: 'title', text: 'of the first session' });
	await page.waitForFunction(() => document.title === 'of the first session');
	await page.evaluate(() => document.addEventListener('wellhead:live:error', (event) => (document.title = /** @type {any} */ (event).detail.code)));
	await page.click('#b');
	await server.next('event');
	server.options.joined = { session: 's2', stream: 'new', events: 0, components: [{ component: 0, state: 'stale' }] };
	server.socket?.destroy();
	await server.connection(2);
	await page.waitForFunction(() => document.title === 'lost');
	await page.locator('#b:not(.ts-loading)').waitFor();
	server.send({ type: 'render', settled: 0, component: 0, html: body });
	await page.click('#b');
	await server.expect({ type: 'event', component: 0, handler: 'more' });
	server.patch(1, { op: 'setText', node: 3, text: 'one' });
	await page.locator('#b:not(.ts-loading)', { hasText: 'one' }).waitFor();
	server.socket?.destroy();
	server.options.joined = {};
	const join = await server.connection(3);
	assert.deepEqual(join.resume, { session: 's2', received: 2, events: 1 });
});

const composed = '<input id="i" ts-model="name" value="a"><b id="n" ts-text="name">a</b><button id="b" @click="more">0</button>';
liveTest('a patch that waits for an input method holds up messages, not events', { body: composed }, async ({ page, server }) => {
	await page.locator('#n', { hasText: 'a' }).waitFor();
	const session = await page.context().newCDPSession(page);
	await page.focus('#i');
	await page.keyboard.press('End');
	await session.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
	await server.eventually({ handler: 'ts-model' });
	server.patch(1, { op: 'setProperty', node: 2, name: 'value', value: 'insists' }, { op: 'spliceText', node: 4, at: 1, remove: 0, text: 'z' });
	server.send({ type: 'title', text: 'after it' });
	await page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector('#b')).click());
	await server.eventually({ handler: 'more' });
	// The connection is lost meanwhile, and the server has handled the first event only.
	server.options.joined = { events: 1 };
	server.socket?.destroy();
	const join = await server.connection(2);
	assert.deepEqual(join.resume, { session: 's1', received: 2, events: 2 });
	await server.expect({ type: 'event', component: 0, handler: 'more' });
	await page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector('#b')).click());
	await server.expect({ type: 'event', component: 0, handler: 'more' });
	assert.equal(await page.title(), 'live');
	await session.send('Input.insertText', { text: '日' });
	await page.waitForFunction(() => document.title === 'after it');
	assert.equal(await page.inputValue('#i'), 'insists');
	// What the user has composed is under way until now.
	await server.eventually({ handler: 'ts-model' });
	server.patch(3);
	await page.locator('#n', { hasText: 'insists' }).waitFor();
});

liveTest('an operation that does not fit asks for the component anew, and others go on', { bodies: [body, '<p id="z">z</p>'] }, async ({ page, server }) => {
	server.patch(0, { op: 'setText', node: 99, text: 'x' }, { op: 'component', component: 1 }, { op: 'setText', node: 3, text: 'Z' });
	const { component, reason } = await server.next('resync');
	assert.equal(component, 0);
	assert.match(reason, /99/);
	await page.locator('#z', { hasText: 'Z' }).waitFor();
	// Nothing is done to the component until then.
	server.patch(0, { op: 'setText', node: 3, text: 'wrong' }, { op: 'component', component: 1 }, { op: 'setText', node: 3, text: 'ZZ' });
	await page.locator('#z', { hasText: 'ZZ' }).waitFor();
	assert.equal(await page.textContent('#b'), '0');
	server.send({ type: 'render', settled: 0, component: 0, html: '<b>new</b>' });
	server.patch(0, { op: 'setText', node: 3, text: 'newer' });
	await page.locator('#c0 b', { hasText: 'newer' }).waitFor();
});

liveTest('a resync that was lost with the connection is asked for again', counter, async ({ page, server }) => {
	server.patch(0, { op: 'setText', node: 99, text: 'x' });
	await server.next('resync');
	server.socket?.destroy();
	await server.connection(2);
	assert.equal((await server.next('resync')).component, 0);
	server.send({ type: 'render', settled: 0, component: 0, html: '<b>new</b>' });
	await page.locator('#c0 b').waitFor();
});

liveTest('what cannot be read is asked for again by a new decoder', counter, async ({ page, server }) => {
	server.patch(0, { op: 'setText', node: 3, text: '1' });
	await page.getByText('1').waitFor();
	server.socket?.send('{');
	const join = await server.connection(2);
	assert.deepEqual(join.resume, { session: 's1', received: 0, events: 0 });
});

for (const [code, what] of /** @type {const} */ ([
	[4300, 'not_authorised'],
	[4302, 'taken_over'],
	[4399, 'a code of the future']
])) {
	liveTest(`${code} (${what}): the page stays as it is`, counter, async ({ page, server }) => {
		server.socket?.close(code);
		await becomes(page, 'gone');
		await page.evaluate(() => dispatchEvent(new Event('online')));
		assert.equal(server.connections, 1);
		assert.equal(await page.textContent('#b'), '0');
	});
}

for (const code of [4000, 4001, 4100, 4103, 1006, 1011, 4999]) {
	liveTest(`${code}: it connects again`, counter, async ({ page, server }) => {
		if (code === 1006) server.socket?.destroy();
		else server.socket?.close(code);
		await server.connection(2);
		await becomes(page, 'connected');
		assert.equal(server.requests.filter((request) => request === 'GET /').length, 1);
	});
}

liveTest('42xx: the page is loaded again, once', counter, async ({ page, server }) => {
	await page.evaluate('window.before = true');
	server.socket?.close(4203);
	await server.connection(2);
	await becomes(page, 'connected');
	assert.equal(await page.evaluate('window.before'), undefined);
	server.socket?.close(4200);
	await becomes(page, 'gone');
	assert.equal(server.requests.filter((request) => request === 'GET /').length, 2);
});

liveTest('the server can have the page loaded again', counter, async ({ server }) => {
	server.send({ type: 'reload', reason: 'a new version' });
	const join = await server.connection(2);
	assert.equal(join.resume, undefined);
});

liveTest('where storage is forbidden nothing is loaded again', { ...counter, before: "Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('forbidden') } })" }, async ({ page, server }) => {
	server.socket?.close(4203);
	await becomes(page, 'gone');
	assert.equal(server.connections, 1);
});

liveTest('a server that is down is tried again and again, and the page keeps what was entered', { body: '<input id="i">' }, async ({ page, server, complaints }) => {
	complaints.expect(/WebSocket connection/);
	await page.fill('#i', 'unsent');
	server.isUp = false;
	server.socket?.destroy();
	await becomes(page, 'disconnected');
	await page.waitForEvent('console', (message) => message.text().includes('WebSocket connection'));
	await page.waitForEvent('console', (message) => message.text().includes('WebSocket connection'));
	server.isUp = true;
	await server.connection(2);
	await becomes(page, 'connected');
	assert.equal(await page.inputValue('#i'), 'unsent');
});

liveTest('where only the socket is refused, the page is loaded again in the end, once', counter, async ({ page, server, complaints }) => {
	complaints.expect(/WebSocket connection/);
	await page.clock.install();
	server.takesSockets = false;
	server.socket?.destroy();
	await becomes(page, 'disconnected');
	let tries = 0;
	/** How many there were when the page was loaded again. @type {number | undefined} */
	let enough;
	page.on('websocket', () => tries++);
	page.on('framenavigated', () => (enough ??= tries));
	// How many tries a turn of the clock has room for depends on how soon they are refused.
	for (const deadline = Date.now() + 60_000; enough === undefined && Date.now() < deadline; ) await page.clock.runFor(30_000).catch(() => {});
	assert.ok(enough !== undefined, 'it is loaded again');
	assert.ok(enough >= 8, 'it tries for a while');
	await page.locator('html[data-live]').waitFor({ state: 'attached' });
	assert.ok(server.requests.includes('HEAD /'));
});

liveTest('a page that answers slowly is loaded again while another try is under way', counter, async ({ page, server, complaints }) => {
	complaints.expect(/WebSocket connection/);
	await page.clock.install();
	let answer = () => {};
	const answers = new Promise((resolve) => (answer = () => resolve(undefined)));
	let isAsked = false;
	await page.route('**/', async (route) => {
		if (route.request().method() === 'HEAD') {
			isAsked = true;
			await answers;
		}
		await route.continue();
	});
	server.takesSockets = false;
	server.socket?.destroy();
	await becomes(page, 'disconnected');
	for (const deadline = Date.now() + 60_000; !isAsked && Date.now() < deadline; ) await page.clock.runFor(30_000);
	// From now on nobody answers a socket.
	let isTried = false;
	server.upgrade = () => {};
	page.on('websocket', () => (isTried = true));
	for (const deadline = Date.now() + 60_000; !isTried && Date.now() < deadline; ) await page.clock.runFor(1000);
	const loaded = page.waitForEvent('framenavigated');
	answer();
	await loaded;
});

liveTest('a network that fails often is no reason to load the page again', { body: '<p>0</p>' }, async ({ page, server }) => {
	for (let times = 1; times < 12; times++) {
		server.patch(0, { op: 'setText', node: 3, text: String(times) });
		await page.locator('p').filter({ hasText: new RegExp(`^${times}$`) }).waitFor();
		server.socket?.destroy();
		await becomes(page, 'disconnected');
		// Somewhere there is a network again.
		await page.evaluate(() => dispatchEvent(new Event('online')));
		await server.connection(times + 1);
		await becomes(page, 'connected');
	}
	assert.deepEqual(server.requests.filter((request) => request.endsWith(' /')), ['GET /']);
});

liveTest('the network goes and comes', counter, async ({ page, server, complaints }) => {
	complaints.expect(/WebSocket connection/);
	const tried = page.waitForEvent('console', (message) => message.text().includes('WebSocket connection'));
	await page.context().setOffline(true);
	await becomes(page, 'disconnected');
	await page.click('#b');
	await tried;
	await page.context().setOffline(false);
	await server.connection(2);
	await server.expect({ type: 'event', component: 0, handler: 'more' });
});

liveTest('a page that slept looks at once', { ...counter, joined: { heartbeat: 60_000 } }, async ({ page, server }) => {
	// What a laptop does that was closed for ten minutes: the clock has gone on, the timers have not.
	await page.evaluate(() => {
		const { now } = Date;
		Date.now = () => now() + 600_000;
		document.dispatchEvent(new Event('visibilitychange'));
	});
	await server.connection(2);
	await becomes(page, 'connected');
});

liveTest('a frozen page goes on when it is shown', counter, async ({ page, server }) => {
	const session = await page.context().newCDPSession(page);
	await session.send('Page.setWebLifecycleState', { state: 'frozen' });
	server.socket?.destroy();
	await session.send('Page.setWebLifecycleState', { state: 'active' });
	await server.connection(2);
	await becomes(page, 'connected');
	await page.click('#b');
	await server.expect({ type: 'event', component: 0, handler: 'more' });
});

liveTest('a page that was left comes back with its session', { ...counter, launch: ['--disable-back-forward-cache'] }, async ({ page, server }) => {
	await page.evaluate("addEventListener('pageshow', ({ persisted }) => (document.body.dataset.persisted = persisted))");
	server.patch(0, { op: 'setText', node: 3, text: '5' });
	await page.getByText('5').waitFor();
	await page.goto(`${server.url.replace('127.0.0.1', 'localhost')}/`);
	await server.connection(2);
	await page.evaluate('history.back()').catch(() => {});
	await page.locator('body[data-persisted=true]').waitFor();
	const join = await server.connection(3);
	assert.deepEqual(join.resume, { session: 's1', received: 1, events: 0 });
	assert.equal(await page.textContent('#b'), '5');
	await becomes(page, 'connected');
});

liveTest('two tabs have nothing to do with each other', counter, async ({ page, server }) => {
	const other = await page.context().newPage();
	await other.goto(`${server.url}/`);
	const join = await server.connection(2);
	assert.equal(join.resume, undefined);
	await becomes(other, 'connected');
	server.patch(0, { op: 'setText', node: 3, text: 'second' });
	await other.getByText('second').waitFor();
	assert.equal(await page.textContent('#b'), '0');
});

liveTest('events are sent no faster than they may be', { ...counter, joined: { limits: { message: 99_999, chunk: 999, events: 3 } } }, async ({ page, server }) => {
	await page.evaluate(() => {
		for (let i = 0; i < 5; i++) /** @type {HTMLElement} */ (document.querySelector('#b')).click();
	});
	const first = Date.now();
	for (let i = 0; i < 5; i++) await server.next('event');
	assert.ok(Date.now() - first > 500, 'two of them waited');
});

liveTest('what is too long is not sent, and is told', { body: '<input id="i" @change="set"><button id="b" @click="more">0</button>', joined: { limits: { message: 300, chunk: 999, events: 50 } } }, async ({ page, server }) => {
	await page.evaluate(() => document.addEventListener('wellhead:live:error', (event) => (document.title = `${/** @type {any} */ (event).detail.code} ${/** @type {Element} */ (event.target).id}`)));
	await page.fill('#i', 'ä'.repeat(200));
	await page.keyboard.press('Tab');
	await page.waitForFunction(() => document.title === 'too_long i');
	await page.click('#b');
	await server.expect({ type: 'event', component: 0, handler: 'more' });
});

liveTest('an error is told where the event came from, and to who waits', { ...counter, before: "document.addEventListener('wellhead:live:error', (e) => (document.title = `${e.detail.code} ${e.detail.message} ${e.detail.trace} ${e.target.id}`))" }, async ({ page, server }) => {
	await page.click('#b');
	await server.next('event');
	server.send({ type: 'error', code: 'handler', message: 'It failed.', trace: 'abc', event: 1 });
	await page.waitForFunction(() => document.title === 'handler It failed. abc b');
	server.patch(1);
	await page.locator('#b:not(.ts-loading)').waitFor();
});

liveTest('a component that is refused or has ended says so', { bodies: ['<p>0</p>', '<p>1</p>'], joined: { components: [{ component: 0, state: 'current' }, { component: 1, state: 'refused' }] } }, async ({ page, server }) => {
	await page.locator('#c1[data-live=gone]').waitFor();
	server.send({ type: 'gone', component: 0 });
	await page.locator('#c0[data-live=gone] p').waitFor();
});

liveTest('the title changes, and pushes are events', { ...counter, before: "addEventListener('live:chart', (e) => (document.body.dataset.chart = JSON.stringify(e.detail)))" }, async ({ page, server }) => {
	server.send({ type: 'title', text: 'Ünread (2)' });
	server.send({ type: 'push', component: 0, name: 'chart', value: [1, 2] });
	await page.waitForFunction(() => document.title === 'Ünread (2)');
	await page.locator("body[data-chart='[1,2]']").waitFor();
});


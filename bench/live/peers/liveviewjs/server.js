// The pages of bench/live in LiveViewJS: `node server.js PORT FOLDER`, with the folder of `client.js` as built.
import { createServer } from 'node:http';

// On import, LiveViewJS loads types of uploads from a CDN. Nothing is uploaded here, and a benchmark stays on its machine.
globalThis.fetch = () => Promise.resolve(new Response('{}'));

const { createLiveView, html, safe } = await import('liveviewjs');
const { NodeExpressLiveViewServer } = await import('@liveviewjs/express');
const { default: express } = await import('express');
const { default: session } = await import('express-session');
const { WebSocketServer } = await import('ws');

/** What a click costs. */
const counter = createLiveView({
	mount: (socket) => socket.assign({ count: 0 }),
	handleEvent: (_event, socket) => socket.assign({ count: socket.context.count + 1 }),
	render: ({ count }) => html`<button phx-click="increment">${count}</button>`
});

/** What it costs to prepend a row to 1,000. */
const rows = createLiveView({
	mount: (socket) => socket.assign({ rows: Array.from({ length: 1000 }, (_, index) => 1000 - index) }),
	handleEvent: (_event, socket) =>
		socket.assign({ rows: [socket.context.rows.length + 1, ...socket.context.rows] }),
	render: ({ rows }) =>
		html`<button phx-click="prepend">Prepend</button>
			<ul>${rows.map((row) => html`<li id="row-${row}">Row ${row}</li>`)}</ul>`
});

/** What it costs to change one of 10,000 cells. */
const cells = createLiveView({
	mount: (socket) =>
		socket.assign({
			changes: 0,
			rows: Array.from({ length: 100 }, (_, row) => Array.from({ length: 100 }, (_, column) => 1000 + row * 100 + column))
		}),
	handleEvent: (_event, socket) => {
		const changes = socket.context.changes + 1;
		const cell = (changes * 7919) % 10_000;
		const rows = socket.context.rows.map((row) => [...row]);
		rows[Math.floor(cell / 100)][cell % 100] = 70_000 + changes;
		socket.assign({ changes, rows });
	},
	render: ({ rows }) =>
		html`<button phx-click="change">Change</button>
			<table><tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`
});

const page = ({ title }, token, content) => html`<!DOCTYPE html>
<html lang="en">
	<head>
		<title>${title}</title>
		<meta name="csrf-token" content="${token}" />
		<script defer src="/client.js"></script>
	</head>
	<body>${safe(content)}</body>
</html>`;

const routes = { '/': counter, '/rows': rows, '/cells': cells };
const live = new NodeExpressLiveViewServer(routes, page, { title: 'LiveViewJS' }, { serDeSigningSecret: 'of a benchmark' });
const app = express();
// Each page is loaded by somebody else, who sends no cookie: sessions that nobody asks for again are not kept.
app.use(session({ secret: 'of a benchmark', resave: false, saveUninitialized: false, store: new (class extends session.Store {
	get(_id, done) { done(null, null); }
	set(_id, _session, done) { done?.(); }
	destroy(_id, done) { done?.(); }
})() }));
app.use(express.static(process.argv[3]));
app.use(live.httpMiddleware());
const server = createServer(app);
await live.wsMiddleware()(new WebSocketServer({ server }));
server.listen(Number(process.argv[2]), '127.0.0.1', () => {
	console.log(`http://127.0.0.1:${server.address().port}`);
});

// Peer: bare node:http, and the same compiled components through svelte/server's `render`.
// Usage: node render.mjs PAGES.mjs APP.html
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const [pagesFile, templateFile] = process.argv.slice(2);
const { pages, render } = await import(pathToFileURL(pagesFile).href);
const [start, middle, end] = readFileSync(templateFile, 'utf8').split(/%\w+\.(?:head|body)%/);

const server = createServer(async (request, response) => {
	const page = pages[request.url ?? ''];
	if (!page) {
		response.writeHead(404).end();
		return;
	}
	const output = render(page.component, { props: { data: await page.load() } });
	// `head` and `body` are getters: nothing is rendered before the first is read.
	const html = start + output.head + middle + output.body + end;
	response.writeHead(200, {
		'content-type': 'text/html',
		'content-length': Buffer.byteLength(html)
	});
	response.end(html);
});

server.listen(0, '127.0.0.1', () => {
	const address = /** @type {import('node:net').AddressInfo} */ (server.address());
	console.log(`http://127.0.0.1:${address.port}`);
});
process.on('SIGTERM', () => process.exit(0));

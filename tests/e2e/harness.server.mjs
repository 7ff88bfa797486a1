// Pages that behave and misbehave, for the tests of the harness.
import { createServer } from 'node:http';

/** @type {Record<string, string>} */
const scripts = {
	'/': 'document.querySelector("p").textContent = "scripted";',
	'/error': 'console.error("it broke");',
	'/warning': 'console.warn("it may break");',
	'/throw': 'throw new Error("nobody caught it");',
	'/reject': 'Promise.reject(new Error("nobody awaited it"));'
};

const server = createServer((request, response) => {
	const { pathname } = new URL(request.url ?? '/', 'http://localhost');
	console.log(`${request.method} ${pathname}`);
	const script = scripts[pathname];
	response.writeHead(script === undefined && pathname !== '/favicon.ico' ? 404 : 200, {
		'content-type': 'text/html'
	});
	response.end(
		`<!doctype html><title>A page</title><meta name="viewport" content="width=device-width">` +
			`<p>plain</p><script>${script ?? ''}</script>`
	);
});
server.listen(0, '127.0.0.1', () => {
	const address = server.address();
	if (address && typeof address === 'object') console.log(`listening on http://127.0.0.1:${address.port}`);
});
process.on('SIGTERM', () => {
	server.close();
	server.closeAllConnections();
	process.exitCode = Number(process.env.EXIT_CODE ?? 0);
});

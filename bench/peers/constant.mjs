// Peer: bare node:http that sends one constant string, whatever is asked for: what HTTP alone costs in Node.
// Usage: node constant.mjs BODY.html
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const body = readFileSync(process.argv[2], 'utf8');

const server = createServer((_request, response) => {
	response.writeHead(200, {
		'content-type': 'text/html',
		'content-length': Buffer.byteLength(body)
	});
	response.end(body);
});

server.listen(0, '127.0.0.1', () => {
	const address = /** @type {import('node:net').AddressInfo} */ (server.address());
	console.log(`http://127.0.0.1:${address.port}`);
});
process.on('SIGTERM', () => process.exit(0));

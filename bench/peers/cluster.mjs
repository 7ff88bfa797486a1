// Peer: SvelteKit's adapter-node in several processes that share one port.
// Usage: node cluster.mjs INDEX.js PROCESSES
import cluster from 'node:cluster';
import { pathToFileURL } from 'node:url';

const [entry, processes] = process.argv.slice(2);

if (cluster.isPrimary) {
	process.env.HOST = '127.0.0.1';
	process.env.PORT = '0';
	let listening = 0;
	cluster.on('listening', (_worker, address) => {
		listening += 1;
		// Only now: an address printed by the first worker would be measured with the others still starting.
		if (listening === Number(processes)) console.log(`http://127.0.0.1:${address.port}`);
	});
	cluster.on('exit', (worker, code, signal) => {
		if (worker.exitedAfterDisconnect || signal === 'SIGTERM') return;
		console.error(`a worker ended by itself with ${signal ?? code}`);
		process.exit(1);
	});
	process.on('SIGTERM', () => {
		for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM');
		process.exit(0);
	});
	for (let i = 0; i < Number(processes); i += 1) cluster.fork();
} else {
	// The worker's own "Listening on" line would be taken for the address.
	console.log = () => {};
	await import(pathToFileURL(entry).href);
}

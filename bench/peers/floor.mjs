// The floor: Svelte's `render` in a loop in one isolate, with no HTTP. The data is loaded once.
// Usage: node floor.mjs PAGES.mjs ROUTE SECONDS   prints {"ns_per_render": …, "cpu_ns_per_render": …, "bytes": …}
import { pathToFileURL } from 'node:url';

const [pagesFile, route, seconds] = process.argv.slice(2);
const { pages, render } = await import(pathToFileURL(pagesFile).href);
const { component, load } = pages[route];
const props = { data: await load() };
let bytes = 0;

/** @param {number} milliseconds */
function renderFor(milliseconds) {
	const batch = 20;
	const startCpu = process.cpuUsage();
	const start = performance.now();
	let renders = 0;
	let elapsed = 0;
	while (elapsed < milliseconds) {
		for (let i = 0; i < batch; i += 1) {
			const output = render(component, { props });
			bytes = output.head.length + output.body.length;
		}
		renders += batch;
		elapsed = performance.now() - start;
	}
	const cpu = process.cpuUsage(startCpu);
	return {
		ns_per_render: (elapsed * 1e6) / renders,
		cpu_ns_per_render: ((cpu.user + cpu.system) * 1000) / renders
	};
}

// As long to warm up as to measure, so that the optimising compiler is done.
renderFor(Number(seconds) * 1000);
console.log(JSON.stringify({ ...renderFor(Number(seconds) * 1000), bytes }));

// The Markdown table of a run.
import { barConnections, readBars, summary } from './bars.mjs';
import { median, percentile, spread, threeDigits } from './numbers.mjs';

/** @typedef {import('./bars.mjs').Results} Results */
/** @typedef {import('./options.mjs').Options} Options */

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
const table = (head, rows) =>
	[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** @param {number} kib */
const mebibytes = (kib) => threeDigits(kib / 1024);

/** @param {number} nanoseconds */
const microseconds = (nanoseconds) => threeDigits(nanoseconds / 1000);

/** @param {number} share */
const percent = (share) => `${(share * 100).toFixed(0)} %`;

/** @param {import('./bars.mjs').Bar} bar */
function verdict({ met, withinNoise }) {
	if (met === null) return '–';
	return `${met ? 'met' : '**not met**'}${withinNoise ? ', within noise' : ''}`;
}

/** @param {Results} results */
function barsSection(results) {
	const rows = readBars(results).map((bar) => [
		bar.what,
		bar.target,
		bar.measured ?? 'not measured in this run',
		bar.range ?? '',
		verdict(bar)
	]);
	const head = ['bar', 'target', 'measured', 'its rounds', ''];
	return `## Bars\n\nReq/s, p99 and CPU at ${barConnections} connections.\n\n${table(head, rows)}`;
}

/**
 * @param {Options} options
 * @param {Results} results
 */
function throughputSections({ routes, connections, contenders }, { samples, bytes }) {
	return routes.map((route) => {
		const rows = connections.flatMap((open) => {
			const own = summary(samples, 'wellhead', route, open);
			return contenders.flatMap(({ name, label }) => {
				const figures = summary(samples, name, route, open);
				if (!figures) return [];
				const ratio =
					own && name !== 'wellhead'
						? `${(own.requestsPerSecond / figures.requestsPerSecond).toFixed(2)}×`
						: '';
				return [
					[
						String(open),
						label,
						`${threeDigits(figures.requestsPerSecond)} ± ${percent(spread(figures.rounds.map((round) => round.requestsPerSecond)))}`,
						ratio,
						threeDigits(figures.p50),
						threeDigits(figures.p99),
						threeDigits(figures.cpuPerRequest),
						mebibytes(figures.residentKib),
						(bytes[name]?.[route] ?? 0).toLocaleString('en')
					]
				];
			});
		});
		const head = [
			...['connections', 'contender', 'req/s', 'Wellhead is', 'p50 ms', 'p99 ms'],
			...['CPU ms/request', 'RSS MiB', 'body bytes']
		];
		return `## ${route.slice(1)}\n\n${table(head, rows)}`;
	});
}

/**
 * @param {Results} results
 * @param {(name: string) => string} labelOf
 */
function otherSections({ floors, streams, starts, memory }, labelOf) {
	const sections = [];
	if (floors.length > 0) {
		const rows = floors.map(({ name, route, nsPerRender, server, nsPerRenderTogether }) => [
			name,
			route.slice(1),
			...[Math.min(...nsPerRender), median(nsPerRender), Math.max(...nsPerRender)].map(microseconds),
			microseconds(nsPerRenderTogether),
			server.length > 0 ? microseconds(median(server.map(({ cpuPerRequest }) => cpuPerRequest)) * 1e6) : ''
		]);
		const head = [
			...['where', 'page', 'CPU µs/render alone, least', 'median', 'most', 'one loop per processor'],
			'CPU µs/request of Wellhead, same rounds'
		];
		sections.push(`## The floor: \`render()\` in a loop, no HTTP\n\n${table(head, rows)}`);
	}
	if (streams.length > 0) {
		const both = (/** @type {number[]} */ values) => [threeDigits(median(values)), threeDigits(percentile(values, 0.99))];
		const rows = streams.map(({ contender, firstByte, firstBodyByte, end }) => [
			labelOf(contender),
			String(end.length),
			...both(firstByte),
			...both(firstBodyByte),
			...both(end)
		]);
		const head = [
			...['contender', 'requests', 'first byte p50 ms', 'p99', 'first body byte p50 ms', 'p99', 'end p50 ms', 'p99']
		];
		sections.push(`## stream\n\n${table(head, rows)}`);
	}
	if (starts.length > 0) {
		const rows = starts.map(({ contender, milliseconds }) => [
			labelOf(contender),
			String(milliseconds.length),
			threeDigits(median(milliseconds)),
			threeDigits(Math.min(...milliseconds)),
			threeDigits(Math.max(...milliseconds))
		]);
		sections.push(
			`## From the start to the first 200\n\n${table(['contender', 'starts', 'median ms', 'fastest', 'slowest'], rows)}`
		);
	}
	if (memory.length > 0) {
		const rows = memory.map(({ contender, after }) => [
			labelOf(contender),
			String(after[0].kib.length),
			...after.map(({ kib }) => mebibytes(median(kib)))
		]);
		const head = memory[0].after.map(({ requests }) => `RSS MiB after ${requests.toLocaleString('en')}`);
		sections.push(`## Memory over *table* requests\n\n${table(['contender', 'processes', ...head], rows)}`);
	}
	return sections;
}

const method = `## How to read this

- Every page is one component file that SvelteKit, Wellhead and the peers without a framework all compile. All but
  *stream* have \`csr = false\` everywhere: nobody sends data for hydration. *stream* hydrates.
- SvelteKit serialises what a *server* load returns also when nothing of it will be sent, and drops it: on *table* that is most of
  its work. *table-universal* is the same page with its load in \`+page.ts\`, where nobody serialises: the harder comparison.
- Every request renders. Before the run each contender had to send the same markup, and before and after a page whose
  every render differs had to differ every time; no request asks for an encoding, none is conditional.
- req/s, p50, p99 and CPU are medians of the rounds; ± is half the range of the rounds. Rounds alternate between
  contenders. CPU is user and system time of all processes of the server, divided by the requests.
- *its rounds*: between which two figures the median of ever more such rounds would lie, with 95 % confidence (of five rounds, the
  least and the most). Ratios are those of single rounds, one right after the other. Where the target lies between the two,
  another run may well decide otherwise: the bar is met or not met *within noise*.
- The load generator (wrk, one thread) shares the processors with the servers, so with two processors a server that
  could use both does not get both. CPU per request does not depend on that.
- The floor is a median of rounds, each right after a round of Wellhead's server: the speed of a machine that others use too changes
  within seconds. The bars of CPU per request are read on these rounds. Processors that are two threads of one core, or share a
  cache, are each slower while both work: that is the figure with one loop per processor, and a loaded server works like that.
- RSS is the sum over the processes of a server, right after a round; pages that processes share count for each.
- The constant peers send the very page that Wellhead sends (SvelteKit's when Wellhead does not take part).`;

/**
 * @param {Options} options
 * @param {Results} results
 * @param {import('./setup.mjs').Environment} environment
 * @param {string[]} doubtful
 */
export function report(options, results, environment, doubtful) {
	const labels = new Map(options.contenders.map(({ name, label }) => [name, label]));
	const labelOf = (/** @type {string} */ name) => labels.get(name) ?? name;
	const rounds = [...results.samples, ...results.floors.flatMap(({ server }) => server)];
	const disturbances = rounds.map(({ disturbance }) => disturbance);
	const disturbed =
		disturbances.length === 0
			? 'not measured'
			: `median ${percent(median(disturbances))}, most ${percent(Math.max(...disturbances))} of the machine in a round; ${rounds.filter(({ repeats }) => repeats > 0).length} of ${rounds.length} rounds measured again`;
	const about = [
		['command', `\`${environment.command}\``],
		['date', environment.date],
		['machine', environment.machine],
		['versions', environment.versions],
		['wellhead', environment.wellhead],
		[
			'rounds',
			`${options.rounds} of ${options.seconds} s for each contender, page and number of connections, after ${options.warmupSeconds} s of warming up`
		],
		['used by others meanwhile', disturbed]
	];
	const warnings = [
		...(options.quick ? ['**A quick run: too short for its figures to mean much.**'] : []),
		...(options.partial ? ['**A partial run: options left something out.**'] : []),
		...(doubtful.length > 0
			? [`**Not to be believed:**\n\n${doubtful.map((text) => `- ${text}`).join('\n')}`]
			: [])
	];
	return [
		'# Results',
		'Written by `node bench/run.mjs`; see README.md for what is measured and how.',
		...warnings,
		table(['', ''], about),
		barsSection(results),
		...(results.samples.length > 0 ? throughputSections(options, results) : []),
		...otherSections(results, labelOf),
		method,
		''
	].join('\n\n');
}

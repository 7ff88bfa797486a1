// What the peers without a framework are built from: the app's own components and loads, and Svelte's `render`.
import Fresh from '../src/routes/fresh/+page.svelte';
import Hello from '../src/routes/hello/+page.svelte';
import Spiral from '../src/routes/spiral/+page.svelte';
import { load as loadTable } from '../src/routes/table/+page.server.ts';
import Table from '../src/routes/table/+page.svelte';

export { render } from 'svelte/server';

const noData = () => ({});

/** @type {Record<string, { component: any, load: () => any }>} */
export const pages = {
	'/fresh': { component: Fresh, load: loadTable },
	'/hello': { component: Hello, load: noData },
	'/spiral': { component: Spiral, load: noData },
	'/table': { component: Table, load: loadTable }
};

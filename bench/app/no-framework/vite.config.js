// Builds pages.js into one module, as SvelteKit builds its server: production mode, dependencies bundled.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
	plugins: [svelte({ configFile: false })],
	ssr: { noExternal: true },
	build: {
		ssr: 'no-framework/pages.js',
		outDir: '../.work/pages',
		emptyOutDir: true,
		rolldownOptions: { output: { entryFileNames: 'pages.mjs' } }
	}
});

// How the SvelteKit peer is built. Wellhead does not read this file.
import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

export default defineConfig({
	plugins: [
		sveltekit({
			adapter: adapter({ out: '../.work/sveltekit', precompress: false }),
			files: { appTemplate: 'src/app.sveltekit.html' }
		})
	]
});

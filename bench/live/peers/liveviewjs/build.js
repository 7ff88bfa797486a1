// Bundles what a browser loads: `node build.js FILE`.
import { build } from 'esbuild';

await build({ entryPoints: ['client.js'], bundle: true, minify: true, target: 'es2022', outfile: process.argv[2] });

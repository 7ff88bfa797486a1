// Where things are: told by `cargo xtask e2e`, else as it leaves them, so that
// `node --test tests/e2e/specs/NAME.spec.mjs` works by hand after it ran once.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const target = join(fileURLToPath(new URL('.', import.meta.url)), '../../target');

/** @param {string} name */
const told = (name) => process.env[name] || undefined;

/** `v8` or `node`: what runs the app's JavaScript on the server. */
export const engine = told('WELLHEAD_ENGINE') ?? 'v8';
/** The `wellhead` program. */
export const wellhead = told('WELLHEAD') ?? join(target, 'debug/wellhead');
/** The example `pairs` of wellhead-html: renders that follow one another. */
export const pairs = told('WELLHEAD_PAIRS') ?? join(target, 'debug/examples/pairs');
/** The folder with the built apps. */
export const apps = told('WELLHEAD_APPS') ?? join(target, 'e2e/apps');
/** Where a failing test leaves its screenshot and the server's log. */
export const output = told('WELLHEAD_E2E_OUTPUT') ?? join(target, 'e2e', engine);
/** The browser. */
export const chromium = told('CHROMIUM') ?? '/usr/bin/chromium';

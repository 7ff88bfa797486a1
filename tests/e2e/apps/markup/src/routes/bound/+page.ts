// What is rendered is looked at; an app's own use of `svelte/server` is no code for browsers.
export const csr = false;

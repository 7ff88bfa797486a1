// What a run tells whoever waits for it. The standard output is for the report.

/** @param {string} text */
export const progress = (text) => console.error(text);

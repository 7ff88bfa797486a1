// What a browser complains about: errors and warnings of the console, uncaught errors, crashes.
// A test fails on each one that it did not expect, and on each expected one that did not come.

/** @typedef {import('playwright-core').BrowserContext} BrowserContext */

export class Complaints {
	/** @type {string[]} */
	#heard = [];
	/** @type {RegExp[]} */
	#expected = [];
	/** @type {RegExp[]} */
	#allowed = [];

	/** @param {BrowserContext} context  all pages of it are listened to */
	constructor(context) {
		context.on('console', (message) => {
			if (!['error', 'warning'].includes(message.type())) return;
			const { url, lineNumber } = message.location();
			this.#heard.push(`console ${message.type()}: ${message.text()} (${url}:${lineNumber + 1})`);
		});
		context.on('weberror', (error) => {
			const reason = error.error();
			this.#heard.push(`uncaught: ${reason.stack ?? reason.message ?? reason}`);
		});
		context.on('page', (page) => page.on('crash', () => this.#heard.push(`crashed: ${page.url()}`)));
	}

	/**
	 * Says that the page under test complains, and how.
	 *
	 * @param {RegExp} pattern  fits the text as a failing test shows it
	 */
	expect(pattern) {
		this.#expected.push(pattern);
	}

	/**
	 * Says how the page may complain, or not: where that depends on what comes first.
	 *
	 * @param {RegExp} pattern
	 */
	allow(pattern) {
		this.#allowed.push(pattern);
	}

	/** Throws unless exactly what was expected was heard. */
	settle() {
		const known = [...this.#expected, ...this.#allowed];
		const surprises = this.#heard.filter((text) => !known.some((pattern) => pattern.test(text)));
		const missing = this.#expected.filter((pattern) => !this.#heard.some((text) => pattern.test(text)));
		const problems = [
			...surprises.map((text) => `unexpected ${text}`),
			...missing.map((pattern) => `expected but not heard: ${pattern}`)
		];
		if (problems.length > 0) throw new Error(`the browser complained:\n  ${problems.join('\n  ')}`);
	}
}

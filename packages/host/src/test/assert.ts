/** `assert`: chai's, with types for what tests of pages need. */

import { assert as chai } from "chai";

/** Throws an `AssertionError` that says what was expected, unless what its name says is so. */
export interface Assert {
	(value: unknown, message?: string): asserts value;
	/** The same value, by `===`. */
	strictEqual(actual: unknown, expected: unknown, message?: string): void;
	notStrictEqual(actual: unknown, expected: unknown, message?: string): void;
	/** The same content, however deep. */
	deepEqual(actual: unknown, expected: unknown, message?: string): void;
	notDeepEqual(actual: unknown, expected: unknown, message?: string): void;
	match(actual: string, expected: RegExp, message?: string): void;
	notMatch(actual: string, expected: RegExp, message?: string): void;
	/** A part of a text, or an item of a list. */
	include(actual: string | readonly unknown[], part: unknown, message?: string): void;
	notInclude(actual: string | readonly unknown[], part: unknown, message?: string): void;
	lengthOf(actual: { readonly length: number }, length: number, message?: string): void;
	/** The function throws; if there is a pattern, with such a message. */
	throws(run: () => unknown, message?: RegExp | string): void;
	/** The promise is rejected; if there is a pattern, with such a message. */
	rejects(promise: PromiseLike<unknown>, message?: RegExp): Promise<void>;
	fail(message?: string): never;
}

async function rejects(promise: PromiseLike<unknown>, message?: RegExp): Promise<void> {
	const outcome = await promise.then(
		() => null,
		(error: unknown) => ({ error }),
	);
	if (!outcome) chai.fail("expected the promise to be rejected");
	else if (message) chai.match(outcome.error instanceof Error ? outcome.error.message : String(outcome.error), message);
}

const names = ["strictEqual", "notStrictEqual", "deepEqual", "notDeepEqual", "match", "notMatch", "include", "notInclude", "lengthOf", "throws", "fail"] as const;
const assertion = (value: unknown, message?: string): void => chai(value, message);
for (const name of names) Object.defineProperty(assertion, name, { value: chai[name] });

export const assert: Assert = Object.assign(assertion, { rejects }) as unknown as Assert;

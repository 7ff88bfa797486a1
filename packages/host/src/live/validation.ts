/** Checks the values of forms with schemas, and keeps the errors by field. */

import type { Core } from "./core.ts";
import { LiveError } from "./errors.ts";

/** A schema of any library that follows standardschema.dev, such as zod, valibot and arktype. */
export interface StandardSchema<Output = unknown> {
	readonly "~standard": {
		readonly version: 1;
		readonly vendor: string;
		readonly validate: (value: unknown) => Validated<Output> | Promise<Validated<Output>>;
		readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
	};
}

export type Validated<Output> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

export interface Issue {
	readonly message: string;
	readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Messages by the names of the fields; those of the whole form are under the empty name. */
export type FormErrors = Record<string, string[]>;

/** The values if they are valid, `undefined` if not; `state.errors` says why. */
export async function validate<Output>(core: Core, schema: StandardSchema<Output>, values: unknown): Promise<Output | undefined> {
	const standard = (schema as Partial<StandardSchema<Output>> | undefined)?.["~standard"];
	if (typeof standard?.validate !== "function") throw new LiveError("misuse", "validate takes a schema that follows standardschema.dev", "use zod 4, valibot or arktype");
	const known = standard.validate(values);
	// What is known at once is shown at once: with an event's fields, not with the errors of those before.
	const result = "then" in known ? await known : known;
	if (core.ended) return undefined;
	if (core.state === undefined) core.view.state = {};
	const state = core.view.state as { errors?: FormErrors };
	if (!result.issues) {
		// What is empty already is not changed, so that nothing renders for it.
		if (!state.errors || Object.keys(state.errors).length > 0) state.errors = {};
		return result.value;
	}
	const errors: FormErrors = {};
	for (const { message, path = [] } of result.issues) {
		const name = path.map((step) => String(typeof step === "object" ? step.key : step)).join(".");
		// `__proto__` may be a field's name.
		if (Object.hasOwn(errors, name)) errors[name]!.push(message);
		else Object.defineProperty(errors, name, { value: [message], enumerable: true, configurable: true, writable: true });
	}
	state.errors = errors;
	return undefined;
}

/** The messages for a field that the user has used already. */
export function errorsOf(core: Core, name: string): readonly string[] {
	const errors = (core.state as { errors?: FormErrors } | undefined)?.errors;
	if (!errors || !Object.hasOwn(errors, name) || core.rare?.unused?.includes(name)) return [];
	return errors[name]!;
}

/** What an application for a permit to travel has to have, step by step. */
import type { StandardSchema } from 'wellhead';

import { findCountry } from './countries';

export interface Application {
	name: string;
	email: string;
	country: string;
	days: string;
	interests: string[];
}

export const empty: Application = { name: '', email: '', country: '', days: '', interests: [] };
export const interests = ['Mountains', 'Cities', 'Coasts', 'Food'] as const;

/** For a field, what is wrong with its value; nothing if it is right. */
type Rules = Readonly<Record<string, (value: unknown) => string | undefined>>;

const text = (value: unknown) => (typeof value === 'string' ? value.trim() : '');

const traveller: Rules = {
	name: (value) => (text(value).length < 2 ? 'Please tell us your name.' : undefined),
	email: (value) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text(value)) ? undefined : 'This is no address for e-mail.')
};

const journey: Rules = {
	country: (value) => (findCountry(text(value)) ? undefined : 'Please choose a country.'),
	days: (value) => (/^\d+$/.test(text(value)) && Number(value) >= 1 && Number(value) <= 90 ? undefined : 'From 1 to 90 days.'),
	interests: (value) =>
		Array.isArray(value) && value.length > 0 && value.every((one) => interests.includes(one))
			? undefined
			: 'Choose one at least.'
};

const promise: Rules = {
	agree: (value) => (value === 'yes' ? undefined : 'We need your word.')
};

const steps = [traveller, journey, promise];

/** The schema of a step, from 1, as https://standardschema.dev has it. */
export function schemaOf(step: number): StandardSchema<Record<string, unknown>> {
	const rules = steps[step - 1] ?? {};
	return {
		'~standard': {
			version: 1,
			vendor: 'live-atlas',
			validate(value) {
				const given = (value ?? {}) as Record<string, unknown>;
				const issues = Object.entries(rules).flatMap(([name, rule]) => {
					const message = rule(given[name]);
					return message === undefined ? [] : [{ message, path: [name] }];
				});
				return issues.length > 0 ? { issues } : { value: given };
			}
		}
	};
}

/** The first step that is not complete; the last one never is before all is sent. */
export function reached(application: Application): number {
	const given = application as unknown as Record<string, unknown>;
	const open = steps.findIndex((rules) => Object.entries(rules).some(([name, rule]) => rule(given[name]) !== undefined));
	return open + 1;
}

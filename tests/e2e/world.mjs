// The data that the atlas is made of, for tests that compute what its pages must say.
import { readFileSync } from 'node:fs';

/**
 * @typedef {object} Country
 * @property {{ common: string, official: string }} name
 * @property {string} cca2
 * @property {string} cca3
 * @property {string[]} capital
 * @property {string} region
 * @property {string} subregion
 * @property {Record<string, string>} languages
 * @property {Record<string, { name: string }>} currencies
 * @property {boolean} landlocked
 * @property {boolean} unMember
 * @property {string[]} borders
 * @property {number} area
 * @property {string} flag
 */

const file = new URL('../../examples/atlas/node_modules/world-countries/countries.json', import.meta.url);

/** @type {readonly Country[]} */
export const world = JSON.parse(readFileSync(file, 'utf8'));

/** @param {string} code  three letters */
export function countryOf(code) {
	const found = world.find(({ cca3 }) => cca3 === code);
	if (!found) throw new Error(`no country has the code ${code}`);
	return found;
}

/** `$env/dynamic/public` in the browser: the server sends the variables with the page's state. */

const STATE = "wellhead-state";

/**
 * Reads the variables from the state's text. Hooks may import this module before the state can be decoded, because types
 * of their own are in it; but the variables are strings, which stand in the flat list as they are.
 */
export function read(text: string): Record<string, string> {
	const values: unknown = JSON.parse(text);
	if (!Array.isArray(values)) return {};
	const at = (values[0] as { env?: number }).env;
	const names = (at === undefined ? {} : values[at]) as Record<string, number>;
	return Object.fromEntries(Object.entries(names).map(([name, index]) => [name, values[index] as string]));
}

export const env: Record<string, string> = read(document.getElementById(STATE)?.textContent || "[{}]");

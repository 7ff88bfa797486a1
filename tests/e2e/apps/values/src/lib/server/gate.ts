import { env } from '$env/dynamic/private';

/** Waits until the test opens the gate of this name, and gives the name. */
export async function gate(name: string): Promise<string> {
	const response = await fetch(`${env.GATE}/${name}`);
	return await response.text();
}

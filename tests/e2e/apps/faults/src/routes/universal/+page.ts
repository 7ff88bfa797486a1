import { browser } from '$app/environment';

export function load() {
	if (browser) throw new Error('SECRET of the universal load');
	return { where: 'server' };
}

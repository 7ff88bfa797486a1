export function load() {
	throw new Error('SECRET of the server load');
}

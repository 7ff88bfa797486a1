export function load() {
	return { late: Promise.reject(new Error('SECRET of the late promise')) };
}

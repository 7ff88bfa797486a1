export const csr = false;

const rows = Array.from({ length: 1000 }, () => ({
	id: crypto.randomUUID(),
	name: crypto.randomUUID()
}));

export function load(): Promise<{ rows: { id: string; name: string }[] }> {
	return new Promise((resolve) => setTimeout(() => resolve({ rows }), 0));
}

export type Row = { id: string; name: string };

const rows: Row[] = Array.from({ length: 1000 }, () => ({
	id: crypto.randomUUID(),
	name: crypto.randomUUID()
}));

export function loadRows(): Promise<{ rows: Row[] }> {
	return new Promise((resolve) => setTimeout(() => resolve({ rows }), 0));
}

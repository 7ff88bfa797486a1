export interface Quote {
	text: string;
	author: string;
}

export const quotes: Quote[] = [
	{ text: 'Simplicity is prerequisite for reliability.', author: 'Edsger W. Dijkstra' },
	{ text: 'The most dangerous phrase is: we have always done it this way.', author: 'Grace Hopper' },
	{ text: 'Premature optimization is the root of all evil.', author: 'Donald Knuth' }
];

/** The rooms of the chat. */

export interface Room {
	/** What is in the address. */
	name: string;
	title: string;
}

export const rooms: readonly Room[] = [
	{ name: 'world', title: 'The world' },
	{ name: 'africa', title: 'Africa' },
	{ name: 'americas', title: 'Americas' },
	{ name: 'asia', title: 'Asia' },
	{ name: 'europe', title: 'Europe' },
	{ name: 'oceania', title: 'Oceania' }
];

export function findRoom(name: string | undefined): Room | undefined {
	return rooms.find((room) => room.name === name);
}

/** What those in a room subscribe to. */
export function topicOf(room: string): string {
	return `chat:${room}`;
}

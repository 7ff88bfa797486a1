import { html, LiveView } from 'wellhead';

/** What a message to all costs. */
export default class Room extends LiveView {
	state = { count: 0, said: 0 };

	mount() {
		this.subscribe('room');
	}

	/** Each message is another, whether or not this page has had its own last one: what shows the same gets no patch. */
	say() {
		this.broadcast('room', ++this.state.said);
	}

	handleInfo(count: unknown) {
		this.state.count = Number(count);
	}

	render() {
		return html`<button @click="say">${this.state.count}</button>`;
	}
}

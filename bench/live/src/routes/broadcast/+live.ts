import { html, LiveView } from 'wellhead';

/** What a message to all costs. */
export default class Room extends LiveView {
	state = { count: 0 };

	mount() {
		this.subscribe('room');
	}

	say() {
		this.broadcast('room', this.state.count + 1);
	}

	handleInfo(count: unknown) {
		this.state.count = Number(count);
	}

	render() {
		return html`<button @click="say">${this.state.count}</button>`;
	}
}

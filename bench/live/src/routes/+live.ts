import { html, LiveView } from 'wellhead';

/** What a click costs. */
export default class Counter extends LiveView {
	state = { count: 0 };

	increment() {
		this.state.count++;
	}

	render() {
		return html`<button @click="increment">${this.state.count}</button>`;
	}
}

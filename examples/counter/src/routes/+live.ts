import { html, LiveView } from 'wellhead';

/** A counter: its state is on the server, and only what has changed goes to the browser. */
export default class Counter extends LiveView {
	declare state: { count: number };

	mount() {
		this.state = { count: 0 };
	}

	add(by: number) {
		this.state.count += by;
	}

	render() {
		const { count } = this.state;
		return html`
			<main>
				<h1>Counter</h1>
				<output>${count}</output>
				<button @click="add(-1)">−1</button>
				<button @click="add(1)">+1</button>
			</main>
		`;
	}
}

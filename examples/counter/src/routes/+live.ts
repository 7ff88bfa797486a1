import '../counter.css';

import { html, LiveView } from 'wellhead';

/** A counter: its state is on the server, and only what has changed goes to the browser. */
export default class Counter extends LiveView {
	state = { count: 0 };

	mount() {
		this.title = 'Counter';
	}

	add(by: number) {
		this.state.count += by;
	}

	render() {
		return html`
			<main>
				<h1>Counter</h1>
				<output>${this.state.count}</output>
				<div>
					<button @click="add(-1)">−1</button>
					<button @click="add(1)">+1</button>
				</div>
			</main>
		`;
	}
}

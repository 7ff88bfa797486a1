/** A page that shows whether it is the one that it was: when it was mounted it drew a name, and it counts. */
import { html, LiveView, type LiveEvent } from 'wellhead';

interface State {
	name: string;
	count: number;
	/** What was sent. */
	note: string;
}

export default class Desk extends LiveView<State> {
	mount() {
		this.title = 'Desk';
		this.state = { name: crypto.randomUUID(), count: 0, note: '' };
	}

	// What becomes of the page when its browser is gone, for tests to find in the server's log.
	restore() {
		console.info(`restored: ${this.state.name}`);
	}

	unmount() {
		console.info(`unmounted: ${this.state.name}`);
	}

	add() {
		this.state.count++;
	}

	keep(event: LiveEvent) {
		this.state.note = event.text('note');
	}

	render() {
		const { name, count, note } = this.state;
		return html`
			<p id="name">${name}</p>
			<button @click="add">Add</button>
			<output>${count}</output>
			<form @submit="keep">
				<label>Note <textarea name="note"></textarea></label>
				<button>Keep</button>
			</form>
			<p id="note">${note}</p>
			<a href="/user">Elsewhere</a>
		`;
	}
}

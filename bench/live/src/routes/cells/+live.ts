import { html, LiveView } from 'wellhead';

/** What it costs to change one of 10,000 cells. */
export default class Cells extends LiveView {
	state = {
		changes: 0,
		rows: Array.from({ length: 100 }, (_, row) => Array.from({ length: 100 }, (_, column) => 1000 + row * 100 + column))
	};

	/** Another cell each time, all over the table. */
	change() {
		const cell = (++this.state.changes * 7919) % 10_000;
		const row = this.state.rows[Math.floor(cell / 100)];
		if (row) row[cell % 100] = 70_000 + this.state.changes;
	}

	render() {
		return html`<button @click="change">Change</button>
			<table><tbody>${this.state.rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`;
	}
}

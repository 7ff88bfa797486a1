import { html, LiveView } from 'wellhead';

/** What it costs to prepend a row to 1,000 that have keys. */
export default class Rows extends LiveView {
	state = { rows: Array.from({ length: 1000 }, (_, index) => 1000 - index) };

	prepend() {
		this.state.rows.unshift(this.state.rows.length + 1);
	}

	render() {
		return html`<button @click="prepend">Prepend</button>
			<ul>${this.state.rows.map((row) => html`<li ts-key=${row} id="row-${row}">Row ${row}</li>`)}</ul>`;
	}
}

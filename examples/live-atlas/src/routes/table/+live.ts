import '../../styles/elements.css';
import '../../styles/frame.css';
import '../../styles/table.css';

import { html, LiveView, on, type LiveEvent, type MountInfo } from 'wellhead';

import { frame } from '$lib/frame';
import { addressOf, find, queryOf, ROWS, type Column, type Query, type Station } from '$lib/stations';

interface State {
	query: Query;
	rows: Station[];
	total: number;
	/** What stations were renamed to, on this page only. */
	names: Record<string, string>;
	/** The station whose name is being changed. */
	editing: string | null;
	problem: string;
}

const heads: readonly { column: Column; title: string; number?: true }[] = [
	{ column: 'name', title: 'Station' },
	{ column: 'country', title: 'Country' },
	{ column: 'region', title: 'Region' },
	{ column: 'elevation', title: 'Elevation', number: true },
	{ column: 'temperature', title: 'Mean', number: true }
];

/** Ten thousand rows, of which the browser has those that it shows. */
export default class Table extends LiveView<State> {
	state: State = { query: queryOf(new URLSearchParams()), rows: [], total: 0, names: {}, editing: null, problem: '' };

	handleParams(_params: Readonly<Record<string, string>>, { url }: MountInfo) {
		this.state.query = queryOf(url.searchParams);
		this.#find();
		const { text } = this.state.query;
		this.title = `${text === '' ? 'Stations' : `“${text}”`} – Live atlas`;
	}

	search(event: LiveEvent) {
		const text = event.text('q').slice(0, 100);
		// The way back goes past what was typed on the way.
		if (text !== this.state.query.text) this.patch(addressOf({ ...this.state.query, text, page: 1 }), { replace: true });
	}

	edit(id: string) {
		if (!this.state.rows.some((row) => row.id === id)) return;
		this.state.editing = id;
		this.state.problem = '';
		this.pushEvent('focus', '#new-name');
	}

	save(id: string, event: LiveEvent) {
		const name = event.text('name').trim();
		if (id !== this.state.editing) return;
		if (name === '' || name.length > 60) {
			this.state.problem = name === '' ? 'A station needs a name.' : 'That is too long.';
			return;
		}
		this.state.names[id] = name;
		// The row stays where it is until something else is asked for.
		for (const row of this.state.rows) if (row.id === id) row.name = name;
		this.#stop();
		this.flash('info', `The station is now called ${name}.`);
	}

	cancel() {
		this.#stop();
	}

	#stop() {
		const { editing } = this.state;
		this.state.editing = null;
		// Whoever works with the keyboard goes on where he was.
		if (editing !== null) this.pushEvent('focus', `#name-${editing}`);
	}

	#find() {
		const { rows, total, page } = find(this.state.query, this.state.names);
		Object.assign(this.state, { rows, total });
		this.state.query.page = page;
		if (!rows.some(({ id }) => id === this.state.editing)) this.state.editing = null;
	}

	render() {
		const { query, rows, total } = this.state;
		return frame(
			'table',
			html`
				<h1>Stations</h1>
				<form role="search" action="/table" class="row" @submit="search" @input.debounce-200="search">
					<label>Search <input type="search" name="q" value=${query.text} placeholder="oslo harbour" autocomplete="off" maxlength="100"></label>
					<button>Search</button>
				</form>
				<p role="status" id="found">${grouped(total)} ${total === 1 ? 'station' : 'stations'}</p>
				<div class="scroll" tabindex="0" role="region" aria-label="Stations">
					<table ts-hook="Focus">
						<thead>
							<tr>${heads.map((head) => this.#head(head))}</tr>
						</thead>
						<tbody>${rows.map((row) => this.#row(row))}</tbody>
					</table>
				</div>
				${total === 0 && html`<p class="soft">Nothing is called that.</p>`}
				${this.#pages()}
				<p class="soft">The stations are made up; the countries are not. A name that you change is changed for you only.</p>
			`,
			this.flashes
		);
	}

	#head({ column, title, number }: (typeof heads)[number]) {
		const { query } = this.state;
		const sorted = query.column === column;
		const href = addressOf({ ...query, column, descending: sorted && !query.descending, page: 1 });
		const order = query.descending ? 'descending' : 'ascending';
		return html`<th scope="col" class=${{ number }} aria-sort=${sorted ? order : null}><a href=${href} ts-patch>${title}</a></th>`;
	}

	#row({ id, name, country, flag, region, elevation, temperature }: Station) {
		return html`
			<tr ts-key=${id} id="row-${id}">
				<td class="main">${this.state.editing === id ? this.#editor(id, name) : this.#name(id, name)}</td>
				<td><span class="flag">${flag}</span> ${country}</td>
				<td>${region}</td>
				<td class="number">${grouped(elevation)} m</td>
				<td class="number">${temperature.toFixed(1)} °C</td>
			</tr>
		`;
	}

	#name(id: string, name: string) {
		return html`<button class="cell" id="name-${id}" title="Change the name" @click=${on(this.edit, id)}>${name}</button>`;
	}

	#editor(id: string, name: string) {
		const { problem } = this.state;
		return html`
			<form class="editor" @submit=${on(this.save, id)} @keydown.esc="cancel">
				<input id="new-name" name="name" value=${name} aria-label="Name of the station" aria-invalid=${problem !== ''} aria-describedby="problem">
				<button class="primary">Save</button>
				<button type="button" @click="cancel">Cancel</button>
				<p id="problem" class="error" role="alert">${problem}</p>
			</form>
		`;
	}

	#pages() {
		const { query, total } = this.state;
		const last = Math.max(1, Math.ceil(total / ROWS));
		const link = (page: number, title: string) =>
			page < 1 || page > last || page === query.page
				? html`<span class="link" aria-disabled="true">${title}</span>`
				: html`<a class="link" href=${addressOf({ ...query, page })} ts-patch>${title}</a>`;
		return html`
			<nav class="pages" aria-label="Pages of the table">
				${link(1, 'First')} ${link(query.page - 1, 'Previous')}
				<span id="page">Page ${query.page} of ${last}</span>
				${link(query.page + 1, 'Next')} ${link(last, 'Last')}
			</nav>
		`;
	}
}

/** 10,000 for 10000. */
function grouped(number: number): string {
	return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

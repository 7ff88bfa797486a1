import '../../../styles/elements.css';
import '../../../styles/frame.css';
import '../../../styles/weather.css';

import { error, html, js, LiveView, type Async } from 'wellhead';

import { frame } from '$lib/frame';
import type { Station } from '$lib/stations';
import { findSender, forecast, latest, PERIOD, senders, skies, type Day, type Reading } from '$lib/weather';

interface State {
	station: Station;
	/** In degrees Celsius. */
	now: number;
	/** What the browser has not drawn yet. */
	readings: Reading[];
	line: 'up' | 'down';
	days?: Async<Day[]>;
}

/** How many readings are drawn. */
const DRAWN = 60;

const weekday = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' });
const fullDate = new Intl.DateTimeFormat('en', { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' });

/** What a station measures, as it does, and a forecast that comes later than the page. */
export default class Weather extends LiveView<State> {
	/** The browser keeps the curve; here it is forgotten when it was told. */
	static temporary = ['readings'];

	state: State = { station: found(undefined), now: 0, readings: [], line: 'up' };

	mount() {
		this.every(PERIOD, this.measure);
	}

	handleParams({ station }: Readonly<Record<string, string>>) {
		this.state.station = found(station);
		this.title = `${this.state.station.name} – Live atlas`;
		this.#tell(DRAWN);
		return this.#forecast();
	}

	/** A forecast that was on its way when the server went is asked for again. */
	restore() {
		return this.#forecast();
	}

	/** Whoever comes may have drawn nothing yet. */
	handleConnection(connected: boolean) {
		if (connected) this.#tell(DRAWN);
	}

	measure() {
		this.#tell(1);
	}

	look() {
		void this.#forecast();
	}

	cut() {
		this.state.line = this.state.line === 'up' ? 'down' : 'up';
	}

	#tell(count: number) {
		const readings = latest(this.state.station, count);
		this.state.readings.push(...readings);
		this.state.now = readings.at(-1)!.degrees;
	}

	#forecast(): void {
		const { station, line } = this.state;
		void this.assignAsync('days', (signal) => forecast(station, line, signal));
	}

	render() {
		const { station, now, readings, line, days } = this.state;
		return frame(
			'weather',
			html`
				<h1>Weather</h1>
				<nav class="rooms" aria-label="Stations">
					${senders.map(({ id, country, flag }) => html`<a href="/weather/${id}" ts-patch aria-current=${id === station.id ? 'page' : null}><span class="flag">${flag}</span> ${country}</a>`)}
				</nav>
				<section class="card now" aria-labelledby="station">
					<div>
						<h2 id="station">${station.name}</h2>
						<p class="soft">${station.country}, ${station.elevation} m</p>
					</div>
					<p class="degrees"><output>${signed(now.toFixed(1))}</output> °C</p>
					<div
						class="curve"
						ts-hook="Measured"
						ts-ignore
						role="img"
						aria-label="Temperature of the last two minutes"
						data-station=${station.id}
						data-readings=${JSON.stringify(readings)}
					></div>
				</section>
				<section class="forecast" aria-labelledby="forecast" aria-busy=${days?.status === 'loading'}>
					<div class="actions">
						<h2 id="forecast">The next seven days</h2>
						<button @click="cut" aria-pressed=${line === 'down'}>Cut the line</button>
						<button class="primary" @click=${js.transition(['stirs', 'stirs-first', 'stirs-last'], '#days', { time: 500 }).push('look')}>Look again</button>
					</div>
					<div id="days" role="status">${days?.status === 'failed' ? this.#failed(days.error.message) : this.#days(days?.value)}</div>
				</section>
				<p class="soft">The stations and their weather are made up. Cut the line and look again to see a forecast that fails.</p>
			`,
			this.flashes
		);
	}

	#failed(message: string) {
		return html`
			<div class="card failed">
				<p class="error">${message}</p>
				<button @click="look" ts-disable-with="Trying…">Try again</button>
			</div>
		`;
	}

	#days(days: readonly Day[] | undefined) {
		if (!days) return html`<ol class="days">${Array.from({ length: 7 }, () => html`<li class="empty"></li>`)}</ol><p class="unseen">The forecast is on its way.</p>`;
		return html`
			<ol class="days">
				${days.map(
					({ date, sky, high, low }) => html`
						<li ts-key=${date}>
							<time datetime=${date} title=${fullDate.format(new Date(date))}>${weekday.format(new Date(date))}</time>
							<span class="flag" role="img" aria-label=${sky}>${skies[sky]}</span>
							<span class="high">${signed(high)}°</span>
							<span class="soft">${signed(low)}°</span>
						</li>
					`
				)}
			</ol>
		`;
	}
}

function found(id: string | undefined): Station {
	return findSender(id) ?? error(404, 'There is no such station');
}

/** A number with the sign that is as wide as a digit. */
function signed(number: number | string): string {
	return String(number).replace('-', '−');
}

import '../../styles/elements.css';
import '../../styles/frame.css';
import '../../styles/wizard.css';

import { html, LiveView, on, type Html, type LiveEvent, type MountInfo } from 'wellhead';

import { countries, findCountry } from '$lib/countries';
import { frame } from '$lib/frame';
import { empty, interests, reached, schemaOf, type Application } from '$lib/permit';

interface State {
	/** From 1. */
	step: number;
	values: Application;
	errors: Record<string, string[]>;
	/** The number of the permit, when it was granted. */
	permit: string | null;
	/** What became of the photograph. */
	photo: string;
}

const titles = ['You', 'Your journey', 'Check and send'];

/** A form in steps. What was entered is kept with each change, so that no way through them loses it. */
export default class Wizard extends LiveView<State> {
	state: State = { step: 1, values: { ...empty }, errors: {}, permit: null, photo: '' };

	mount() {
		this.allowUpload('photo', { accept: ['.jpg', '.jpeg', '.png'], maxSize: 2_000_000, auto: true });
	}

	handleParams(_params: Readonly<Record<string, string>>, { url }: MountInfo) {
		const wanted = Number(url.searchParams.get('step') ?? 1);
		// Nobody gets past a step that is not complete.
		const step = Math.max(1, Math.min(Number.isSafeInteger(wanted) ? wanted : 1, reached(this.state.values)));
		this.state.step = step;
		this.state.errors = {};
		if (step !== wanted) this.patch(addressOf(step), { replace: true });
		this.title = `${this.state.permit === null ? titles[step - 1] : 'Granted'} – Live atlas`;
	}

	change(event: LiveEvent) {
		this.#keep(event);
		return this.#check(event);
	}

	async next(event: LiveEvent) {
		this.#keep(event);
		if (await this.#check(event)) this.patch(addressOf(this.state.step + 1));
	}

	async send(event: LiveEvent) {
		if (!(await this.#check(event)) || reached(this.state.values) < titles.length) return;
		// The office takes its time.
		await new Promise((resolve) => setTimeout(resolve, 400));
		const [photo] = await this.consumeUploads('photo', (entry) => `${entry.name}, ${kilobytes(entry.size)}`);
		this.state.photo = photo ?? '';
		this.state.permit = crypto.randomUUID().slice(0, 8).toUpperCase();
		this.title = 'Granted – Live atlas';
		this.flash('info', 'Your permit is granted.');
	}

	discard(ref: number) {
		this.cancelUpload('photo', ref);
	}

	restart() {
		this.state.values = { ...empty, interests: [] };
		this.state.permit = null;
		this.state.photo = '';
		this.clearFlash();
		for (const { ref } of this.uploads['photo']?.entries ?? []) this.cancelUpload('photo', ref);
		this.patch(addressOf(1));
	}

	#check(event: LiveEvent) {
		return this.validate(schemaOf(this.state.step), event.form);
	}

	/** A step's form has its own fields only. */
	#keep(event: LiveEvent) {
		const { values } = this.state;
		for (const name of ['name', 'email', 'country', 'days'] as const) if (name in event.form) values[name] = event.text(name);
		// Boxes that are not checked are not in a form.
		if (this.state.step === 2) {
			const chosen = event.form['interests'];
			values.interests = Array.isArray(chosen) ? chosen.filter((one) => typeof one === 'string') : [];
		}
	}

	render() {
		const { step, permit } = this.state;
		return frame(
			'wizard',
			html`
				<h1>Permit to travel</h1>
				${permit === null ? html`${this.#progress()}${[this.#you(), this.#journey(), this.#last()][step - 1]}` : this.#granted(permit)}
			`,
			this.flashes
		);
	}

	#progress() {
		const { step, values } = this.state;
		const until = reached(values);
		return html`
			<ol class="steps" aria-label="Steps">
				${titles.map((title, i) => {
					const number = i + 1;
					const current = number === step ? 'step' : null;
					return html`<li aria-current=${current} class=${{ done: number < step }}>
						${number <= until && number !== step ? html`<a href=${addressOf(number)} ts-patch>${title}</a>` : html`<span>${title}</span>`}
					</li>`;
				})}
			</ol>
		`;
	}

	#you() {
		const { values } = this.state;
		return html`
			<form class="card form" id="you" novalidate @submit="next" @input.debounce-200="change">
				${this.#field('name', 'Name', (more) => html`<input id="name" name="name" value=${values.name} autocomplete="name" aria-invalid=${more.invalid} aria-describedby="name-errors">`)}
				${this.#field('email', 'E-mail', (more) => html`<input id="email" name="email" type="email" value=${values.email} autocomplete="email" aria-invalid=${more.invalid} aria-describedby="email-errors">`)}
				<div class="actions"><button class="primary" ts-disable-with="Checking…">Next</button></div>
			</form>
		`;
	}

	#journey() {
		const { values } = this.state;
		return html`
			<form class="card form" id="journey" novalidate @submit="next" @input.debounce-200="change">
				${this.#field(
					'country',
					'Country',
					(more) => html`
						<select id="country" name="country" aria-invalid=${more.invalid} aria-describedby="country-errors">
							<option value="">Choose…</option>
							${countries.map(({ code, name }) => html`<option value=${code} ?selected=${values.country === code}>${name}</option>`)}
						</select>
					`
				)}
				${this.#field('days', 'Days', (more) => html`<input id="days" name="days" inputmode="numeric" value=${values.days} aria-invalid=${more.invalid} aria-describedby="days-errors">`)}
				<fieldset aria-describedby="interests-errors">
					<legend>What do you want to see?</legend>
					${interests.map((one) => html`<label class="box"><input type="checkbox" name="interests[]" value=${one} ?checked=${values.interests.includes(one)}> ${one}</label>`)}
					${this.#errors('interests')}
				</fieldset>
				<div class="actions">
					<a class="link" href=${addressOf(1)} ts-patch>Back</a>
					<button class="primary" ts-disable-with="Checking…">Next</button>
				</div>
			</form>
		`;
	}

	#last() {
		const { name, email, country, days, interests: chosen } = this.state.values;
		const where = findCountry(country);
		return html`
			<form class="card form" id="last" novalidate @submit="send" @input="change">
				<dl class="summary">
					<dt>Name</dt><dd>${name}</dd>
					<dt>E-mail</dt><dd>${email}</dd>
					<dt>Country</dt><dd>${where && `${where.flag} ${where.name}`}</dd>
					<dt>Days</dt><dd>${days}</dd>
					<dt>To see</dt><dd>${chosen.join(', ')}</dd>
				</dl>
				<div class="field" ts-drop="photo">
					<label for="photo">Photograph <span class="soft">(JPEG or PNG, at most 2 MB, if you like)</span></label>
					<input id="photo" type="file" accept=".jpg,.jpeg,.png" ts-upload="photo">
					${this.#photos()}
				</div>
				<div class="field">
					<label class="box"><input type="checkbox" name="agree" value="yes" aria-describedby="agree-errors"> All of this is true</label>
					${this.#errors('agree')}
				</div>
				<div class="actions">
					<a class="link" href=${addressOf(2)} ts-patch>Back</a>
					<button type="button" popovertarget="sure">Start over</button>
					<button class="primary" ts-disable-with="Sending…">Send</button>
				</div>
			</form>
			<div id="sure" popover class="card" role="dialog" aria-label="Start over">
				<p>What you have entered will be gone.</p>
				<div class="actions">
					<button popovertarget="sure" popovertargetaction="hide">Keep it</button>
					<button class="danger" @click="restart">Start over</button>
				</div>
			</div>
		`;
	}

	#photos() {
		const entries = this.uploads['photo']?.entries ?? [];
		return entries.map(
			({ ref, name, size, progress, done, errors }) => html`
				<div class="photo" ts-key=${ref}>
					<img ts-preview=${ref} alt="">
					<p>${name} <span class="soft">${kilobytes(size)}</span></p>
					${errors.length > 0
						? html`<p class="error" role="alert">${errors.map((code) => reasons[code] ?? 'It could not be sent.').join(' ')}</p>`
						: html`<progress max="100" value=${progress} aria-label="Sent">${progress} %</progress>${done && html`<p class="badge">arrived</p>`}`}
					<button type="button" @click=${on(this.discard, ref)}>Remove</button>
				</div>
			`
		);
	}

	#granted(permit: string) {
		const { values, photo } = this.state;
		const where = findCountry(values.country);
		return html`
			<section class="card granted">
				<p class="flag" aria-hidden="true">${where?.flag}</p>
				<h2>Permit ${permit}</h2>
				<p>${values.name} may travel to ${where?.name} for ${values.days} ${values.days === '1' ? 'day' : 'days'}.</p>
				${photo !== '' && html`<p class="soft">With the photograph ${photo}.</p>`}
				<button class="primary" @click="restart">Apply for another</button>
			</section>
		`;
	}

	#field(name: string, label: string, control: (more: { invalid: boolean }) => Html) {
		return html`
			<div class="field">
				<label for=${name}>${label}</label>
				${control({ invalid: this.errorsOf(name).length > 0 })}
				${this.#errors(name)}
			</div>
		`;
	}

	#errors(name: string) {
		return html`<div id="${name}-errors" class="error">${this.errorsOf(name).map((text) => html`<p>${text}</p>`)}</div>`;
	}
}

const reasons: Readonly<Record<string, string>> = {
	too_large: 'It is larger than 2 MB.',
	too_many: 'One is enough.',
	not_accepted: 'Only JPEG and PNG.'
};

function addressOf(step: number): string {
	return step === 1 ? '/wizard' : `/wizard?step=${step}`;
}

function kilobytes(bytes: number): string {
	return `${Math.max(1, Math.round(bytes / 1000))} kB`;
}

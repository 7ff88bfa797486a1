import '../../../styles/elements.css';
import '../../../styles/frame.css';
import '../../../styles/quiz.css';

import { html, LiveView, on, type LiveEvent } from 'wellhead';

import { frame } from '$lib/frame';
import { begin, idle, isGame, isOver, next, points, QUESTIONS, questionOf, QUIZ, THINKING, type Game } from '$lib/quiz';

interface State {
	topic: string;
	/** Who this is, for the others. */
	key: string;
	/** Empty until one plays. */
	name: string;
	score: number;
	game: Game;
	/** What was answered to the question, and how much time was left then. */
	choice: string | null;
	left: number;
	/** The keys of those who have answered the question. */
	answered: string[];
	/** Seconds that are left, as they are shown. */
	seconds: number;
}

type Message =
	| { type: 'hello' }
	| { type: 'game'; game: Game; answered: string[] }
	| { type: 'answered'; key: string; step: number };

interface Player {
	name: string;
	score: number;
}

/** How long the others wait for who should have gone on. */
const PATIENCE = 2_000;

/** A quiz for all who are here: one clock, one question. */
export default class Quiz extends LiveView<State> {
	mount({ room = 'world' }: Readonly<Record<string, string>>) {
		this.state = {
			topic: QUIZ + room,
			key: crypto.randomUUID(),
			name: '',
			score: 0,
			game: idle,
			choice: null,
			left: 0,
			answered: [],
			seconds: 0
		};
		this.title = 'Quiz – Live atlas';
		this.subscribe(this.state.topic);
		this.every(250, this.tick);
	}

	handleConnection(connected: boolean) {
		// Who comes late, or was away, asks where the game is.
		if (connected) this.#tell({ type: 'hello' }, false);
	}

	join(event: LiveEvent) {
		const name = event.text('name').trim().slice(0, 20);
		if (name === '') return;
		this.state.name = name;
		this.#appear();
	}

	start() {
		const { game, name } = this.state;
		if (name !== '' && (game.phase === 'idle' || game.phase === 'over' || this.#players().length === 1))
			this.#go(begin(game, Math.floor(Math.random() * 2 ** 31), Date.now()));
	}

	answer(choice: string) {
		const { game, key } = this.state;
		if (this.state.name === '' || game.phase !== 'question' || this.state.choice !== null) return;
		if (!questionOf(game).choices.includes(choice)) return;
		this.state.choice = choice;
		this.state.left = game.until - Date.now();
		this.#tell({ type: 'answered', key, step: game.step });
	}

	/** Nobody has to wait for the next question. */
	skip() {
		if (this.state.name !== '' && this.state.game.phase === 'answer') this.#go(next(this.state.game, Date.now()));
	}

	tick() {
		const { game } = this.state;
		const now = Date.now();
		const seconds = Math.max(0, Math.ceil((game.until - now) / 1000));
		if (this.state.seconds !== seconds) this.state.seconds = seconds;
		// Whoever is not here hears of it when he is back.
		if (this.connected && isOver(game, this.#leads() ? now : now - PATIENCE)) this.#go(next(game, now));
	}

	handleInfo(said: unknown) {
		const message = said as Message;
		if (message.type === 'hello') {
			const { game, answered } = this.state;
			if (this.#leads() && game.phase !== 'idle') this.#tell({ type: 'game', game, answered }, false);
		} else if (message.type === 'game') {
			if (isGame(message.game)) this.#take(message.game, message.answered);
		} else if (message.step === this.state.game.step) {
			this.state.answered.push(message.key);
			const waits = this.#players().some(({ key }) => !this.state.answered.includes(key));
			if (!waits && this.#leads()) this.#go(next(this.state.game, Date.now()));
		}
	}

	/** Goes on, and takes the others along. */
	#go(game: Game) {
		this.#take(game, []);
		this.#tell({ type: 'game', game, answered: [] }, false);
	}

	#take(game: Game, answered: string[]) {
		const before = this.state.game;
		if (game.step <= before.step) return;
		this.state.game = game;
		this.state.answered = answered;
		this.state.seconds = Math.max(0, Math.ceil((game.until - Date.now()) / 1000));
		if (game.phase === 'question') {
			this.title = `Question ${game.question + 1} of ${QUESTIONS} – Live atlas`;
			this.state.choice = null;
			this.clearFlash();
			if (game.seed !== before.seed) this.#score(0);
		} else if (game.phase === 'answer') this.#judge();
		else this.title = 'Quiz – Live atlas';
	}

	#judge() {
		const { choice, name, score, left, game } = this.state;
		if (name === '') return;
		const { capital } = questionOf(game).country;
		if (choice === capital) {
			const won = points(left);
			this.#score(score + won);
			this.flash('info', `Right! ${won} ${won === 1 ? 'point' : 'points'}.`);
		} else this.flash('error', choice === null ? `Time is up. It is ${capital}.` : `No, it is ${capital}.`);
	}

	#score(score: number) {
		this.state.score = score;
		if (this.state.name !== '') this.#appear();
	}

	#appear() {
		const { topic, key, name, score } = this.state;
		this.track(topic, key, { name, score } satisfies Player);
	}

	#tell(message: Message, own = true) {
		this.broadcast(this.state.topic, message, { own });
	}

	#players() {
		return this.presences(this.state.topic).map(({ key, metas }) => ({ key, ...(metas[0] as Player) }));
	}

	/** Whether it is this player's session that goes on when time is over. All come to the same answer. */
	#leads(): boolean {
		const { key, name } = this.state;
		return this.connected && name !== '' && this.#players().every((player) => key <= player.key);
	}

	render() {
		return frame(
			'quiz',
			html`
				<h1>Quiz</h1>
				<div class="columns">
					<section class="card stage" aria-label="Game">${this.#stage()}</section>
					<aside class="card" aria-labelledby="players">
						<h2 id="players">Players</h2>
						${this.#list()}
					</aside>
				</div>
			`,
			this.flashes
		);
	}

	#stage() {
		const { game, name, score } = this.state;
		if (name === '')
			return html`
				${game.phase === 'question' && this.#question()}
				<form @submit="join" class="row">
					<label>Your name <input name="name" required maxlength="20" autocomplete="nickname"></label>
					<button class="primary" ts-disable-with="Joining…">Join</button>
				</form>
			`;
		if (game.phase === 'idle')
			return html`
				<p class="lead">${QUESTIONS} capitals, ${THINKING / 1000} seconds each. All who have joined play.</p>
				<button class="primary" @click="start">Start</button>
			`;
		if (game.phase === 'over')
			return html`
				<h2>${this.#winner()}</h2>
				<p class="lead">You have ${score} ${score === 1 ? 'point' : 'points'}.</p>
				<button class="primary" @click="start">Play again</button>
			`;
		return this.#question();
	}

	#question() {
		const { game, choice, name, seconds } = this.state;
		const { country, choices } = questionOf(game);
		const open = game.phase === 'question';
		return html`
			<div class="clock">
				<p>Question ${game.question + 1} of ${QUESTIONS}</p>
				<p role="timer" aria-live="off">${open ? `${seconds} s` : `next in ${seconds} s`}</p>
				<progress max=${THINKING / 1000} value=${open ? seconds : 0} aria-label="Time left"></progress>
			</div>
			<h2 class="asked"><span class="flag">${country.flag}</span> What is the capital of ${country.name}?</h2>
			<ul class="choices">
				${choices.map(
					(capital) => html`
						<li ts-key="${game.question} ${capital}">
							<button
								@click=${on(this.answer, capital)}
								?disabled=${!open || choice !== null || name === ''}
								aria-pressed=${choice === capital}
								class=${{ right: !open && capital === country.capital, wrong: !open && choice === capital && choice !== country.capital }}
							>${capital}</button>
						</li>
					`
				)}
			</ul>
			${!open && name !== '' && html`<button class="primary" @click="skip">Go on</button>`}
		`;
	}

	#list() {
		const { key: own, answered, game } = this.state;
		const players = this.#players().sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1));
		if (players.length === 0) return html`<p class="soft">Nobody yet.</p>`;
		return html`<ol class="players">
			${players.map(
				({ key, name, score }) => html`
					<li ts-key=${key} class=${{ own: key === own }}>
						<span class="name">${name}${key === own && ' (you)'}</span>
						${game.phase === 'question' && answered.includes(key) && html`<span class="badge">answered</span>`}
						<span class="score">${score}</span>
					</li>
				`
			)}
		</ol>`;
	}

	#winner(): string {
		const players = this.#players();
		const best = Math.max(...players.map(({ score }) => score));
		const winners = players.filter(({ score }) => score === best).map(({ name }) => name);
		return winners.length === 1 ? `${winners[0]} has won` : `A draw of ${winners.join(' and ')}`;
	}
}

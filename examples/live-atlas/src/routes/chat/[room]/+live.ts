import '../../../styles/elements.css';
import '../../../styles/frame.css';
import '../../../styles/chat.css';

import { error, html, js, LiveView, type LiveEvent } from 'wellhead';

import { frame, people } from '$lib/frame';
import { findRoom, rooms, topicOf, type Room } from '$lib/rooms';

interface Message {
	id: string;
	/** The key of who said it. */
	from: string;
	name: string;
	text: string;
	/** In milliseconds since 1970. */
	at: number;
}

interface State {
	room: Room;
	/** Who this is, for the others. */
	key: string;
	name: string;
	messages: Message[];
	/** Who is writing, and until when that is believed. */
	writing: { key: string; name: string; until: number }[];
}

type Said =
	| { type: 'hello'; key: string }
	| { type: 'history'; to: string; messages: Message[] }
	| { type: 'message'; message: Message }
	| { type: 'writing'; key: string; name: string };

/** The name of the stream. */
const MESSAGES = 'messages';
/** How many messages are kept. */
const KEPT = 50;
const LONGEST = 1_000;
/** How long somebody is thought to write who is not heard of again. */
const WRITING = 3_000;

/** A room to talk in. Nobody keeps what was said but those who are there, and they tell it to whoever comes. */
export default class Chat extends LiveView<State> {
	mount({ room }: Readonly<Record<string, string>>) {
		const key = crypto.randomUUID();
		this.state = { room: found(room), key, name: `Guest ${key.slice(0, 4)}`, messages: [], writing: [] };
		this.every(500, this.forget);
	}

	/** Of rooms, the address alone changes: who goes to another keeps the name. */
	handleParams({ room: name }: Readonly<Record<string, string>>) {
		const room = found(name);
		const { key } = this.state;
		if (room.name !== this.state.room.name) {
			const left = topicOf(this.state.room.name);
			this.untrack(left, key);
			this.unsubscribe(left);
			Object.assign(this.state, { room, messages: [], writing: [] });
			this.refill();
		}
		this.title = `${room.title} – Live atlas`;
		this.subscribe(this.#topic());
		this.#appear();
		if (this.connected) this.#tell({ type: 'hello', key }, false);
	}

	/** The messages as the browser has them: the server sends what is new, and renders none of them twice. */
	refill() {
		this.stream(MESSAGES, this.state.messages, { reset: true });
	}

	handleConnection(connected: boolean) {
		if (connected) this.#tell({ type: 'hello', key: this.state.key }, false);
	}

	say(event: LiveEvent) {
		const text = event.text('text').trim().slice(0, LONGEST);
		if (text === '') return;
		const { key, name } = this.state;
		this.#tell({ type: 'message', message: { id: crypto.randomUUID(), from: key, name, text, at: Date.now() } });
		this.pushEvent('said');
	}

	write() {
		const { key, name } = this.state;
		this.#tell({ type: 'writing', key, name }, false);
	}

	rename(event: LiveEvent) {
		const name = event.text('name').trim().slice(0, 20);
		if (name === '' || name === this.state.name) return;
		this.state.name = name;
		this.#appear();
	}

	/** Whoever has stopped writing. */
	forget() {
		const now = Date.now();
		if (this.state.writing.some(({ until }) => until <= now))
			this.state.writing = this.state.writing.filter(({ until }) => until > now);
	}

	handleInfo(told: unknown, topic: string) {
		// What was under way when one went to another room.
		if (topic !== this.#topic()) return;
		const said = told as Said;
		const { key, messages } = this.state;
		if (said.type === 'hello') {
			// One of those who are here tells whoever has come; all come to the same answer who that is.
			const first = this.#present().filter((person) => person.key !== said.key).every((person) => key <= person.key);
			if (this.connected && first && messages.length > 0) this.#tell({ type: 'history', to: said.key, messages }, false);
		} else if (said.type === 'history') {
			if (said.to === key) this.#add(said.messages);
		} else if (said.type === 'message') {
			this.#add([said.message]);
			this.#hasWritten(said.message.from);
		} else {
			this.#hasWritten(said.key);
			this.state.writing.push({ key: said.key, name: said.name, until: Date.now() + WRITING });
		}
	}

	#add(added: readonly Message[]) {
		const { messages } = this.state;
		const last = messages.at(-1)?.at ?? 0;
		const all = new Map([...messages, ...added].map((message) => [message.id, message]));
		this.state.messages = [...all.values()].sort((a, b) => a.at - b.at).slice(-KEPT);
		// What was said before others is told late; otherwise it comes at the end.
		if (added.every(({ at }) => at > last)) this.stream(MESSAGES, added, { limit: -KEPT });
		else this.refill();
	}

	#hasWritten(key: string) {
		if (this.state.writing.some((writer) => writer.key === key))
			this.state.writing = this.state.writing.filter((writer) => writer.key !== key);
	}

	#appear() {
		this.track(this.#topic(), this.state.key, { name: this.state.name });
	}

	#topic() {
		return topicOf(this.state.room.name);
	}

	#tell(said: Said, own = true) {
		this.broadcast(this.#topic(), said, { own });
	}

	#present() {
		return this.presences(this.#topic()).map(({ key, metas }) => ({ key, name: (metas[0] as { name: string }).name }));
	}

	render() {
		const { room, messages } = this.state;
		return frame(
			'chat',
			html`
				<div class="talk">
					<div class="bar">
						<h1>${room.title}</h1>
						<button @click=${js.toggle('#people').toggleAttribute('aria-expanded', 'true', undefined, 'false')} aria-expanded="false" aria-controls="people">
							${people(this.#present().length)}
						</button>
						<button @click=${js.focus('#text')}>Write</button>
					</div>
					<nav class="rooms" aria-label="Rooms">
						${rooms.map(({ name, title }) => html`<a href="/chat/${name}" ts-patch aria-current=${name === room.name ? 'page' : null}>${title}</a>`)}
					</nav>
					${this.#people()}
					<ol id="messages" class="messages" role="log" aria-label="Messages" tabindex="0" ts-hook="Tail">
						${this.each<Message>(MESSAGES, (message) => this.#message(message))}
					</ol>
					${messages.length === 0 && html`<p class="soft nothing">Nobody has said anything yet.</p>`}
					<p id="writing" class="soft writing" role="status">${this.#writing()}</p>
					<form class="composer" @submit="say">
						<label class="unseen" for="text">Message</label>
						<textarea id="text" name="text" rows="2" maxlength=${LONGEST} placeholder="Say something…" ts-hook="Composer" @input.throttle-1000="write"></textarea>
						<button class="primary">Send</button>
					</form>
				</div>
			`,
			this.flashes
		);
	}

	#people() {
		const { key: own, name } = this.state;
		return html`
			<section id="people" class="card people" style="display:none" aria-label="People">
				<form @change="rename" @submit="rename" class="row">
					<label>Your name <input name="name" value=${name} maxlength="20" autocomplete="nickname"></label>
				</form>
				<ul>${this.#present().map((person) => html`<li ts-key=${person.key}>${person.name}${person.key === own && ' (you)'}</li>`)}</ul>
			</section>
		`;
	}

	#message({ from, name, text, at }: Message) {
		const time = new Date(at);
		return html`
			<li class=${{ own: from === this.state.key }}>
				<p class="who">
					<strong>${name}</strong>
					<time ts-hook="LocalTime" ts-ignore datetime=${time}>${time.toISOString().slice(11, 16)} UTC</time>
				</p>
				<p class="text">${text}</p>
			</li>
		`;
	}

	#writing(): string {
		const names = this.state.writing.map(({ name }) => name);
		if (names.length === 0) return '';
		if (names.length > 2) return 'Several people are writing…';
		return `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} writing…`;
	}
}

function found(name: string | undefined): Room {
	return findRoom(name) ?? error(404, 'There is no such room');
}

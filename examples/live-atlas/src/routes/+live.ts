import '../styles/elements.css';
import '../styles/frame.css';
import '../styles/home.css';

import { html, LiveView } from 'wellhead';

import { frame, people } from '$lib/frame';
import { QUIZ } from '$lib/quiz';
import { topicOf } from '$lib/rooms';

const QUIZ_TOPIC = QUIZ + 'world';
const CHAT_TOPIC = topicOf('world');

/** Where to go, and who is there already. */
export default class Home extends LiveView {
	mount() {
		this.title = 'Live atlas';
		this.subscribe(QUIZ_TOPIC);
		this.subscribe(CHAT_TOPIC);
	}

	render() {
		const playing = this.presences(QUIZ_TOPIC).length;
		const talking = this.presences(CHAT_TOPIC).length;
		return frame(
			'',
			html`
				<h1>The world, live</h1>
				<p class="lead">
					Five pages whose state stays on the server. The browser gets HTML, and then only what has changed.
				</p>
				<ul class="cards">
					<li>
						<h2><a href="/quiz" ts-navigate>Quiz</a></h2>
						<p>Which capital is it? One clock for everybody who plays.</p>
						<p class="count" id="playing">${playing > 0 && html`<strong>${people(playing)}</strong> playing`}</p>
					</li>
					<li>
						<h2><a href="/table" ts-navigate>Table</a></h2>
						<p>10,000 weather stations to search, sort and correct.</p>
					</li>
					<li>
						<h2><a href="/weather" ts-navigate>Weather</a></h2>
						<p>What stations measure, as they do, and a forecast that may fail.</p>
					</li>
					<li>
						<h2><a href="/wizard" ts-navigate>Wizard</a></h2>
						<p>A travel permit in three steps, checked as you go.</p>
					</li>
					<li>
						<h2><a href="/chat/world" ts-navigate>Chat</a></h2>
						<p>A room for each part of the world.</p>
						<p class="count" id="talking">${talking > 0 && html`<strong>${people(talking)}</strong> talking`}</p>
					</li>
				</ul>
			`
		);
	}
}

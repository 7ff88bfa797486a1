/** Who the server thinks is here. */
import { html, LiveView, type MountInfo } from 'wellhead';

interface State {
	user: string;
	clicks: number;
}

export default class User extends LiveView<State> {
	mount(_params: Readonly<Record<string, string>>, { session }: MountInfo) {
		this.state = { user: String(session['user']), clicks: 0 };
	}

	click() {
		this.state.clicks++;
	}

	render() {
		return html`
			<p>Hello, <b id="user">${this.state.user}</b></p>
			<button @click="click">Clicks: ${this.state.clicks}</button>
		`;
	}
}

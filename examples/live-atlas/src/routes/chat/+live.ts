import { LiveView, redirect } from 'wellhead';

/** Nobody is nowhere: without a room one goes to the largest. */
export default class Lobby extends LiveView {
	mount(): void {
		redirect(303, '/chat/world');
	}

	render() {
		return null;
	}
}

/** Gives `LiveView` what needs a host, once. Not part of the class itself, since browsers must be able to leave that out. */

import { stateAccessor } from "./state.ts";
import { LiveView } from "./view.ts";

let installed = false;

/** `this.state`, as an accessor that the compiler takes for a field, so that apps may also write `state = { … }` in their class. */
export function installState(): void {
	if (installed) return;
	installed = true;
	Object.defineProperty(LiveView.prototype, "state", stateAccessor);
}

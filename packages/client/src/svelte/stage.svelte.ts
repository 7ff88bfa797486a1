/** The view on the screen, as state that `Root.svelte` follows. */

import type { View } from "../adapter.ts";
import { live } from "../app/state.svelte.ts";
import type { Page } from "../types.ts";

export class Stage implements View {
	components = $state.raw<View["components"]>([]);
	data = $state.raw<View["data"]>([]);
	readonly page = live as unknown as Page;

	show(view: View): void {
		live.show(view.page);
		this.data = view.data;
		this.components = view.components;
	}
}

/** The module `wellhead:adapter/client` for Svelte. */

import { hydrate, mount as mountSvelte, onMount as onMountSvelte, settled, tick } from "svelte";
import type { MountOptions, Screen, View } from "../adapter.ts";
import { live } from "../app/state.svelte.ts";
import Root from "./Root.svelte";
import { Stage } from "./stage.svelte.ts";

export async function mount(view: View, options: MountOptions): Promise<Screen> {
	const stage = new Stage();
	stage.show(view);
	live.check = options.checkUpdated;
	const props = { view: stage, failed: options.failed };
	(options.hydrate ? hydrate : mountSvelte)(Root, { target: options.target, props });
	await tick();
	return {
		async show(view) {
			stage.show(view);
			await tick();
		},
		page: (page) => live.show(page),
		navigating: (navigation) => void (live.navigation = navigation),
		updated: (value) => void (live.outdated = value),
		settled,
	};
}

export const onMount: (run: () => () => void) => void = onMountSvelte;

/** The module `wellhead:adapter/client` for Svelte. */

import * as svelte from "svelte";
import type { MountOptions, Screen, View } from "../adapter.ts";
import { live } from "../app/state.svelte.ts";
import Root from "./Root.svelte";
import { Stage } from "./stage.svelte.ts";

/** Waits until the DOM is up to date. Older versions of Svelte have no `settled`, and no components that await. */
const settled: () => Promise<void> = (svelte as { settled?: () => Promise<void> }).settled ?? svelte.tick;

export async function mount(view: View, options: MountOptions): Promise<Screen> {
	const stage = new Stage();
	stage.show(view);
	live.check = options.checkUpdated;
	const props = { view: stage, failed: options.failed };
	(options.hydrate ? svelte.hydrate : svelte.mount)(Root, { target: options.target, props });
	await svelte.tick();
	return {
		async show(view) {
			stage.show(view);
			await settled();
		},
		page: (page) => live.show(page),
		navigating: (navigation) => void (live.navigation = navigation),
		updated: (value) => void (live.outdated = value),
	};
}

export const onMount: (run: () => () => void) => void = svelte.onMount;

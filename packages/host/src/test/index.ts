/** The module `wellhead/test`, for tests of an app, which `wellhead test` runs. */

import type { ViewClass } from "../live/definition.ts";
import type { LiveView } from "../live/view.ts";
import type { MountOptions, TestPage } from "./page.ts";
import { opened } from "./running.ts";

export { assert } from "./assert.ts";
export { afterEach, beforeEach, describe, test } from "./suite.ts";
export type { Assert } from "./assert.ts";
export { PageError } from "./page.ts";
export type { Awaited, MountOptions, TestFile, TestPage } from "./page.ts";
export type { Body, Define } from "./suite.ts";

/** Mounts a live component on a page of its own, as a browser that comes to it would see it. The page is closed when the test is over. */
export function mount<State extends object, Props extends object>(component: new () => LiveView<State, Props>, options: MountOptions = {}): TestPage {
	return opened(component as unknown as ViewClass, options);
}

/** An app for the tests of a file: built, served and opened in Chromium. */

import { after, before } from "node:test";
import type { Browser } from "playwright-core";
import { launch, open, type Tab, type TabOptions } from "./browser.ts";
import { build, type BuiltApp, type Options } from "./build.ts";
import { serve, type Served } from "./serve.ts";

/** Is there when the tests run. */
export class Site {
	app!: BuiltApp;
	served!: Served;
	browser!: Browser;

	constructor(folder: string, options: Options = {}) {
		before(async () => {
			this.app = await build(folder, options);
			this.served = await serve(this.app, options.base);
			this.browser = await launch();
		});
		after(async () => {
			await this.browser?.close();
			await this.served?.close();
			this.app?.dispose();
		});
	}

	open(options?: TabOptions): Promise<Tab> {
		return open(this.browser, options);
	}

	/** Runs `drive` in a new tab at a path, once the app has taken over. */
	async at(path: string, drive: (tab: Tab) => Promise<void>): Promise<void> {
		const tab = await this.open();
		try {
			await tab.page.goto(this.served.url + path);
			await tab.ready();
			await drive(tab);
		} finally {
			await tab.close();
		}
	}
}

/** The module `wellhead:host/live`: the host of live components of a server bundle. */

import type { Live } from "./abi.ts";
import type { Host } from "./host.ts";
import { createLiveHost } from "./live/host.ts";

/** Makes the function that a server bundle exports as `live`. Components are mounted once hooks are loaded and `init` is over. */
export function createLive(host: Host): Live {
	return (engine) =>
		createLiveHost({
			...engine,
			load: async (module) => {
				await host.boot();
				const load = host.app.live?.[module];
				if (!load) throw new Error(`this build has no live component ${module}`);
				return load();
			},
			transport: () => host.transport,
		});
}

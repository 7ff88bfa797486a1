/**
 * `live` for development: reads along, is slow when asked, shows errors over the page. Not part of what is built for production.
 *
 * In the browser's console: `wellheadLive.log(true)` writes all messages and what they change, `wellheadLive.latency(200)` adds so many
 * milliseconds to each round trip; both last as long as the tab. `?wire=json` in the page's address has messages sent as JSON.
 */

import { type LiveOptions, live } from "./live.ts";
import * as json from "./protocol.json.ts";
import * as binary from "./protocol.ts";

interface Settings {
	log: boolean;
	/** Milliseconds of a round trip. */
	latency: number;
}

const KEY = "wellhead:live:dev";
const settings: Settings = { log: false, latency: 0, ...(JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Partial<Settings>) };

function set(change: Partial<Settings>): void {
	Object.assign(settings, change);
	sessionStorage.setItem(KEY, JSON.stringify(settings));
}

/** Does things later, one after the other, whatever the delay is by then. */
function delay(): (act: () => void) => void {
	let last = Promise.resolve();
	let waiting = 0;
	return (act) => {
		if (!waiting && !settings.latency) return act();
		const due = new Promise((resolve) => setTimeout(resolve, settings.latency / 2));
		waiting++;
		last = last
			.then(() => due)
			.then(() => {
				waiting--;
				act();
			});
	};
}

class SlowSocket extends WebSocket {
	readonly #later = delay();
	readonly #heard = delay();

	override send(data: Parameters<WebSocket["send"]>[0]): void {
		this.#later(() => {
			if (this.readyState === WebSocket.OPEN) super.send(data);
		});
	}
	override set onmessage(listener: WebSocket["onmessage"]) {
		super.onmessage = listener && ((event) => this.#heard(() => this.onmessage === listener && listener.call(this, event)));
		this.#listener = listener;
	}
	override get onmessage(): WebSocket["onmessage"] {
		return this.#listener;
	}
	#listener: WebSocket["onmessage"] = null;
}

const note = (direction: string, message: { type: string }): void => {
	if (settings.log) console.debug(`%c${direction} ${message.type}`, "font-weight:bold", message);
};

/** Where the tokens of a page wait that is loaded again after a build. */
const KEPT = "wellhead:live:kept";

/**
 * Has a page that is loaded again after a build go on with the session of the one before: its components keep their state, with other
 * code.
 */
function keepStateOverBuilds(): void {
	const script = document.getElementById("wellhead-live");
	if (!script) return;
	const kept = sessionStorage.getItem(KEPT);
	sessionStorage.removeItem(KEPT);
	const [path, block] = JSON.parse(kept ?? "[]") as [path?: string, block?: string];
	if (path === location.pathname) script.textContent = block!;
	addEventListener("wellhead:reload", () => sessionStorage.setItem(KEPT, JSON.stringify([location.pathname, script.textContent])));
}

/** The same as `live`, with the tools of development. */
export function liveDev(options: LiveOptions = {}): void {
	keepStateOverBuilds();
	const wire = new URLSearchParams(location.search).get("wire") === "json" ? json : binary;
	Object.assign(globalThis, { wellheadLive: { log: (log: boolean) => set({ log }), latency: (latency: number) => set({ latency }) } });
	document.addEventListener("wellhead:live:error", (event) => {
		const { detail } = event as CustomEvent<{ trace: string }>;
		dispatchEvent(new CustomEvent("wellhead:error", { detail: detail.trace ? { trace: detail.trace } : { error: detail } }));
	});
	live({
		...options,
		Socket: SlowSocket,
		wire: {
			subprotocol: wire.subprotocol,
			createEncoder() {
				const encode = wire.createEncoder();
				return (message) => {
					note("→", message);
					return encode(message);
				};
			},
			createDecoder() {
				const decode = wire.createDecoder();
				return (data) => {
					const message = decode(data);
					note("←", message);
					return message;
				};
			},
		},
	});
}

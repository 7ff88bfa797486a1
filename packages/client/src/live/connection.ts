/**
 * The connection of a live page: opened, kept, lost and opened again.
 *
 * It is over when the socket closes, or when nothing was heard for the time of a heartbeat. What comes then says the code
 * (`afterClose`): connect at once, after a while that doubles, load the page again, or stay away. A page that comes back to life
 * (a tab that is shown, a network, the browser's cache of pages) looks at once. Where eight tries in a row were in vain and the
 * server answers otherwise, the page is loaded again. Nothing loads a page again twice within a minute.
 */

import { afterClose, type Down, type Resume, type Up } from "./protocol.ts";

/** `gone` is final: the page stays as it is. */
export type ConnectionState = "connecting" | "connected" | "disconnected" | "gone";

/** A form of the protocol: `protocol.ts`, or `protocol.json.ts`. */
export interface Wire {
	readonly subprotocol: string;
	createEncoder(): (message: Up) => string | Uint8Array<ArrayBuffer>;
	createDecoder(): (message: never) => Down;
}

export interface ConnectionOptions {
	readonly address: string | URL;
	readonly wire: Wire;
	readonly Socket: typeof WebSocket;
	/** The first message of a connection. */
	hello(resume?: Omit<Resume, "events">): Up;
	/** Told of each message, in order; of `joined` with whether the session is the one of before. */
	heard(message: Down, same: boolean): void;
	became(state: ConnectionState): void;
}

export interface Connection {
	/** Sends a message, if there is a connection. Returns whether there is. */
	send(message: Up): boolean;
}

const GUARD = "wellhead:live:reload";

/** Loads the page again, unless that was done within the last minute, or nobody could tell. Returns whether it does. */
export function reload(): boolean {
	try {
		if (Date.now() - +sessionStorage[GUARD] < 60_000) return false;
		sessionStorage[GUARD] = Date.now();
	} catch {
		return false;
	}
	location.reload();
	return true;
}

/** How long to wait before the next try, in milliseconds: up to 0.5 s, then 1, 2, 4 … up to 30 s, and by chance at least half of it. */
export const backoff = (tries: number, chance: number): number => Math.min(30_000, 500 * 2 ** tries) * (0.5 + chance / 2);

export function connect({ address, wire, Socket, hello, heard, became }: ConnectionOptions): Connection {
	let socket: WebSocket | undefined;
	let encode: ReturnType<Wire["createEncoder"]>;
	let decode = wire.createDecoder();
	let session: string | undefined;
	let received = 0;
	let acknowledged = 0;
	let tries = 0;
	/** How many connections in a row have brought nothing, but that they were joined. */
	let vain = 0;
	/** When the connection was joined; 0 before. */
	let joinedAt = 0;
	let heardAt = 0;
	let sentAt = 0;
	/** Until the server has said something else, as long as an answer may take. */
	let heartbeat = 10_000;
	let over = false;
	let retry: ReturnType<typeof setTimeout> | undefined;
	let pulse: ReturnType<typeof setInterval> | undefined;
	let acknowledging: ReturnType<typeof setTimeout> | undefined;

	const write = (message: Up): void => {
		sentAt = Date.now();
		socket!.send(encode(message));
	};
	const send = (message: Up): boolean => {
		if (joinedAt) write(message);
		return !!joinedAt;
	};
	const acknowledge = (): void => {
		clearTimeout(acknowledging);
		acknowledging = undefined;
		if (received > acknowledged && send({ type: "ack", received })) acknowledged = received;
	};
	/** Forgets what the server's messages refer to. */
	const renew = (): void => {
		decode = wire.createDecoder();
		received = acknowledged = 0;
	};

	const drop = (): void => {
		if (!socket) return;
		// A socket without a network takes its time to close; nobody waits for it.
		socket.onopen = socket.onmessage = socket.onclose = null;
		socket.close();
		socket = undefined;
		if (joinedAt && Date.now() - joinedAt > 10_000) tries = 0;
		joinedAt = 0;
		clearInterval(pulse);
	};
	const lost = (code: number): void => {
		const then = afterClose(code);
		drop();
		over = then === "never" || then === "reload";
		became(then === "never" ? "gone" : "disconnected");
		// Who has logged out in another tab may have the answer to that, with the cookie, only after this; and pages that a server
		// refuses all at once do not come back all at once.
		if (then === "reload") setTimeout(() => reload() || became("gone"), 500 * (1 + Math.random()));
		if (over) return;
		retry = setTimeout(open, then === "now" && !tries ? tries++ : backoff(tries++, Math.random()));
		// The network is there, and sockets are not.
		if (++vain > 8) fetch(location.href, { method: "HEAD" }).then(({ ok }) => ok && !joinedAt && reload(), () => {});
	};

	const tick = (): void => {
		const now = Date.now();
		if (socket && now - heardAt > heartbeat) lost(0);
		else if (now - sentAt >= heartbeat / 4) send({ type: "heartbeat" });
	};
	function open(): void {
		clearTimeout(retry);
		if (socket || over) return;
		socket = new Socket(address, wire.subprotocol);
		socket.binaryType = "arraybuffer";
		encode = wire.createEncoder();
		heardAt = Date.now();
		pulse = setInterval(tick, heartbeat / 4);
		socket.onopen = () => write(hello(session === undefined ? session : { session, received }));
		socket.onclose = ({ code }) => lost(code);
		socket.onmessage = ({ data }) => {
			heardAt = Date.now();
			let message: Down;
			try {
				message = decode(data as never);
			} catch {
				// The server sends all that it still has to a new decoder, or renders anew.
				renew();
				return lost(0);
			}
			let same = false;
			if (message.type === "joined") {
				same = session === message.session;
				session = message.session;
				if (message.stream === "new") renew();
				if (!joinedAt) {
					joinedAt = heardAt;
					heartbeat = message.heartbeat;
					clearInterval(pulse);
					pulse = setInterval(tick, heartbeat / 4);
					became("connected");
				}
			} else {
				// A network that fails now and then is no reason to give the page up.
				vain = 0;
				if (message.type !== "heartbeat") {
					received++;
					if (received - acknowledged > 15) acknowledge();
					else acknowledging ??= setTimeout(acknowledge, 2000);
				}
			}
			heard(message, same);
			// Timers of a hidden page are slow, messages are not.
			tick();
		};
	}

	/** The page may have slept. */
	const wake = (): void => {
		if (document.hidden) return;
		tick();
		if (!socket) open();
	};
	addEventListener("online", wake);
	addEventListener("offline", () => socket && lost(0));
	addEventListener("pageshow", wake);
	document.addEventListener("visibilitychange", wake);
	// A page with a socket is not kept for the way back.
	addEventListener("pagehide", () => {
		clearTimeout(retry);
		drop();
		if (!over) became("disconnected");
	});

	became("connecting");
	open();
	return { send };
}

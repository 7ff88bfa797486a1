/** The state that a page hydrates from, and the words for what cannot cross. */

import { DevalueError } from "devalue";
import type { State } from "../../client/src/serial.ts";
import { Part, type Reply } from "./abi.ts";
import type { Event } from "./event.ts";
import { Outbox } from "./late.ts";
import type { Branch } from "./page.ts";

export interface Written {
	readonly text: string;
	readonly rest: Reply["rest"];
}

const NONE: Written = { text: "", rest: null };

/** The state of a branch; nothing where the browser does not take over. */
export function stateOf(event: Event, branch: Branch): Written {
	if (!branch.csr) return NONE;
	const { plan } = branch;
	const plain = plan !== null && !plan.loads && branch.error === null && isEmpty(event.params);
	if (plain && plan.state !== null) return { text: plan.state, rest: null };
	const state: State = {
		status: branch.status,
		error: branch.error,
		route: event.number,
		params: event.params,
		nodes: branch.loaded.map(({ sent }) => sent),
		form: null,
	};
	if (branch.boundary >= 0) {
		state.boundary = branch.boundary;
		state.nodes.pop();
	}
	if (branch.loads?.fetched.length) state.fetched = branch.loads.fetched;
	if (!branch.ssr) state.blank = true;
	if (event.host.env) state.env = event.host.env;
	const outbox = new Outbox(event, (encode, id, key, value) => encode({ id, [key]: value }));
	const text = explained(event, () => outbox.encode(state), (path) => /^\.nodes\[(\d+)\]\.(.*)$/s.exec(path));
	if (plain) plan.state = text;
	return { text, rest: outbox.rest(Part.Late) };
}

/** Runs `encode`; an error of it says which value of which load cannot cross, and what to do. */
export function explained(event: Event, encode: () => string, place: (path: string) => ArrayLike<string> | null): string {
	try {
		return encode();
	} catch (error) {
		if (!(error instanceof DevalueError)) throw error;
		const found = place(error.path);
		if (!found) throw error;
		const { id } = event.route;
		const { app, plans } = event.host;
		const file = app.serverFiles[(plans[event.number]?.ids ?? [0])[Number(found[1])]!] ?? "a server module";
		const where = id === null ? file : `${file} (route "${id}")`;
		const hint = "return plain data from load, or add its type to `transport` in src/hooks.ts";
		throw new Error(`${found[2]} from load in ${where} cannot cross to the browser: ${error.message}; ${hint}`, { cause: error });
	}
}

function isEmpty(object: object): boolean {
	for (const _ in object) return false;
	return true;
}

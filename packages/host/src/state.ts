/** The state that a page hydrates from. */

import type { State } from "../../client/src/serial.ts";
import { Part, type Reply } from "./abi.ts";
import type { Place } from "./crossing.ts";
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
	const outbox = new Outbox(event, (encode, id, key, value) => encode({ id, [key]: value }, `.${key}`));
	const text = outbox.encode(state, place);
	if (plain) plan.state = text;
	return { text, rest: outbox.rest(Part.Late) };
}

/** `.nodes[1].data.user` is the user in the data of the second node. */
const place: Place = (path) => {
	const found = /^\.nodes\[(\d+)\]\.(.*)$/s.exec(path);
	return found && { node: Number(found[1]), name: found[2]! };
};

function isEmpty(object: object): boolean {
	for (const _ in object) return false;
	return true;
}

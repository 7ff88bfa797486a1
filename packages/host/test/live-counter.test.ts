import assert from "node:assert/strict";
import { test } from "node:test";
import { html, LiveView } from "../../client/src/index.ts";
import { TestHost } from "./harness/live.ts";

class Counter extends LiveView {
	override mount() {
		this.state = { count: 0 };
	}
	increment() {
		this.state.count++;
	}
	render() {
		return html`<button @click="increment">${this.state.count}</button>`;
	}
}

test("counter", async () => {
	const host = new TestHost({ Counter });
	const page = await host.open("Counter");
	assert.equal(page.html(), '<button @click="increment">0</button>');
	console.log(JSON.stringify(page.mounted));
	console.log(JSON.stringify(page.event("increment")));
	console.log(JSON.stringify(page.event("decrement")));
	console.log(JSON.stringify(page.send({ type: "save" })));
});

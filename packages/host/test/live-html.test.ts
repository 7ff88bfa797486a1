/** Templates of live components: what becomes of values, and what is refused with its place. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { component, html, js, LiveView, on, raw } from "../../client/src/index.ts";
import { message, type Page, TestHost } from "./harness/live.ts";

/** What a component shows whose render is this function. */
async function show(render: (view: LiveView) => unknown, handlers: Record<string, unknown> = {}): Promise<Page> {
	class Probe extends LiveView {
		save(): void {}
		remove(..._args: unknown[]): void {}
		render() {
			return render(this) as never;
		}
	}
	Object.assign(Probe.prototype, handlers);
	return new TestHost({ Probe }).open("Probe");
}
const shows = async (render: (view: LiveView) => unknown, expected: unknown): Promise<void> => {
	const page = await show(render);
	assert.equal(message(page.mounted), "");
	assert.deepEqual(page.shown.get(0), expected);
};
const refuses = async (render: (view: LiveView) => unknown, expected: RegExp): Promise<void> => {
	const { mounted } = await show(render);
	assert.match(message(mounted), expected);
	assert.equal(mounted.errors![0]!.fatal, true);
};

test("values between tags become texts, lists, templates and HTML", async () => {
	await shows(() => html`<p>${"a<b"}${1}${1.5}${-0}${null}${undefined}${true}${false}</p>`, [0, "a<b", 1, 1.5, 0, null, null, null, null]);
	await shows(() => html`${[1, "a", null]}${new Set(["x"])}${(function* () { yield 1; })()}`, [0, [-1, 1, "a", null], [-1, "x"], [-1, 1]]);
	await shows(() => html`<p>${html`<b>${1}</b>`}${raw("<i>x</i>")}</p>`, [0, [1, 1], [-2, "<i>x</i>"]]);
	await shows(() => "text", "text");
	await shows(() => null, null);
	await shows(() => [html`a`, html`b`], [-1, [0], [1]]);
});

test("numbers and objects that have a text are written as JavaScript writes them", async () => {
	await shows(() => html`${NaN}${Infinity}${-Infinity}${1e21}${1e-7}${123456789012345680000}${10n}`, [0, "NaN", "Infinity", "-Infinity", "1e+21", "1e-7", 123456789012345680000, "10"]);
	await shows(() => html`${new Date(0)}${new URL("http://a/b")}`, [0, "1970-01-01T00:00:00.000Z", "http://a/b"]);
	await shows(() => html`${"\ud800x"}`, [0, "\ufffdx"]);
	await shows(() => html`${"\\ud800"}${"😀"}`, [0, "\\ud800", "😀"]);
});

test("what cannot be shown is refused with slot and place", async () => {
	const place = /live-html\.test\S*:\d+:\d+/;
	await refuses(() => html`<p>${1}${{ a: 1 }}</p>`, new RegExp(`^an object cannot be shown, in slot 1 of the template at \\S*${place.source}; hint: show its parts`));
	await refuses(() => html`${() => 1}`, /the function without a name cannot be shown, in slot 0.*hint: call it/);
	await refuses(() => html`${Symbol("s")}`, /Symbol\(s\) cannot be shown/);
	await refuses(() => html`${Promise.resolve(1)}`, /class Promise cannot be shown.*await it/);
	await refuses(() => html`${new Map()}`, /class Map cannot be shown.*values\(\)/);
	await refuses(() => html`${new Date(NaN)}`, /date is invalid/);
	await refuses(() => html`${new Error("e")}`, /error\.message/);
	await refuses(() => html`<textarea>${html`x`}</textarea>`, /a template cannot be shown, in slot 0 \(in <textarea>\)/);
	await refuses(() => html`<a title=${html`x`}></a>`, /cannot be shown, in slot 0 \(title=\)/);
	const cycle: unknown[] = [];
	cycle.push(cycle);
	await refuses(() => html`${cycle}`, /nested deeper than 99/);
	await refuses(() => (html as (strings: unknown) => unknown)("text"), /html is a tag/);
	await refuses(async () => html`x`, /render of Probe is async/);
	await refuses(() => {
		throw new TypeError("mine");
	}, /^mine$/);
	await refuses(() => html`<i>${html`<b>${{}}</b>`}</i>`, /^an object cannot be shown, in slot 0 of the template at \S+; hint: [^;]*$/);
});

test("attributes are left out, empty, or words", async () => {
	await shows(() => html`<input value=${"v"} disabled=${true} readonly=${false} title=${null} ?hidden=${1} aria-busy=${false} draggable=${true}>`, [0, "v", true, false, null, true, "false", "true"]);
	await shows(() => html`<a href="/x/${1}/${null}?${true}" title='a ${"b"}'></a>`, [0, 1, "", "true", "b"]);
	await shows(() => html`<textarea>${1}${null}</textarea><title>${"t"}</title>${2}`, [0, 1, "", "t", 2]);
	await shows(() => html`<!-- <b --> ${1}<br/>${2}<b a=1>${3}</b>`, [0, 1, 2, 3]);
	await shows(() => html`<!-- a > b <i title=" -->${[1]}<!-- -->`, [0, [-1, 1]]);
	await shows(() => html`<i a=${true}b></i><i a=${true} b></i>`, [0, "true", true]);
});

test("classes are texts, lists and objects", async () => {
	await shows(() => html`<p class=${["a", { b: true, c: 0 }, ["d", null, false]]}>`, [0, "a b d"]);
	await shows(() => html`<p class="x ${{ y: 1 }} ${null}">`, [0, "y", null]);
	await refuses(() => html`<p class=${new Map()}>`, /class Map cannot be shown, in slot 0 \(class=\)/);
});

test("styles are texts and objects, of which no value ends its declaration", async () => {
	await shows(() => html`<p style=${{ backgroundColor: "red", "--gap": 2, top: null, width: "calc((1px + (2px)) * 3)" }}>`, [0, "background-color:red;--gap:2;width:calc((1px + (2px)) * 3)"]);
	await shows(() => html`<p style=${{ background: 'url("data:a;b")' }}>`, [0, 'background:url("data:a;b")']);
	for (const value of ["red;color:blue", "url(a", '"a', "a}", "a/*", "'", "a\\"]) await refuses(() => html`<p style=${{ color: value }}>`, /would end its declaration/);
	await refuses(() => html`<p style=${{ "a:b": 1 }}>`, /no name of a CSS property/);
});

test("handlers are named by texts, methods, and methods with arguments", async () => {
	const page = await show((view) => {
		const self = view as unknown as { save(): void; remove(): void };
		return html`<b @click=${self.save} ts-on:input.debounce-300=${on(self.remove as (...args: unknown[]) => void, 1, "a", null, [true], { x: 1 })} @focus=${null} @blur=${"save"}></b>`;
	});
	assert.deepEqual(page.shown.get(0), [0, "save", 'remove([1,"a",null,[true],{"x":1}])', null, "save"]);
});

test("handlers in the fixed text may have literals as arguments", async () => {
	const page = await show(() => html`<b @click="save" @input=" remove(1, 'a\\'&quot;b', [true], null, -1.5) " ts-on:blur.once='remove("x")' title="f(1)" @x=save></b>`);
	assert.equal(message(page.mounted), "");
	assert.deepEqual(page.host.templates[0], ["<b @click=\"save\" @input=\"remove([1,&quot;a&#39;\\&quot;b&quot;,[true],null,-1.5])\" ts-on:blur.once='remove([&quot;x&quot;])' title=\"f(1)\" @x=save></b>"]);
	await refuses(() => html`<b @click="remove(x)">`, /@click of <b> in the template at \S+: the arguments in "remove\(x\)" are not literals/);
	await refuses(() => html`<b @click="a b">`, /is no call of a handler/);
	await refuses(() => html`<b @click="remove(${1})">`, /@click of <b> has more than a slot/);
});

test("handlers that do not exist are named when their template is first shown", async () => {
	await refuses(() => html`<b @click="savee"></b>`, /^Probe has no handler savee, which the template at \S+live-html\.test\S+ names; hint: is it save\?$/);
	await refuses(() => html`<b @click="mount"></b>`, /mount is a method of LiveView, not a handler of Probe/);
	await refuses(() => html`<b @click="_private"></b>`, /"_private" is no name of a handler/);
	await refuses(() => html`<b @click="toString"></b>`, /toString is a method/);
	await refuses(() => html`<b @click=${() => {}}></b>`, /the function is no method of Probe, in slot 0 \(@click=\)/);
	await refuses(() => html`<b @click=${{}}></b>`, /an event takes a method/);
	await refuses(() => html`<b @click=${js.push("nothing")}></b>`, /has no handler nothing/);
	await refuses(() => html`<b @click='[["push",{"event":"nothing"}]]'></b>`, /has no handler nothing/);
	await refuses(() => html`<b title=${on(function save() {} as never)}></b>`, /cannot be shown/);
});

test("arguments that would come back as something else are refused", async () => {
	for (const value of [undefined, NaN, 1n, new Date(0), new Map(), () => {}, Symbol("x"), { deep: new Date(0) }]) {
		const { mounted } = await show((view) => html`<b @click=${on((view as unknown as { remove(...args: unknown[]): void }).remove, value)}>`);
		if (value === undefined) assert.equal(message(mounted), "");
		else assert.match(message(mounted), /an argument of remove is .*, which does not come back|JSON/);
	}
});

test("a template is told once for all sessions of a host", async () => {
	class Twice extends LiveView {
		render() {
			return html`<p>${html`<b></b>`}${html`<b></b>`}</p>`;
		}
	}
	const host = new TestHost({ Twice });
	assert.deepEqual((await host.open("Twice", { session: 1 })).mounted.templates, [[0, ["<p>", "", "</p>"]], [1, ["<b></b>"]], [2, ["<b></b>"]]]);
	assert.equal((await host.open("Twice", { session: 2 })).mounted.templates, undefined);
	const other = new TestHost({ Twice });
	assert.equal((await other.open("Twice")).mounted.templates!.length, 3);
	assert.deepEqual((await host.open("Twice", { session: 3 })).shown.get(0), [0, [1], [2]]);
});

test("more templates than a host may have are refused with their place", async () => {
	class Many extends LiveView {
		render() {
			return Array.from({ length: 5 }, (_, i) => new Function("html", `return html\`${"x".repeat(i)}\``)(html) as unknown);
		}
	}
	const page = await new TestHost({ Many }, { limits: { templates: 3 } }).open("Many");
	assert.match(message(page.mounted), /templates of this server \(the last is at .*\): more than 3/);
});

test("client commands are JSON in any attribute, and may push what they name only", async () => {
	const page = await show(() => html`<b @click=${js.show("#x").addClass("on off", ".y").transition(["a", "b", "c"], { inner: "i" }, { time: 100 }).focus().push("save", { id: 1 }).dispatch("d").toggleAttribute("open")} data-cancel=${js.hide()}>`);
	const [, click, cancel] = page.shown.get(0) as [number, string, string];
	assert.deepEqual(JSON.parse(click), [
		["show", { to: "#x" }],
		["addClass", { names: ["on", "off"], to: ".y" }],
		["transition", { transition: [["a"], ["b"], ["c"]], time: 100, to: { inner: "i" } }],
		["focus", {}],
		["push", { event: "save", data: { id: 1 } }],
		["dispatch", { name: "d" }],
		["toggleAttribute", { name: "open", value: "" }],
	].map(([name, options]) => [name, options]));
	assert.deepEqual(JSON.parse(cancel), [["hide", {}]]);
	assert.deepEqual(page.event("save").errors, undefined);
	assert.match(message(page.event("remove")), /has not rendered/);
	assert.throws(() => js.setAttribute("onclick", "x"), /cannot be set/);
	assert.throws(() => js.setAttribute("@click", "x"), /cannot be set/);
	assert.throws(() => js.navigate("javascript:alert(1)"), /javascript: is no scheme/);
	assert.deepEqual(js.hide("a").commands, [["hide", { to: "a" }]]);
	assert.deepEqual(js.commands, []);
});

test("a component that is no component is refused", async () => {
	await refuses(() => html`${component(class {} as never)}`, /component takes a class that extends LiveView/);
	await refuses(() => html`${component(undefined as never)}`, /component takes a class/);
	assert.throws(() => new (class extends LiveView { render() { return null; } })(), /the server makes live components/);
});

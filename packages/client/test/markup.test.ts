/** What goes into the engine's buffer, and what stays text: with an engine's operations in JavaScript. */

import assert from "node:assert/strict";
import { test } from "node:test";

const templates: string[][] = [];
let stretches: string[] = [];
let room = Infinity;

function write(template: number, follows: boolean, ...texts: string[]): boolean {
	if (room-- <= 0) return false;
	const [first, ...parts] = templates[template]!;
	const text = first + parts.map((part, i) => `[${texts[i]}]${part}`).join("");
	if (follows) stretches[stretches.length - 1] += text;
	else stretches.push(text);
	return true;
}

const native = {
	prefix: "@",
	template: (parts: string[]) => templates.push(parts) - 1,
	begin: () => void (stretches = []),
	rewind: (count: number) => void (stretches.length = count),
	take(head: string, body: string) {
		const seen = new Set<number>();
		const put = (text: string) =>
			text.replace(/@(\d{5})/g, (_, digits) => {
				seen.add(Number(digits));
				return `{${stretches[Number(digits)]}}`;
			});
		const whole = [put(head), put(body)];
		return seen.size === stretches.length ? whole : null;
	},
	write0: write,
	write1: write,
	write2: write,
	write3: write,
	write4: write,
};
Object.assign(globalThis, { [Symbol.for("wellhead.markup")]: native });
const { asText, collect, copy, template, write0, write1, write4 } = await import("../src/svelte/markup.ts");

class Renderer {
	out: string[] = [];
	push(text: string): void {
		this.out.push(text);
	}
	get length(): number {
		return this.out.length;
	}
	copy(): Renderer {
		const copy = new Renderer();
		copy.out = [...this.out];
		return copy;
	}
	toString(): string {
		return this.out.join("");
	}
}

/** One that does not tell how much it holds. */
class Silent {
	out = "";
	push(text: string): void {
		this.out += text;
	}
	copy(): Silent {
		return Object.assign(new Silent(), { out: this.out });
	}
}

const tag = template(["<a>"], "");
const one = template(["<b>", "</b>"], "t");
const four = template(["", "|", "|", "|", ""], "tata");

/** Renders with one renderer for the body and one for the head. */
function page(render: (body: Renderer, head: Renderer) => void): string {
	const { head, body } = collect(() => {
		const [inBody, inHead] = [new Renderer(), new Renderer()];
		render(inBody, inHead);
		return { head: String(inHead), body: String(inBody) };
	});
	return `${head}/${String(body)}`;
}

test("what follows one another is one stretch", () => {
	const written = page((body) => {
		write0(body, tag);
		write1(body, one, 1);
		write1(body, one, undefined);
		write4(body, four, "<", null, true, 2n);
	});
	assert.equal(written, "/{<a><b>[1]</b><b>[]</b>[<]|[]|[true]|[2]}");
});

test("what comes between begins another stretch", () => {
	const written = page((body, head) => {
		write0(body, tag);
		body.push("text");
		write0(body, tag);
		write0(head, tag);
		write0(head, tag);
		write0(body, tag);
	});
	assert.equal(written, "{<a><a>}/{<a>}text{<a>}{<a>}");
});

test("where a renderer does not tell how much it holds, each push is a stretch", () => {
	const silent = new Silent();
	const { body } = collect(() => {
		write0(silent, tag);
		silent.push("text");
		write0(silent, tag);
		return { head: "", body: silent.out };
	});
	assert.equal(body, "{<a>}text{<a>}");
});

test("what is read is text, and what follows is not", () => {
	const written = page((body) => {
		write0(body, tag);
		asText(() => {
			write1(body, one, '<&"');
			write4(body, four, "<", '"', "&", "'");
		});
		write0(body, tag);
	});
	assert.equal(written, `/{<a>}<b>&lt;&amp;"</b>&lt;|&quot;|&amp;|'{<a>}`);
	assert.throws(() => asText(() => assert.fail("thrown on")), /thrown on/);
});

test("a page that the buffer has no room for goes on as text", () => {
	room = 1;
	const written = page((body) => {
		write0(body, tag);
		write1(body, one, "&");
		write1(body, one, 2);
	});
	room = Infinity;
	assert.equal(written, "/{<a>}<b>&amp;</b><b>2</b>");
	assert.equal(page((body) => write0(body, tag)), "/{<a>}");
});

test("a page of which the renderer has dropped something is rendered again", () => {
	let renders = 0;
	const written = page((body) => {
		renders++;
		write0(new Renderer(), tag);
		write1(body, one, "&");
	});
	assert.equal(written, "/<b>&amp;</b>");
	assert.equal(renders, 2);
});

test("a component that is tried again has written once", () => {
	let renders = 0;
	const written = page((body) => {
		renders++;
		write0(body, tag);
		let inner: Renderer | undefined;
		for (const text of ["first", "second", "third"]) {
			inner = copy(body, inner) as Renderer;
			write1(inner, one, text);
			let nested: Renderer | undefined;
			for (const text of ["in", "it"]) {
				nested = copy(inner, nested) as Renderer;
				write1(nested, one, text);
			}
			inner.out = nested!.out;
		}
		body.out = inner!.out;
		write0(body, tag);
	});
	assert.equal(written, "/{<a>}{<b>[third]</b>}{<b>[it]</b>}{<a>}");
	assert.equal(renders, 1);
});

test("an error of a render leaves nothing behind", () => {
	assert.throws(() => page((body) => {
		write0(body, tag);
		throw new Error("of the app");
	}), /of the app/);
	const body = new Renderer();
	write1(body, one, "<");
	assert.equal(String(body), "<b>&lt;</b>");
	assert.equal(page((body) => write0(body, tag)), "/{<a>}");
});

test("a page without markup is what it is", () => {
	assert.equal(page((body) => body.push("text")), "/text");
});

/**
 * What is in the attribute of an event: the name of a handler, perhaps with arguments, or client commands.
 *
 * | authors write | browsers get |
 * |---|---|
 * | `@click="save"` | `save` |
 * | `@click="remove(1, 'a')"`: literals of JavaScript | `remove([1,"a"])` |
 * | `@click=${on(this.remove, 1, "a")}` | `remove([1,"a"])` |
 * | `@click=${js.hide("#menu")}`, or that as JSON | `[["hide",{"to":"#menu"}]]` |
 *
 * A handler of the component around the one that shows it, which gave it the template, has a `^` before its name, one for each
 * component outwards.
 */

import { LiveError } from "./errors.ts";

/** A client command: its name and its options. js.ts has the list. */
export type Command = readonly [name: string, options: Readonly<Record<string, unknown>>];

export interface HandlerCall {
	readonly name: string;
	readonly args: readonly unknown[];
}

export type Call = HandlerCall | readonly Command[];

function isCommands(call: Call): call is readonly Command[] {
	return Array.isArray(call);
}

/** Reads what an author wrote into a fixed part of a template. */
export function readCall(text: string, where: string): Call {
	const trimmed = text.trim();
	if (trimmed.startsWith("[")) return readCommands(trimmed, where);
	const found = /^([^\s()]+)\s*(?:\(([^]*)\))?$/.exec(trimmed);
	if (!found) throw new LiveError("bad_template", `${where}: ${JSON.stringify(text)} is no call of a handler`, 'write "save" or "save(1, \'a\')"');
	return { name: found[1]!, args: readArguments(found[2] ?? "", text, where) };
}

function readArguments(list: string, text: string, where: string): unknown[] {
	const json = list.replace(/"(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'/g, (string: string, single: string | undefined) =>
		single === undefined ? string : `"${single.replace(/\\'/g, "'").replace(/"/g, '\\"')}"`,
	);
	try {
		return JSON.parse(`[${json}]`) as unknown[];
	} catch {
		throw new LiveError("bad_template", `${where}: the arguments in ${JSON.stringify(text)} are not literals`, "pass values with @click=${on(this.method, value)}");
	}
}

function readCommands(text: string, where: string): readonly Command[] {
	try {
		const commands = JSON.parse(text) as unknown;
		if (Array.isArray(commands) && commands.every((command) => Array.isArray(command) && typeof command[0] === "string"))
			return commands.map(([name, options]: [string, Command[1] | undefined]): Command => [name, options ?? {}]);
	} catch {
		// It is refused below.
	}
	throw new LiveError("bad_template", `${where}: ${text} are no client commands`, "write them with `js`");
}

/** The handlers that a call reaches. */
export function callNames(call: Call): readonly string[] {
	if (!isCommands(call)) return [call.name];
	return call.flatMap(([name, options]) => (name === "push" && typeof options["event"] === "string" ? [options["event"]] : []));
}

/** A call as browsers read it; `levels` is how many components out its handler is. */
export function writeCall(call: Call, levels: number): string {
	const out = "^".repeat(levels);
	if (!isCommands(call)) return call.args.length === 0 ? out + call.name : `${out}${call.name}(${json(call.args, call.name)})`;
	const lifted = levels === 0 ? call : call.map(([name, options]): Command => (name === "push" ? [name, { ...options, event: `${out}${String(options["event"])}` }] : [name, options]));
	return json(lifted, "js");
}

/** Values as JSON; those that would not come back as they are, are refused. */
function json(values: readonly unknown[], name: string): string {
	return JSON.stringify(values, function (this: unknown, key: string, value: unknown) {
		// What has `toJSON` comes here as what that gave.
		const own = (this as Record<string, unknown>)[key];
		const plain = value === own && (value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value) || isPlain(value));
		if (!plain && own !== undefined) throw new LiveError("bad_value", `an argument of ${name} is ${describe(own)}, which does not come back from a browser as it is`, "pass a string, a number, a boolean, or lists and plain objects of them");
		return Array.isArray(this) && value === undefined ? null : value;
	});
}

function isPlain(value: unknown): boolean {
	if (typeof value !== "object" || value === null) return false;
	if (Array.isArray(value)) return true;
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === Object.prototype || prototype === null;
}

/** What a value is, in words. */
export function describe(value: unknown): string {
	if (value === null || value === undefined) return String(value);
	if (typeof value === "function") return `the function ${value.name || "without a name"}`;
	if (typeof value === "symbol") return value.toString();
	if (typeof value === "number" || typeof value === "bigint") return `the number ${String(value)}`;
	if (typeof value !== "object") return `the ${typeof value} ${JSON.stringify(value)}`;
	const name = (value as { constructor?: { name?: unknown } }).constructor?.name;
	return typeof name === "string" && name !== "" && name !== "Object" ? `an object of class ${name}` : "an object";
}

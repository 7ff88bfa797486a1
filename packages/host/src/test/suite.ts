/** The tests of a file, which it names while it is imported. */

/** What a test does. It fails if it throws, or if the promise that it returns is rejected. */
export type Body = () => unknown;

export interface Test {
	/** Its own name after those of the groups around it. */
	readonly name: readonly string[];
	readonly mode: Mode;
	readonly body: Body;
	readonly group: Group;
}

type Mode = "run" | "skip" | "only";

/** Tests that `describe` holds together; the outermost is the file. */
interface Group {
	readonly name: string;
	readonly mode: Mode;
	readonly around: Group | null;
	readonly before: Body[];
	readonly after: Body[];
}

/** Names a test; `test.skip` leaves it out, `test.only` leaves out all others of its file. */
export interface Define {
	(name: string, body: Body): void;
	skip(name: string, body?: Body): void;
	only(name: string, body: Body): void;
}

const groupOf = (name: string, mode: Mode, around: Group | null): Group => ({ name, mode, around, before: [], after: [] });

let tests: Test[] | null = null;
let group: Group = groupOf("", "run", null);

/** Imports a file and gives back the tests that it names. */
export async function testsOf(load: () => Promise<unknown>): Promise<readonly Test[]> {
	const named: Test[] = [];
	tests = named;
	group = groupOf("", "run", null);
	try {
		await load();
	} finally {
		tests = null;
	}
	return named;
}

/** Whether a test is run: not if it is left out, or if others are the only ones. */
export function isWanted(test: Test, all: readonly Test[]): boolean {
	return modeOf(test) === "only" || (modeOf(test) === "run" && !all.some((other) => modeOf(other) === "only"));
}

/** What a test's own mode and those of the groups around it come to. */
function modeOf({ mode, group }: Test): Mode {
	const modes: Mode[] = [mode];
	for (let around: Group | null = group; around; around = around.around) modes.push(around.mode);
	if (modes.includes("skip")) return "skip";
	return modes.includes("only") ? "only" : "run";
}

/** Runs a test: what comes before it, outermost first, and what comes after it, innermost first, whatever became of it. */
export async function run({ body, group }: Test): Promise<void> {
	const groups: Group[] = [];
	for (let around: Group | null = group; around; around = around.around) groups.unshift(around);
	try {
		for (const { before } of groups) for (const first of before) await first();
		await body();
	} finally {
		for (const { after } of groups.reverse()) for (const last of after) await last();
	}
}

function define(name: string, mode: Mode, body: Body): void {
	if (!tests) throw new Error(`test("${name}"): tests are named while their file is imported, not by other tests or later`);
	if (typeof body !== "function") throw new TypeError(`test("${name}"): the second argument is a function`);
	const names = [name];
	for (let around: Group | null = group; around?.name; around = around.around) names.unshift(around.name);
	tests.push({ name: names, mode, body, group });
}

function gather(name: string, mode: Mode, body: Body): void {
	const around = group;
	group = groupOf(name, mode, around);
	try {
		if (body() instanceof Promise) throw new TypeError(`describe("${name}"): its function is not async; await in tests and in beforeEach`);
	} finally {
		group = around;
	}
}

const modes = (make: (name: string, mode: Mode, body: Body) => void): Define =>
	Object.assign((name: string, body: Body) => make(name, "run", body), {
		skip: (name: string, body: Body = () => {}) => make(name, "skip", body),
		only: (name: string, body: Body) => make(name, "only", body),
	});

/** A test: `test("counts clicks", async () => { … })`. */
export const test: Define = modes(define);
/** Tests that belong together. */
export const describe: Define = modes(gather);

/** Called before each test of the file, or of the group that it stands in. */
export const beforeEach = (body: Body): unknown => group.before.push(body);
/** Called after each test of the file, or of the group that it stands in, also if that failed. */
export const afterEach = (body: Body): unknown => group.after.push(body);

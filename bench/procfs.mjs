// What the kernel counts of a process tree, from /proc.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Length of a tick of /proc/PID/stat, in microseconds. */
const tickMicroseconds = 1e6 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/**
 * The fields of /proc/PID/stat after the command name, which may hold spaces and brackets itself.
 * @param {string} line
 * @returns {{ parent: number, cpuTicks: number, waitedTicks: number }} `waitedTicks` is of children that ended
 */
export function parseStat(line) {
	const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
	return {
		parent: Number(fields[1]),
		cpuTicks: Number(fields[11]) + Number(fields[12]),
		waitedTicks: Number(fields[13]) + Number(fields[14])
	};
}

/** @param {number | string} pid */
function stat(pid) {
	try {
		return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
	} catch {
		return null;
	}
}

/**
 * @param {number} root
 * @returns {number[]} `root` and all its descendants
 */
export function processTree(root) {
	/** @type {Map<number, number[]>} */
	const children = new Map();
	for (const name of readdirSync('/proc')) {
		if (!/^\d+$/.test(name)) continue;
		const parent = stat(name)?.parent;
		if (parent === undefined) continue;
		children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
	}
	const tree = [root];
	for (const pid of tree) tree.push(...(children.get(pid) ?? []));
	return tree;
}

/**
 * User and system time of a process tree so far, in microseconds.
 * @param {number} root
 */
export function cpuMicroseconds(root) {
	const ticks = processTree(root).map((pid) => stat(pid)?.cpuTicks ?? 0);
	return ticks.reduce((sum, value) => sum + value, 0) * tickMicroseconds;
}

/**
 * Resident memory of a process tree in KiB. Pages that processes share count once for each.
 * @param {number} root
 */
export function residentKib(root) {
	let sum = 0;
	for (const pid of processTree(root)) {
		try {
			sum += Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+)/m)?.[1] ?? 0);
		} catch {
			// It has ended meanwhile.
		}
	}
	return sum;
}

/**
 * Processor time of the whole machine with what its host kept from it, and of this process with the children it has
 * waited for, in microseconds. Their difference to a server's own time tells whether somebody else was using the machine.
 */
export function machineMicroseconds() {
	const fields = readFileSync('/proc/stat', 'utf8').split(/\s+/).map(Number);
	const [, user, nice, system, , , , , stolen] = fields;
	const own = stat(process.pid);
	return {
		busy: (user + nice + system + stolen) * tickMicroseconds,
		own: own ? (own.cpuTicks + own.waitedTicks) * tickMicroseconds : 0
	};
}

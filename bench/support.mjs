/** What several measurements need: a real clock, servers and readers in processes of their own, and medians. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const SLUG = 'sandbox-public';
export const PAGE = 500;
export const realClock = {
	now: Date.now,
	sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** Starts a script beside this one, with Node's own settings, and reads the line of JSON that it prints first. */
async function start(script, args) {
	const path = fileURLToPath(new URL(script, import.meta.url));
	const words = [path, ...args.map(String)];
	const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
	const ended = once(child, 'exit');
	const line = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended]);
	if (typeof line[0] !== 'string') throw new Error(`${script} ended without a word`);
	return { child, ended, told: JSON.parse(line[0]) };
}

/** What another process tells at its end. */
export async function run(script, args) {
	const { ended, told } = await start(script, args);
	const [code] = await ended;
	if (code !== 0) throw new Error(`${script} ended with ${code}`);
	return told;
}

/** Does something with a server of that many entries, in a process of its own. @param act is given its address */
export async function withServer(rows, act) {
	const { child, ended, told } = await start('./server.mjs', [rows]);
	try {
		return await act(told.epicollect5);
	} finally {
		child.kill();
		await ended;
	}
}

/** CPU time of this process in microseconds, and what came of it. */
export async function cpuOf(act) {
	const before = process.cpuUsage();
	const result = await act();
	const { user, system } = process.cpuUsage(before);
	return { cpu: user + system, result };
}

export function median(values) {
	return [...values].sort((a, b) => a - b)[values.length >> 1];
}

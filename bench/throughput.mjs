/**
 * The CPU time of a bare axios loop over the pages of a project, over that of ours, which also keeps limits, leaves out
 * duplicates and makes tidy values. Both read the same sandbox, in turns, from a process of its own.
 */
import axios from 'axios';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { clientOf, readTidyEntries, Run, transport } from './compiled.mjs';

const ROWS = 20_000;
const ROUNDS = 5;
const SLUG = 'sandbox-public';
const clock = { now: Date.now, sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };

export async function throughput() {
	const cli = fileURLToPath(new URL('../sandbox/dist/cli.js', import.meta.url));
	const args = [cli, '--port', '0', '--limits', 'off', '--entries', String(ROWS)];
	const sandbox = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
	try {
		const [line] = await once(createInterface({ input: sandbox.stdout }), 'line');
		const baseUrl = JSON.parse(line).epicollect5;
		const bare = [];
		const ours = [];
		for (let round = 0; round <= ROUNDS; round++) {
			const one = await cpuOf(() => bareLoop(baseUrl));
			const two = await cpuOf(() => ourLoop(baseUrl));
			// The first round warms both up.
			if (round > 0) {
				bare.push(one);
				ours.push(two);
			}
		}
		return [{ metric: 'throughput', value: median(bare) / median(ours), goal: 0.6 }];
	} finally {
		sandbox.kill();
	}
}

async function bareLoop(baseUrl) {
	let count = 0;
	for (let page = 1; count < ROWS; page++) {
		const params = { page, per_page: 500, sort_by: 'created_at', sort_order: 'ASC' };
		const { data } = await axios.get(`${baseUrl}/api/export/entries/${SLUG}`, { params });
		count += data.data.entries.length;
	}
	return count;
}

async function ourLoop(baseUrl) {
	const client = clientOf({ transport, clock, baseUrl });
	const project = await client.project(SLUG, new Run(clock));
	let count = 0;
	for await (const rows of readTidyEntries(client, { slug: SLUG }, async () => project, new Run(clock))) {
		count += rows.length;
	}
	return count;
}

async function cpuOf(read) {
	const before = process.cpuUsage();
	const count = await read();
	const { user, system } = process.cpuUsage(before);
	if (count !== ROWS) throw new Error(`${count} of ${ROWS} entries were read`);
	return user + system;
}

function median(values) {
	return values.sort((a, b) => a - b)[values.length >> 1];
}

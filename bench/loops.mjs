/**
 * Reads a whole form by a bare axios loop and by our reading, in turns, and prints the CPU time of the one over that of
 * the other, each the median of the rounds.
 */
import axios from 'axios';
import { clientOf, readTidyEntries, Run, transport } from './compiled.mjs';
import { cpuOf, median, PAGE, realClock as clock, SLUG } from './support.mjs';

const WARMING = 2;

const [baseUrl, wanted, rounds] = process.argv.slice(2);
const times = { bare: [], ours: [] };
for (let round = 0; round < WARMING + Number(rounds); round++) {
	for (const [name, loop] of Object.entries({ bare, ours })) {
		const { cpu, result } = await cpuOf(loop);
		if (result !== Number(wanted)) throw new Error(`${result} of ${wanted} entries were read`);
		if (round >= WARMING) times[name].push(cpu);
	}
}
console.log(JSON.stringify({ ratio: median(times.bare) / median(times.ours) }));

async function bare() {
	let count = 0;
	for (let page = 1; count < Number(wanted); page++) {
		const params = { page, per_page: PAGE, sort_by: 'created_at', sort_order: 'ASC' };
		const { data } = await axios.get(`${baseUrl}/api/export/entries/${SLUG}`, { params });
		count += data.data.entries.length;
	}
	return count;
}

async function ours() {
	const client = clientOf({ transport, clock, baseUrl });
	const project = await client.project(SLUG, new Run(clock));
	let count = 0;
	for await (const rows of readTidyEntries(client, { slug: SLUG }, async () => project, new Run(clock))) {
		count += rows.length;
	}
	return count;
}

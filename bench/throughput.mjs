/**
 * The CPU time of a bare axios loop over the pages of a project, over that of ours, which also keeps limits, leaves out
 * duplicates and makes tidy values. Both read the same server, in turns, from a process of its own.
 */
import axios from 'axios';
import { clientOf, readTidyEntries, Run, transport } from './compiled.mjs';
import { cpuOf, median, PAGE, realClock as clock, SLUG, withServer } from './support.mjs';

const ROWS = 20_000;
/** Many, as other work on the machine weighs on some of them. */
const ROUNDS = 21;

export async function throughput() {
	return await withServer(ROWS, async (baseUrl) => {
		const bare = [];
		const ours = [];
		for (let round = 0; round <= ROUNDS; round++) {
			const one = await cpuOf(() => bareLoop(baseUrl));
			const two = await cpuOf(() => ourLoop(baseUrl));
			for (const { result } of [one, two]) {
				if (result !== ROWS) throw new Error(`${result} of ${ROWS} entries were read`);
			}
			// The first round warms both up.
			if (round > 0) {
				bare.push(one.cpu);
				ours.push(two.cpu);
			}
		}
		return [{ metric: 'throughput', value: median(bare) / median(ours), atLeast: 0.6 }];
	});
}

async function bareLoop(baseUrl) {
	let count = 0;
	for (let page = 1; count < ROWS; page++) {
		const params = { page, per_page: PAGE, sort_by: 'created_at', sort_order: 'ASC' };
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

/**
 * The CPU time of a bare axios loop over the pages of a project, over that of ours, which also keeps limits, leaves out
 * duplicates and makes tidy values. Both read the same server in turns: the median of several processes, as what V8
 * makes of the same code differs by a tenth from one process to the next.
 */
import { median, run, withServer } from './support.mjs';

const ROWS = 20_000;
const PROCESSES = 9;
const ROUNDS = 7;

export async function throughput() {
	return await withServer(ROWS, async (baseUrl) => {
		const ratios = [];
		for (let i = 0; i < PROCESSES; i++)
			ratios.push((await run('./loops.mjs', [baseUrl, ROWS, ROUNDS])).ratio);
		return [{ metric: 'throughput', value: median(ratios), atLeast: 0.6 }];
	});
}

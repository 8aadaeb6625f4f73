/**
 * The highest memory of a process that reads a form, over that of another one, each the median of several in turns.
 * `memory`: keeping the rows, over a bare loop of axios that keeps them. `stream`: passing page by page through a form of
 * ten times as many entries, over passing ten times through one of a tenth. Both pass a million: the runtime's own
 * memory grows with what has passed, also where nothing is kept of it.
 */
import { median, run, withServer } from './support.mjs';

const ROWS = 100_000;
const MANY = 1_000_000;
const ROUNDS = 3;

export async function memory() {
	return await withServer(ROWS, async (few) =>
		withServer(MANY, async (many) => {
			const readings = {
				bare: ['bare', few, ROWS, 1],
				kept: ['kept', few, ROWS, 1],
				passing: ['passing', few, ROWS, MANY / ROWS],
				passingMany: ['passing', many, MANY, 1],
			};
			const peaks = { bare: [], kept: [], passing: [], passingMany: [] };
			for (let round = 0; round < ROUNDS; round++) {
				for (const [name, args] of Object.entries(readings)) {
					peaks[name].push((await run('./reader.mjs', args)).peak);
				}
			}
			const ratio = (a, b) => median(peaks[a]) / median(peaks[b]);
			return [
				{ metric: 'memory', value: ratio('kept', 'bare'), atMost: 1.15 },
				{ metric: 'stream', value: ratio('passingMany', 'passing'), atMost: 1.2 },
			];
		}),
	);
}

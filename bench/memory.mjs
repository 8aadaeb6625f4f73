/**
 * The highest memory of a process that reads a form, over that of another one, each the median of several in turns, in
 * fresh processes with Node's own settings.
 *
 * `memory`: keeping the rows, over a bare loop of axios that keeps them.
 *
 * `stream`: passing through a form of a million entries, over a bare loop of axios through a tenth of them that keeps
 * nothing. Over our own reading of a tenth it would tell of V8 and not of what is kept: V8 widens its young heap with all
 * that has ever passed (from 14 to 28 MB meanwhile), so that the bare loop takes 1.3 times as much for a million itself.
 *
 * `stream-kept`: the same, over passing ten times through a form of a tenth as many entries. Both pass a million, so what
 * differs is what a reading keeps of its entries: 16 bytes of each, to know it again.
 */
import { median, run, withServer } from './support.mjs';

const ROWS = 100_000;
const MANY = 1_000_000;
const ROUNDS = 3;

export async function memory() {
	return await withServer(ROWS, async (few) =>
		withServer(MANY, async (many) => {
			const readings = {
				bareKept: ['bareKept', few, ROWS, 1],
				kept: ['kept', few, ROWS, 1],
				bare: ['bare', few, ROWS, 1],
				tenTimes: ['passing', few, ROWS, MANY / ROWS],
				million: ['passing', many, MANY, 1],
			};
			const peaks = Object.fromEntries(Object.keys(readings).map((name) => [name, []]));
			for (let round = 0; round < ROUNDS; round++) {
				for (const [name, args] of Object.entries(readings)) {
					peaks[name].push((await run('./reader.mjs', args)).peak);
				}
			}
			const ratio = (a, b) => median(peaks[a]) / median(peaks[b]);
			return [
				{ metric: 'memory', value: ratio('kept', 'bareKept'), atMost: 1.15 },
				{ metric: 'stream', value: ratio('million', 'bare'), atMost: 1.2 },
				{ metric: 'stream-kept', value: ratio('million', 'tenTimes'), atMost: 1.2 },
			];
		}),
	);
}

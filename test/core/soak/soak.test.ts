import fc from 'fast-check';
import { playSeed, playStory, seedsFrom } from './runner';
import { unbiased } from './arbitraries';

/** More of them: `npm run test:soak`. */
const RUNS = 300;
const FIRST_SEED = 1;
const SHRINK_MS = 20_000;

/** The shortest story found that breaks a promise as well. */
async function shortest(seed: number): Promise<string> {
	const property = fc.asyncProperty(unbiased, async (story) => (await playStory(story)).length === 0);
	const { counterexample } = await fc.check(property, {
		seed,
		numRuns: 1,
		interruptAfterTimeLimit: SHRINK_MS,
	});
	return JSON.stringify(counterexample?.[0], null, '\t');
}

describe('the whole core, used in any order on a server where anything may happen at any time', () => {
	it(`loses nothing, delivers nothing twice, and reports no success that is none (${RUNS} stories)`, async () => {
		for (const seed of seedsFrom(FIRST_SEED, RUNS)) {
			const violations = await playSeed(seed);
			if (violations.length === 0) continue;
			const story = await shortest(seed);
			throw new Error(
				`npm run test:soak -- --seed ${seed} --runs 1\n${JSON.stringify(violations)}\n${story}`,
			);
		}
	}, 180_000);
});

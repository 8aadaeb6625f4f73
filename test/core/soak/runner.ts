import fc from 'fast-check';
import { unbiased, type Story } from './arbitraries';
import type { Violation } from './oracle';
import { play } from './story';

export interface Tally {
	runs: number;
	lost: number;
	duplicated: number;
	falseSuccess: number;
	other: number;
	/** Seeds of the runs that broke a promise, with what they broke. */
	broken: Array<{ seed: number; violations: Violation[] }>;
}

/** A run may be no longer than this by a real clock: a story that stands still is one too. */
const STUCK_MS = 60_000;

/** The story of a seed: the same on every machine. */
export function storyOf(seed: number): Story {
	return fc.sample(unbiased, { seed, numRuns: 1 })[0]!;
}

/** Plays the story of one seed. What nobody awaits and what never ends are violations too. */
export async function playSeed(seed: number): Promise<Violation[]> {
	return await playStory(storyOf(seed));
}

export async function playStory(story: Story): Promise<Violation[]> {
	const unhandled: Violation[] = [];
	const note = (reason: unknown) => unhandled.push({ kind: 'other', what: `unhandled: ${String(reason)}` });
	process.on('unhandledRejection', note);
	let timer: NodeJS.Timeout | undefined;
	const stuck = new Promise<Violation[]>((resolve) => {
		timer = setTimeout(() => resolve([{ kind: 'other', what: 'the story stands still' }]), STUCK_MS);
	});
	try {
		const violations = await Promise.race([play(story), stuck]);
		await new Promise((resolve) => setImmediate(resolve));
		return [...violations, ...unhandled];
	} catch (error) {
		return [{ kind: 'other', what: `thrown: ${error instanceof Error ? error.stack : String(error)}` }];
	} finally {
		clearTimeout(timer);
		process.off('unhandledRejection', note);
	}
}

/** Plays the stories of these seeds, one after the other. @param most broken runs after which it ends */
export async function soak(seeds: Iterable<number>, most = Infinity): Promise<Tally> {
	const tally: Tally = { runs: 0, lost: 0, duplicated: 0, falseSuccess: 0, other: 0, broken: [] };
	for (const seed of seeds) {
		const violations = await playSeed(seed);
		tally.runs += 1;
		for (const { kind } of violations) tally[kind] += 1;
		if (violations.length > 0) tally.broken.push({ seed, violations });
		if (tally.broken.length >= most) break;
	}
	return tally;
}

/** @returns the seeds of so many runs that begin with this one */
export function* seedsFrom(first: number, count: number): Generator<number> {
	for (let index = 0; index < count; index++) yield (first + index) % 0x7fffffff;
}

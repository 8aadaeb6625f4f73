import fc from 'fast-check';
import { unbiased } from './arbitraries';
import type { Story } from './plan';
import { play } from './story';
import { KINDS, type Violation, type ViolationKind } from './violations';

export interface Tally {
	runs: number;
	/** How often each promise was broken. */
	found: Record<ViolationKind, number>;
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
	const note = (reason: unknown) => unhandled.push({ kind: 'error', what: `unhandled: ${String(reason)}` });
	process.on('unhandledRejection', note);
	let timer: NodeJS.Timeout | undefined;
	const stuck = new Promise<Violation[]>((resolve) => {
		timer = setTimeout(() => resolve([{ kind: 'error', what: 'the story stands still' }]), STUCK_MS);
	});
	try {
		const violations = await Promise.race([play(story), stuck]);
		await new Promise((resolve) => setImmediate(resolve));
		return [...violations, ...unhandled];
	} catch (error) {
		return [{ kind: 'error', what: `thrown: ${error instanceof Error ? error.stack : String(error)}` }];
	} finally {
		clearTimeout(timer);
		process.off('unhandledRejection', note);
	}
}

/**
 * Plays the stories of these seeds, one after the other.
 * @param until ends with the first story that breaks this promise
 */
export async function soak(seeds: Iterable<number>, until?: ViolationKind): Promise<Tally> {
	const found = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Tally['found'];
	const tally: Tally = { runs: 0, found, broken: [] };
	for (const seed of seeds) {
		const violations = await playSeed(seed);
		tally.runs += 1;
		for (const { kind } of violations) found[kind] += 1;
		if (violations.length > 0) tally.broken.push({ seed, violations });
		if (until && found[until] > 0) break;
	}
	return tally;
}

/** @returns the seeds of so many runs that begin with this one */
export function* seedsFrom(first: number, count: number): Generator<number> {
	for (let index = 0; index < count; index++) yield (first + index) % 0x7fffffff;
}

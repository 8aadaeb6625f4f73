import { HOUR, MINUTE } from '../../clock';
import type { MediaType } from '../media';

/** A file that an entry names and the server has not got yet. */
export interface MissingMedia {
	name: string;
	type: MediaType;
	/** The ref of the question that it answers. */
	questionRef?: string;
	entryId: string;
	/** Of the version that named it. */
	eventId: string;
}

/** Times are milliseconds since the epoch, by the host's clock: they decide when to ask, never what is delivered. */
export interface PendingMedia extends MissingMedia {
	/** When it was missed first. */
	since: number;
	tries: number;
	nextAt: number;
}

/** Of the most that are kept; the state must not grow with every phone that never comes online again. */
export const MOST_PENDING = 300;
/** A file that has not come in this time is given up. */
export const GIVE_UP_AFTER_MS = 30 * 24 * HOUR;

/** Waits between two tries; the last one from then on: about 45 tries in the 30 days. */
const WAITS_MS = [10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR];
const LONGEST_WAIT_MS = 16 * HOUR;

export interface Kept {
	pending: PendingMedia[];
	/** For which there is no room, oldest first: they are not asked for again. */
	dropped: PendingMedia[];
}

/** Adds files that were missing. One that is known already keeps its age and tries. */
export function addMissing(
	pending: readonly PendingMedia[],
	missing: readonly MissingMedia[],
	now: number,
): Kept {
	const byName = new Map(pending.map((media) => [media.name, media]));
	for (const media of missing) {
		const times = byName.get(media.name) ?? { since: now, tries: 0, nextAt: now + waitAfter(0) };
		const { since, tries, nextAt } = times;
		byName.set(media.name, { ...media, since, tries, nextAt });
	}
	const all = [...byName.values()].sort((a, b) => a.since - b.since);
	const over = Math.max(0, all.length - MOST_PENDING);
	return { pending: all.slice(over), dropped: all.slice(0, over) };
}

/** @returns whose time has come, longest waiting first. A clock that was set back keeps nobody waiting for ever. */
export function dueMedia(pending: readonly PendingMedia[], now: number): PendingMedia[] {
	return pending
		.filter(({ nextAt }) => nextAt <= now || nextAt > now + LONGEST_WAIT_MS)
		.sort((a, b) => a.nextAt - b.nextAt);
}

/** @returns the file as it is after one more try in vain; undefined where it is given up */
export function triedInVain(media: PendingMedia, now: number): PendingMedia | undefined {
	if (now - media.since >= GIVE_UP_AFTER_MS) return undefined;
	const tries = media.tries + 1;
	return { ...media, tries, nextAt: now + waitAfter(tries) };
}

function waitAfter(tries: number): number {
	return WAITS_MS[tries] ?? LONGEST_WAIT_MS;
}

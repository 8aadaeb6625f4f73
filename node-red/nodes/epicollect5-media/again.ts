import type { MediaType } from '../../../core/epicollect5/media';
import { addMissing, triedInVain } from '../../../core/epicollect5/sync/pendingMedia';
import type { WantedFile } from './wanted';

/** When a file that is missing is worth another try. */
export interface Again {
	/** Milliseconds since the epoch, when it was missed first. */
	since: number;
	tries: number;
	/** Milliseconds from now: ten minutes after the first time, up to sixteen hours. */
	waitMs: number;
}

/** @returns undefined for a file that has not come for 30 days: it is given up */
export function again({ name, since, tries }: WantedFile, type: MediaType, now: number): Again | undefined {
	const [first] = addMissing([], [{ name, type, entryId: '', eventId: '' }], now).pending;
	if (!first) return undefined;
	const isFirst = since === undefined || tries === undefined || since > now;
	const next = isFirst ? first : triedInVain({ ...first, since, tries }, now);
	return next && { since: next.since, tries: next.tries, waitMs: next.nextAt - now };
}

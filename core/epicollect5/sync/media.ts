import type { Clock } from '../../clock';
import { FieldDataError } from '../../http/errors';
import type { Run } from '../../run';
import type { MediaReader } from '../mediaReader';
import { reasonOf } from '../stopped';
import { addMissing, dueMedia, triedInVain, type MissingMedia, type PendingMedia } from './pendingMedia';
import { openState, pendingMediaOf, saveState, withPendingMedia, type SyncState } from './state';
import type { SyncQuestion } from './question';

/** A file that was missing when its entry was delivered, and can be downloaded now. */
export interface MediaArrived extends MissingMedia {
	event: 'mediaArrived';
}

export interface MediaSyncOptions {
	client: { media: Pick<MediaReader, 'has'> };
	question: SyncQuestion;
	/** Of `syncOnce`. */
	state: SyncState;
	run: Run;
	clock: Clock;
	/** Public projects show their files 30 times faster. */
	publicProject?: boolean;
	/** How many files to ask for in this call. */
	most?: number;
}

export interface MediaSyncResult {
	events: MediaArrived[];
	/** To be saved once the events were handed over. */
	state: SyncState;
	/** Files that have not come within 30 days: they are not asked for again. */
	givenUp: PendingMedia[];
	stoppedBy: 'end' | 'limit' | 'deadline' | 'aborted' | 'failure';
	/** Why it ended before its end; the events and the state are good. */
	error?: FieldDataError;
}

/** @returns the state with the files that a host could not download, and those for which there was no room */
export function withMissingMedia(
	state: SyncState,
	missing: readonly MissingMedia[],
	now: number,
): { state: SyncState; dropped: PendingMedia[] } {
	const { pending, dropped } = addMissing(pendingMediaOf(state), missing, now);
	return { state: withPendingMedia(state, pending), dropped };
}

/**
 * Asks again for the files that were missing and whose time has come. Only the service's own words for "not uploaded"
 * count as missing. What the service refuses of one file keeps no other waiting; any other failure ends the call, and
 * counts as no try.
 */
export async function syncMedia(options: MediaSyncOptions): Promise<MediaSyncResult> {
	const { question, clock, most = Infinity } = options;
	const state = openState(options.state, question);
	const pending = new Map(state.pendingMedia.map((media) => [media.name, media]));
	const result: Omit<MediaSyncResult, 'state'> = { events: [], givenUp: [], stoppedBy: 'end' };
	const due = dueMedia(state.pendingMedia, clock.now());
	if (due.length > most) result.stoppedBy = 'limit';
	for (const media of due.slice(0, most)) {
		try {
			const left = (await hasArrived(media, options, result)) ? undefined : triedInVain(media, clock.now());
			if (left) pending.set(media.name, left);
			else pending.delete(media.name);
			if (!left && !result.events.some(({ name }) => name === media.name)) result.givenUp.push(media);
		} catch (error) {
			if (!(error instanceof FieldDataError)) throw error;
			result.stoppedBy = reasonOf(error);
			if (result.stoppedBy !== 'deadline') result.error = error;
			break;
		}
	}
	if (result.error) result.stoppedBy = reasonOf(result.error);
	return { ...result, state: saveState({ ...state, pendingMedia: [...pending.values()] }) };
}

/** @throws FieldDataError where nothing can be said of any file */
async function hasArrived(
	{ name, type, questionRef, entryId, eventId }: PendingMedia,
	{ client, question, run, publicProject }: MediaSyncOptions,
	result: Pick<MediaSyncResult, 'events' | 'error'>,
): Promise<boolean> {
	try {
		const isThere = await client.media.has(question.slug, { name, type, publicProject }, run);
		if (isThere) result.events.push({ event: 'mediaArrived', name, type, questionRef, entryId, eventId });
		return isThere;
	} catch (error) {
		const isOfFile = error instanceof FieldDataError && (error.kind === 'input' || error.status === 400);
		if (!isOfFile) throw error;
		result.error ??= error;
		return false;
	}
}

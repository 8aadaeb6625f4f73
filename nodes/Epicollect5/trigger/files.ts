import type { Column } from '../../../core/epicollect5/columns';
import { entryId } from '../../../core/epicollect5/entry';
import type { MediaType } from '../../../core/epicollect5/media';
import {
	GIVE_UP_AFTER_MS,
	pendingMediaOf,
	withMissingMedia,
	withPendingMedia,
	type EntryEvent,
	type MissingMedia,
	type SyncState,
} from '../../../core/epicollect5/sync';
import { tidyValue } from '../../../core/epicollect5/tidy';
import type { Fetched } from './downloads';

const NOTHING_FETCHED = { here: new Set<string>(), awaited: new Set<string>() };

const TYPES: readonly string[] = ['photo', 'audio', 'video'] satisfies MediaType[];

/** The photos, audios and videos that an entry names. */
export function filesOf({ row, eventId }: EntryEvent, columns: readonly Column[]): MissingMedia[] {
	return columns
		.filter(({ type }) => TYPES.includes(type))
		.flatMap((column) => {
			const value = tidyValue(row[column.key], column);
			const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : '';
			const file = { name, type: column.type as MediaType, questionRef: column.ref };
			return name === '' ? [] : [{ ...file, entryId: entryId(row), eventId }];
		});
}

/**
 * Waits for files from now on: they are asked for at once, and again later. What has not come a month after its entry
 * does not come any more.
 * @param fetched files that have just been asked for
 * @returns the state, and how many files there is no room for
 */
export function withFiles(
	state: SyncState,
	files: readonly MissingMedia[],
	now: number,
	{ here, awaited }: Pick<Fetched, 'here' | 'awaited'> = NOTHING_FETCHED,
): { state: SyncState; dropped: number } {
	const recent = files.filter(
		({ name, eventId }) => !here.has(name) && now - uploadedAt(eventId) < GIVE_UP_AFTER_MS,
	);
	const pending = pendingMediaOf(state).filter(({ name }) => !here.has(name));
	const asked = new Set([...awaited, ...pending.map(({ name }) => name)]);
	const { state: after, dropped } = withMissingMedia(withPendingMedia(state, pending), recent, now);
	const all = pendingMediaOf(after).map((media) =>
		asked.has(media.name) ? media : { ...media, nextAt: now },
	);
	return { state: withPendingMedia(after, all), dropped: dropped.length };
}

/** An event's ID ends with the time of the upload. */
function uploadedAt(eventId: string): number {
	return Date.parse(eventId.slice(eventId.lastIndexOf('/') + 1));
}

import type { Column } from '../../../core/epicollect5/columns';
import { entryId } from '../../../core/epicollect5/entry';
import type { MediaType } from '../../../core/epicollect5/media';
import {
	GIVE_UP_AFTER_MS,
	withMissingMedia,
	type EntryEvent,
	type MissingMedia,
	type SyncState,
} from '../../../core/epicollect5/sync';
import { tidyValue } from '../../../core/epicollect5/tidy';

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
 * @returns the state, and how many files there is no room for
 */
export function withFiles(
	state: SyncState,
	files: readonly MissingMedia[],
	now: number,
): { state: SyncState; dropped: number } {
	const recent = files.filter(({ eventId }) => now - uploadedAt(eventId) < GIVE_UP_AFTER_MS);
	const before = new Set(state.pendingMedia.map(({ name }) => name));
	const { state: after, dropped } = withMissingMedia(state, recent, now);
	const pendingMedia = after.pendingMedia.map((media) =>
		before.has(media.name) ? media : { ...media, nextAt: now },
	);
	return { state: { ...after, pendingMedia }, dropped: dropped.length };
}

/** An event's ID ends with the time of the upload. */
function uploadedAt(eventId: string): number {
	return Date.parse(eventId.slice(eventId.lastIndexOf('/') + 1));
}

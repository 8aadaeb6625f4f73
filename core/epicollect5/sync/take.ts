import { secondOf } from '../anchor';
import { entryId, eventId, type RawEntry } from '../entry';
import type { StreamCursor } from './cursor';
import { idKey, type IdSet } from './idSet';
import type { SyncStream } from './question';
import { deliveredAt, Fresh, UNKNOWN_HASH, type Content } from './recent';

/** An entry that is new, or a new version of one. The same version always has the same `eventId`. */
export interface EntryEvent {
	type: 'created' | 'updated';
	/** `<slug>/<form or branch ref>/<uuid>/<uploaded_at>` */
	eventId: string;
	/** Exactly as the service sent it. */
	row: RawEntry;
	stream: SyncStream;
}

export interface StreamContext {
	slug: string;
	stream: SyncStream;
	mapIndex: number;
	/** Commits later than this after their stamp are not found. Milliseconds. */
	overlapMs: number;
}

export interface Taken {
	events: EntryEvent[];
	/** Rows that bring nothing new. */
	skipped: number;
	known: IdSet;
	watermark: number | undefined;
	/** By id. */
	fresh: Map<string, Fresh>;
	/** Second of the last row that was looked at. */
	last: number | undefined;
	/** There was no room for all. */
	isCut: boolean;
}

/**
 * Tells which rows of a page are news. An id never met is "created"; a known one with another uploaded_at, or with the
 * same and another content, "updated": anything but the version delivered last, so that nothing is lost where the
 * clocks of two servers differ.
 * @param room how many events there may be
 */
export function take(
	cursor: StreamCursor,
	rows: readonly RawEntry[],
	context: StreamContext,
	room: number,
): Taken {
	const counts = new Set(context.stream.counts);
	const keys = new Set<number>();
	const taken: Taken = {
		...{ events: [], skipped: 0, known: cursor.known, watermark: cursor.watermark },
		...{ fresh: new Map(), last: undefined, isCut: false },
	};
	for (const row of rows) {
		const id = entryId(row);
		const second = secondOf(row, 'uploaded_at');
		const content = new Fresh(second, row, counts);
		const before = metAt(taken.fresh.get(id), second) ?? deliveredAt(cursor.recent, second, id);
		const key = before ? undefined : idKey(id);
		const isKnown = key === undefined || keys.has(key) || cursor.known.has(key);
		const isNews = !isKnown || !isDelivered(before, content, cursor);
		const isQuiet = second <= (cursor.quietUntil ?? -Infinity);
		if (isNews && !isQuiet && taken.events.length >= room) {
			taken.isCut = true;
			break;
		}
		if (isNews && !isQuiet) taken.events.push(event(isKnown ? 'updated' : 'created', row, context));
		else taken.skipped += 1;
		if (!isKnown) keys.add(key);
		if (isNews || before?.hash === UNKNOWN_HASH) taken.fresh.set(id, content);
		taken.watermark = Math.max(second, taken.watermark ?? -Infinity);
		taken.last = second;
	}
	taken.known = cursor.known.with(keys);
	return taken;
}

/** What the page itself has told before of that second. */
function metAt(fresh: Fresh | undefined, second: number): Fresh | undefined {
	return fresh?.second === second ? fresh : undefined;
}

/** Whether this version of a known entry was delivered before. @param before what was delivered of the same second */
function isDelivered(before: Content | undefined, content: Fresh, cursor: StreamCursor): boolean {
	// What was delivered is forgotten once it lies before all that is asked for; a row from there was not asked for.
	if (before === undefined) return content.second < (cursor.round?.from ?? -Infinity);
	return before.hash === UNKNOWN_HASH || before.hash === content.hash;
}

function event(type: EntryEvent['type'], row: RawEntry, { slug, stream }: StreamContext): EntryEvent {
	return { type, eventId: eventId(slug, stream, row), row, stream };
}

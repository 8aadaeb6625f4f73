import { secondOf } from '../anchor';
import { entryId, eventId, type RawEntry } from '../entry';
import type { StreamCursor } from './cursor';
import { markOf, type IdSet } from './idSet';
import type { SyncStream } from './question';
import { UNKNOWN_HASH, type Fresh, type Version } from './recent';
import { rowHash } from './rowHash';

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
		const { key, name } = markOf(id);
		const second = secondOf(row, 'uploaded_at');
		const isKnown = keys.has(key) || cursor.known.has(key);
		const before = taken.fresh.get(name) ?? cursor.recent.get(name);
		const isNews = !isKnown || !isDelivered(before, second, row, cursor, counts);
		const isQuiet = second <= (cursor.quietUntil ?? -Infinity);
		if (isNews && !isQuiet && taken.events.length >= room) {
			taken.isCut = true;
			break;
		}
		if (isNews && !isQuiet) taken.events.push(event(isKnown ? 'updated' : 'created', row, context));
		else taken.skipped += 1;
		keys.add(key);
		if (isNews || isUncertain(before)) taken.fresh.set(name, { second, row });
		taken.watermark = Math.max(second, taken.watermark ?? -Infinity);
		taken.last = second;
	}
	taken.known = cursor.known.with(keys);
	return taken;
}

/** Whether this version of a known entry was delivered before. */
function isDelivered(
	before: Version | Fresh | undefined,
	second: number,
	row: RawEntry,
	cursor: StreamCursor,
	counts: ReadonlySet<string>,
): boolean {
	// What was delivered is forgotten once it lies before all that is asked for; a row from there was not asked for.
	if (before === undefined) return second < (cursor.round?.from ?? -Infinity);
	if (before.second !== second) return false;
	const hash = 'row' in before ? rowHash(before.row, counts) : before.hash;
	return hash === UNKNOWN_HASH || hash === rowHash(row, counts);
}

function isUncertain(before: Version | Fresh | undefined): boolean {
	return before !== undefined && 'hash' in before && before.hash === UNKNOWN_HASH;
}

function event(type: EntryEvent['type'], row: RawEntry, { slug, stream }: StreamContext): EntryEvent {
	return { type, eventId: eventId(slug, stream, row), row, stream };
}

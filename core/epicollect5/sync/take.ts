import { secondOf } from '../anchor';
import { entryId, eventId, type RawEntry } from '../entry';
import type { StreamCursor } from './cursor';
import { idKey, idMark, type IdSet } from './idSet';
import type { SyncStream } from './question';
import { Fresh, UNKNOWN_HASH, type Hasher } from './recent';
import { RowHasher } from './rowHash';

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
	/** The rows have other columns than the stream tells of: nobody knows which of them count branch entries. */
	isUnfit?: boolean;
	/** Ids ever met, of all streams: they are unique. */
	known: IdSet;
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

/** Of rows that cannot be compared: by a count taken for an answer, each would be news to the next reading. */
const UNHASHED: Hasher = { hash: () => UNKNOWN_HASH };

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
	const { known } = context;
	const hasher = context.isUnfit ? UNHASHED : new RowHasher(new Set(context.stream.counts));
	const keys = new Set<number>();
	const taken: Taken = {
		...{ events: [], skipped: 0, known, watermark: cursor.watermark },
		...{ fresh: new Map(), last: undefined, isCut: false },
	};
	for (const row of rows) {
		const id = entryId(row);
		const second = secondOf(row, 'uploaded_at');
		const before = hashAt(taken.fresh.get(id), second) ?? cursor.recent.at(second)?.get(idMark(id));
		const key = before === undefined ? idKey(id) : undefined;
		const isKnown = key === undefined || keys.has(key) || known.has(key);
		const isNews = !isKnown || !isDelivered(before, row, second, cursor, hasher);
		const isQuiet = second <= (cursor.quietUntil ?? -Infinity);
		if (isNews && !isQuiet && taken.events.length >= room) {
			taken.isCut = true;
			break;
		}
		if (isNews && !isQuiet) taken.events.push(event(isKnown ? 'updated' : 'created', row, context));
		else taken.skipped += 1;
		if (!isKnown) keys.add(key);
		if (isNews || before === UNKNOWN_HASH) taken.fresh.set(id, new Fresh(second, idMark(id), row, hasher));
		taken.watermark = Math.max(second, taken.watermark ?? -Infinity);
		taken.last = second;
	}
	taken.known = known.with(keys);
	return taken;
}

/** What the page itself has told before of that second. */
function hashAt(fresh: Fresh | undefined, second: number): number | undefined {
	return fresh?.second === second ? fresh.hash : undefined;
}

/** Whether this version of a known entry was delivered before. @param before what was delivered of the same second */
function isDelivered(
	before: number | undefined,
	row: RawEntry,
	second: number,
	cursor: StreamCursor,
	hasher: Hasher,
): boolean {
	// What was delivered is forgotten once it lies before all that is asked for; a row from there was not asked for.
	if (before === undefined) return second < (cursor.round?.from ?? -Infinity);
	if (before === UNKNOWN_HASH) return true;
	const hash = hasher.hash(row);
	return hash === UNKNOWN_HASH || hash === before;
}

function event(type: EntryEvent['type'], row: RawEntry, { slug, stream }: StreamContext): EntryEvent {
	return { type, eventId: eventId(slug, stream, row), row, stream };
}

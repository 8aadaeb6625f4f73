import { SECOND } from '../../clock';
import { endOf, filterAt, secondOf, type Way } from '../anchor';
import { beginCrowd, crowdRequest, meet, meetAnew, type Crowd } from '../crowd';
import { entryId, type RawEntry } from '../entry';
import { isLastPage, type Page, type PageRequest } from '../pages';
import { idName, type IdSet } from './idSet';
import type { Older } from './older';
import { Recent } from './recent';
import { rowShape } from './rowHash';
import { take, type EntryEvent, type StreamContext, type Taken } from './take';

/** A page, and when the server gave it by its own clock. */
export interface SyncPage extends Page {
	servedAt?: number;
}

/** A reading from the floor to the end that is under way. All times are whole seconds in milliseconds. */
export interface Round {
	/** Nothing before it is asked for in this round. */
	readonly from?: number;
	/** The next request's filter; undefined at the very beginning. */
	readonly anchor?: number;
	/** Where the next round has to begin, as rows stamped from there on could still come after their page was read. */
	readonly owed?: number;
	readonly crowd?: Crowd;
}

/**
 * How far a form or branch is known, as a value. What was delivered can be told from three things: the ids ever met (of
 * all streams together: they are unique), the versions delivered at or after the floor, and that everything before the
 * floor has been delivered.
 */
export interface StreamCursor {
	/** False until the first contact "from now" has been made. */
	readonly begun: boolean;
	/** Highest uploaded_at received. Never from a clock of ours, never `meta.newest` (contract 13.4). */
	readonly watermark?: number;
	/** Where the next round begins. Never goes back. */
	readonly floor?: number;
	/** Of the first round "from now": what was uploaded until then is not delivered. */
	readonly quietUntil?: number;
	readonly round?: Round;
	/** What was there before the start and has not been met yet; undefined where all of it has. */
	readonly older?: Older;
	readonly shape?: string;
	readonly recent: Recent;
}

export interface Step {
	cursor: StreamCursor;
	/** Ids ever met, those of the page included. */
	known: IdSet;
	events: EntryEvent[];
	/** Rows that brought nothing new. */
	skipped: number;
	/** Everything that the server shows has been read. */
	isDone: boolean;
	/** Rows have other columns than before. They are not delivered again for it. */
	shapeChanged: boolean;
	/** The rows of a second that cannot all be found. */
	incomplete?: Crowd;
}

const WAY: Way = { key: 'uploaded_at', order: 'ASC' };

/** @param start `now`, `beginning`, or the ISO date of the first upload */
export function newCursor(start: string): StreamCursor {
	const floor = start === 'now' || start === 'beginning' ? undefined : whole(Date.parse(start));
	const older = floor === undefined ? undefined : { anchor: floor - SECOND };
	return { begun: start !== 'now', floor, older, recent: Recent.EMPTY };
}

/** The page to ask for next. */
export function nextRequest({ begun, floor, round }: StreamCursor): PageRequest {
	// Not one row, as would do for the watermark: a whole page usually holds the overlap too.
	if (!begun) return { page: 1, sortBy: WAY.key, sortOrder: 'DESC' };
	if (round?.crowd) return crowdRequest(round.crowd, WAY);
	const anchor = round ? round.anchor : floor;
	const filter = anchor === undefined ? undefined : filterAt(WAY, anchor);
	return { page: 1, sortBy: WAY.key, sortOrder: WAY.order, filter };
}

/**
 * Takes the page that {@link nextRequest} asked for. Pure: no argument is changed.
 * @param context of the stream, with the ids met so far
 * @param room how many events there may be; what does not fit is asked for again
 */
export function advance(cursor: StreamCursor, page: SyncPage, context: StreamContext, room = Infinity): Step {
	const first = page.rows[0];
	const shape = first && rowShape(first, context.mapIndex);
	const shapeChanged = shape !== undefined && cursor.shape !== undefined && shape !== cursor.shape;
	const recent = shapeChanged ? cursor.recent.withoutHashes() : cursor.recent;
	const round = cursor.round ?? { from: cursor.floor, anchor: cursor.floor };
	const current = { ...cursor, recent, round, shape: shape ?? cursor.shape };
	const move = !cursor.begun ? makeContact : round.crowd ? moveInCrowd : moveOn;
	return { ...move(current, page, context, room), shapeChanged };
}

/** After the size of a page has changed in the middle of a walk by number. */
export function advanceAnew(cursor: StreamCursor): StreamCursor {
	const { round } = cursor;
	return round?.crowd ? { ...cursor, round: { ...round, crowd: meetAnew(round.crowd) } } : cursor;
}

type Current = StreamCursor & { readonly round: Round };
type Move = (
	cursor: Current,
	page: SyncPage,
	context: StreamContext,
	room: number,
) => Omit<Step, 'shapeChanged'>;

/** First contact "from now": what is there is known and not delivered. */
const makeContact: Move = (cursor, page, context) => {
	const taken = take({ ...cursor, quietUntil: Infinity }, page.rows, context, 0);
	const begun: Current = { ...cursor, begun: true };
	if (isLastPage(page, 1)) return step(begun, taken, context, { servedAt: page.servedAt });
	const overlapFrom = (taken.watermark ?? 0) - context.overlapMs;
	const end = taken.last ?? 0;
	if (end < overlapFrom) {
		return step({ ...begun, older: { anchor: end } }, taken, context, { servedAt: page.servedAt });
	}
	// More than a page of rows in the overlap: they are met, still without delivery, from its beginning. What is older is
	// met from before it on: an entry that is committed late into the overlap is new.
	const older = { anchor: whole(overlapFrom) - SECOND };
	const quiet = { ...begun, quietUntil: taken.watermark, older };
	return step(quiet, taken, context, { round: { from: overlapFrom, anchor: overlapFrom } });
};

/** A page of the reading by value. */
const moveOn: Move = (cursor, page, context, room) => {
	const { round } = cursor;
	const taken = take(cursor, page.rows, context, room);
	if (isLastPage(page, 1) && !taken.isCut) return step(cursor, taken, context, { servedAt: page.servedAt });
	const end = taken.isCut ? (taken.last ?? round.anchor) : endOf(page.rows, WAY.key);
	const owed = owedAfter(round, end, taken.watermark, page.servedAt, context.overlapMs);
	if (taken.isCut) return step(cursor, taken, context, { round: { ...round, anchor: end, owed } });
	// A whole page of one second: its rows are counted and left behind.
	const crowd = secondOf(page.rows[0] as RawEntry, WAY.key) === end ? beginCrowd(end) : undefined;
	return step(cursor, taken, context, { round: { ...round, anchor: end, owed, crowd } });
};

/** A page of a second that has more than a page of rows. */
const moveInCrowd: Move = (cursor, page, context, room) => {
	const { round } = cursor;
	const before = round.crowd as Crowd;
	const { crowd, rows } = meet(before, page, WAY, (row) => idName(entryId(row)));
	const taken = take(cursor, rows, context, room);
	// Asked for again: the page counts once all of it was delivered.
	if (taken.isCut) return step(cursor, taken, context, { round });
	const owed = owedAfter(round, before.second, taken.watermark, page.servedAt, context.overlapMs);
	if (crowd.status === 'reading') return step(cursor, taken, context, { round: { ...round, owed, crowd } });
	const after = { ...round, owed, crowd: undefined };
	if (crowd.status === 'whole') {
		return step(cursor, taken, context, { round: { ...after, anchor: before.second + SECOND } });
	}
	return { ...step(cursor, taken, context, { round: after }), incomplete: crowd };
};

/** @param next the round as it goes on; without it the round is done */
function step(
	cursor: Current,
	{ events, skipped, known, watermark, fresh }: Taken,
	{ overlapMs }: StreamContext,
	next: { round?: Round; servedAt?: number },
): Omit<Step, 'shapeChanged'> {
	const { round } = next;
	const isDone = round === undefined;
	const floor = isDone ? floorAfter(cursor.round, watermark, next.servedAt, overlapMs) : cursor.floor;
	const oldest = round
		? Math.min(round.anchor ?? -Infinity, round.owed ?? Infinity, (watermark ?? 0) - overlapMs)
		: (floor ?? -Infinity);
	const recent = cursor.recent.with(fresh.values(), oldest);
	const quietUntil = isDone ? undefined : cursor.quietUntil;
	const after = { ...cursor, watermark, floor, round, quietUntil, recent };
	return { cursor: after, known, events, skipped, isDone };
}

/**
 * Rows stamped before this were visible when the page was read, as a commit is at most the overlap late: the server has
 * been at least as late as the newest row it gave. Its own clock tells more, and so that rows that are long settled need
 * not be asked for again; it is believed with a whole overlap to spare, and never about anything but the overlap.
 */
function settledBefore(watermark: number, servedAt: number | undefined, overlapMs: number): number {
	return Math.max(watermark, whole(servedAt ?? -Infinity) - overlapMs) - overlapMs;
}

function floorAfter(
	{ from, owed }: Round,
	watermark: number | undefined,
	servedAt: number | undefined,
	overlapMs: number,
): number | undefined {
	if (watermark === undefined) return from;
	const settled = settledBefore(watermark, servedAt, overlapMs);
	return Math.max(Math.min(watermark + SECOND, settled, owed ?? Infinity), from ?? -Infinity);
}

/**
 * A page that ends near the server's present, with more behind it, is read a second time in the next round. A server that
 * does not say how late it is, is taken to be much later: it would be read again and again for ever.
 */
function owedAfter(
	{ owed, from }: Round,
	end: number | undefined,
	watermark: number | undefined,
	servedAt: number | undefined,
	overlapMs: number,
): number | undefined {
	if (end === undefined || servedAt === undefined || watermark === undefined) return owed;
	const settled = settledBefore(watermark, servedAt, overlapMs);
	if (end < settled) return owed;
	return Math.max(Math.min(settled, owed ?? Infinity), from ?? -Infinity);
}

function whole(ms: number): number {
	return Math.floor(ms / SECOND) * SECOND;
}

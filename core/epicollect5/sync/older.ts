import { SECOND } from '../../clock';
import { endOf, filterAt, secondOf, type Way } from '../anchor';
import { beginCrowd, crowdRequest, meet, meetAnew, type Crowd } from '../crowd';
import { entryId, type RawEntry } from '../entry';
import { isLastPage, type Page, type PageRequest } from '../pages';
import { idKey, idName } from './idSet';

/** So many calls in a row in which nothing but this failed, and it is given up. */
const MOST_VAIN = 10;

/**
 * The quiet reading of the entries from before the start, as a value. Only their ids are noted, so that the first edit of
 * one is told from a new entry. From the newest to the oldest: the newest are edited most. By value, so that an edit
 * moves no unread entry out of sight: it moves the entry to where the rounds read.
 */
export interface Older {
	/** What was uploaded after this second has been noted, or is read by the rounds. Milliseconds since the epoch. */
	readonly anchor: number;
	readonly crowd?: Crowd;
	/** Calls in a row in which it failed. */
	readonly vain?: number;
}

const WAY: Way = { key: 'uploaded_at', order: 'DESC' };

/** The page to ask for next. */
export function olderRequest({ anchor, crowd }: Older): PageRequest {
	if (crowd) return crowdRequest(crowd, WAY);
	return { page: 1, sortBy: WAY.key, sortOrder: WAY.order, filter: filterAt(WAY, anchor) };
}

/**
 * Takes the page that {@link olderRequest} asked for. Pure.
 * @returns the keys of the ids that are to be noted, and how it goes on: undefined at the end
 */
export function meetOlder({ anchor, crowd }: Older, page: Page): { keys: number[]; older?: Older } {
	if (crowd) return meetCrowd(crowd, page);
	const keys = keysOf(page.rows, anchor);
	if (isLastPage(page, 1)) return { keys };
	const end = endOf(page.rows, WAY.key);
	const isCrowded = secondOf(page.rows[0] as RawEntry, WAY.key) === end;
	return { keys, older: { anchor: end, ...(isCrowded && { crowd: beginCrowd(end) }) } };
}

/** After the size of a page has changed in the middle of a walk by number. */
export function olderAnew(older: Older): Older {
	return older.crowd ? { ...older, crowd: meetAnew(older.crowd) } : older;
}

/** After a failure of this reading alone. @returns undefined where it has failed so often that it is given up */
export function olderFailed(older: Older): Older | undefined {
	const vain = (older.vain ?? 0) + 1;
	return vain < MOST_VAIN ? { ...older, vain } : undefined;
}

/** A second that never shows all of its rows keeps nobody from those before it. */
function meetCrowd(before: Crowd, page: Page): { keys: number[]; older: Older } {
	const { crowd, rows } = meet(before, page, WAY, (row) => idName(entryId(row)));
	const { second } = crowd;
	const older = crowd.status === 'reading' ? { anchor: second, crowd } : { anchor: second - SECOND };
	return { keys: keysOf(rows, second), older };
}

/** Only of what was asked for: the others are still to be told of. */
function keysOf(rows: readonly RawEntry[], anchor: number): number[] {
	return rows.filter((row) => secondOf(row, WAY.key) <= anchor).map((row) => idKey(entryId(row)));
}

import { SECOND } from '../clock';
import { timeOf, type RawEntry } from './entry';
import type { Sliceable } from '../http/jsonList';
import type { PageRequest } from './pages';
import type { DateColumn, SortOrder } from './query';

/** The column that is filtered and sorted by, and the direction: what reading by value goes by. */
export interface Way {
	key: DateColumn;
	order: SortOrder;
}

/** Bounds are single, so that the service does not widen them, and inclusive of the anchor's whole second. */
export function filterAt({ key, order }: Way, anchor: number): PageRequest['filter'] {
	return order === 'ASC' ? { by: key, from: anchor } : { by: key, to: anchor + SECOND - 1 };
}

export function isBeyond(second: number, anchor: number, order: SortOrder): boolean {
	return order === 'ASC' ? second > anchor : second < anchor;
}

/**
 * Where a page ends (NaN where it is empty), as a whole second: filters can be trusted with no more, as old rows carry
 * milliseconds.
 *
 * uploaded_at is printed as it is sorted. A printed created_at differs from its column here and there (contract 8), and
 * one such row at the end of a page would lead astray: of the last three rows the middle date counts.
 */
export function endOf(rows: Sliceable<RawEntry>, key: DateColumn): number {
	const last = rows.slice(key === 'uploaded_at' ? -1 : -3).map((row) => secondOf(row, key));
	return last.sort((a, b) => a - b)[last.length >> 1] ?? NaN;
}

/** @throws IncompleteError where the row has no date */
export function secondOf(row: RawEntry, key: DateColumn): number {
	return wholeSecond(timeOf(row, key));
}

export function wholeSecond(ms: number): number {
	return Math.floor(ms / SECOND) * SECOND;
}

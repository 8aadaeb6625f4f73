import { SECOND } from '../clock';
import { IncompleteError } from '../http/errors';
import { entryId, timeOf, type RawEntry } from './entry';
import { isLastPage, PageSizeChanged, type Page, type PageRequest, type PageSource } from './pages';
import type { DateColumn, SortOrder } from './query';

/** Readings of one second until all of its rows have been seen. */
const PASSES = 12;
/** Readings in a row that show no new row of the second. */
const VAIN_PASSES = 3;

export interface KeysetOptions {
	source: PageSource;
	/** The column that is filtered and sorted by. */
	key: DateColumn;
	order: SortOrder;
	/** Where reading begins: the earliest second upwards, the latest downwards. Infinite: at the end. */
	start: number;
}

/**
 * Reads by value instead of by page number: always page 1 from the last value seen. An edit or a deletion between two
 * requests cannot shift unread rows past the anchor, as it does with page numbers (contract 13.3). Rows of the anchor's
 * second come again: the caller leaves out what it knows.
 * @throws IncompleteError when more than a page of rows share a second and not all of them show
 */
export async function* readByKey(options: KeysetOptions): AsyncGenerator<Page> {
	const { source, key, order } = options;
	let anchor = Number.isFinite(options.start) ? wholeSecond(options.start) : undefined;
	for (;;) {
		const filter = anchor === undefined ? undefined : filterAt(options, anchor);
		const page = await source.fetch({ page: 1, sortBy: key, sortOrder: order, filter });
		yield page;
		const end = endOf(page.rows, key);
		if (isLastPage(page, 1)) return;
		if (anchor === undefined || isBeyond(end, anchor, order)) {
			anchor = end;
			continue;
		}
		// The whole page is one second: its rows are found and left behind.
		yield* readSecond(options, anchor);
		anchor += order === 'ASC' ? SECOND : -SECOND;
	}
}

/**
 * Where a page ends, as a whole second: filters can be trusted with no more, as old rows carry milliseconds. NaN where
 * it is empty.
 *
 * uploaded_at is printed as it is sorted. A printed created_at differs from its column here and there (contract 8), and
 * one such row at the end of a page would lead astray: of the last three rows the middle date counts.
 */
export function endOf(rows: readonly RawEntry[], key: DateColumn): number {
	const last = rows.slice(key === 'uploaded_at' ? -1 : -3).map((row) => secondOf(row, key));
	return last.sort((a, b) => a - b)[last.length >> 1] ?? NaN;
}

/** Bounds are single, so that the service does not widen them, and inclusive of the anchor's whole second. */
function filterAt({ key, order }: KeysetOptions, anchor: number): PageRequest['filter'] {
	return order === 'ASC' ? { by: key, from: anchor } : { by: key, to: anchor + SECOND - 1 };
}

function isBeyond(second: number, anchor: number, order: SortOrder): boolean {
	return order === 'ASC' ? second > anchor : second < anchor;
}

/**
 * All rows of one second that has more than a page of them. They are counted by the page on which they end, which one
 * answer tells and no upload falsifies; two equal counts say that none has left the second in between, so that what was
 * met between them is what there is (contract 13.4).
 */
async function* readSecond(options: KeysetOptions, second: number): AsyncGenerator<Page> {
	const met = new Set<string>();
	let counted = NaN;
	for (let pass = 0, vain = 0; pass < PASSES && vain < VAIN_PASSES; pass++) {
		const known = met.size;
		try {
			const count = yield* walkSecond(options, second, met);
			if (count === counted && met.size >= count) return;
			// The first count, or some rows were edited meanwhile: what was met before proves nothing.
			if (count !== counted) met.clear();
			else yield* walkOtherwise(options, second, pass, met);
			vain = count === counted && met.size === known ? vain + 1 : 0;
			counted = count;
		} catch (error) {
			if (!(error instanceof PageSizeChanged)) throw error;
		}
	}
	throw new IncompleteError(
		`Only ${met.size} of ${counted} entries that share the second ${new Date(second).toISOString()} could be read`,
		{ code: 'incomplete_second', hint: 'Run it again when nobody edits these entries.' },
	);
}

/**
 * One walk by page number over the rows of the second, which come first from here.
 * @returns how many there are
 */
async function* walkSecond(
	options: KeysetOptions,
	second: number,
	met: Set<string>,
): AsyncGenerator<Page, number> {
	const { source, key, order } = options;
	const filter = filterAt(options, second);
	for (let number = 1; ; number++) {
		const page = await source.fetch({ page: number, sortBy: key, sortOrder: order, filter });
		const end = endOf(page.rows, key);
		const isLast = isLastPage(page, number) || isBeyond(end, second, order);
		const rows = isLast ? page.rows.filter((row) => !isBeyond(secondOf(row, key), second, order)) : page.rows;
		for (const row of rows) met.add(entryId(row));
		yield { ...page, rows };
		if (isLast) return (number - 1) * page.size + rows.length;
	}
}

/**
 * One walk in the order of the other column, because rows of a tie have no order of their own, and the same page may
 * show the same of them for ever. Two bounds are widened to the whole day, which holds the second and little else.
 */
async function* walkOtherwise(
	{ source, key }: KeysetOptions,
	second: number,
	pass: number,
	met: Set<string>,
): AsyncGenerator<Page> {
	const sortBy: DateColumn = key === 'created_at' ? 'uploaded_at' : 'created_at';
	const sortOrder: SortOrder = pass % 2 === 0 ? 'ASC' : 'DESC';
	const filter = { by: key, from: second, to: second };
	for (let number = 1; ; number++) {
		const page = await source.fetch({ page: number, sortBy, sortOrder, filter });
		const rows = page.rows.filter((row) => secondOf(row, key) === second);
		for (const row of rows) met.add(entryId(row));
		yield { ...page, rows };
		if (isLastPage(page, number)) return;
	}
}

function secondOf(row: RawEntry, key: DateColumn): number {
	return wholeSecond(timeOf(row, key));
}

function wholeSecond(ms: number): number {
	return Math.floor(ms / SECOND) * SECOND;
}

import { SECOND } from '../clock';
import { IncompleteError } from '../http/errors';
import { entryId, type RawEntry } from './entry';
import type { Page, PageRequest, PageSource } from './pages';
import type { DateColumn, SortOrder } from './query';

/** Orders in which the rows of one second are asked for until all have been seen (contract 13.4). */
const PASSES_IN_A_SECOND = 6;

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
		const page = await source.fetch({
			page: 1,
			sortBy: key,
			sortOrder: order,
			filter: filterAt(options, anchor),
		});
		yield page;
		if (page.rows.length < page.size) return;
		const next = nextAnchor(page.rows, key, order, anchor);
		if (next !== undefined) {
			anchor = next;
			continue;
		}
		// The whole page is one second: its rows are counted, found, and left behind.
		const second = anchor ?? secondOf(page.rows[0], key);
		yield* readSecond(options, second, page);
		anchor = second + (order === 'ASC' ? SECOND : -SECOND);
	}
}

/** Bounds are single, so that the service does not widen them, and inclusive of the anchor's whole second. */
function filterAt({ key, order }: KeysetOptions, anchor: number | undefined): PageRequest['filter'] {
	if (anchor === undefined) return undefined;
	return order === 'ASC' ? { by: key, from: anchor } : { by: key, to: anchor + SECOND - 1 };
}

/**
 * The last row's second, or the furthest one of the page where that row's printed date lags behind its column, which
 * happens with created_at (contract 8). Undefined: nothing lies beyond the anchor.
 */
function nextAnchor(
	rows: RawEntry[],
	key: DateColumn,
	order: SortOrder,
	anchor: number | undefined,
): number | undefined {
	const last = secondOf(rows[rows.length - 1], key);
	if (anchor === undefined) return last;
	const beyond = (second: number) => (order === 'ASC' ? second > anchor : second < anchor);
	if (beyond(last)) return last;
	return rows.map((row) => secondOf(row, key)).findLast(beyond);
}

/** All rows of one second that has more than a page of them. `first` is the page that showed it. */
async function* readSecond(options: KeysetOptions, second: number, first: Page): AsyncGenerator<Page> {
	const { key } = options;
	const ids = new Set<string>();
	const ofSecond = (page: Page): Page => {
		const rows = page.rows.filter((row) => secondOf(row, key) === second);
		for (const row of rows) ids.add(entryId(row));
		return { ...page, rows };
	};
	let { total } = ofSecond(first);
	let expected = total - (await countBeyond(options, second));
	for (let pass = 0; pass < PASSES_IN_A_SECOND; pass++) {
		for await (const page of passOver(options, second, pass)) {
			total = page.total;
			yield ofSecond(page);
			if (ids.size >= expected) break;
		}
		const now = total - (await countBeyond(options, second));
		// Rows that were edited meanwhile have left the second: what was seen proves nothing any more.
		if (now !== expected) {
			ids.clear();
			expected = now;
		} else if (ids.size >= expected) {
			return;
		}
	}
	throw new IncompleteError(
		`${expected} entries share the second ${new Date(second).toISOString()} and only ${ids.size} of them could be read`,
		{ code: 'incomplete_second', hint: 'Run it again when nobody edits these entries.' },
	);
}

/** Rows on the far side of the second: the rows of the second are the rest of a page's total. */
async function countBeyond({ source, key, order }: KeysetOptions, second: number): Promise<number> {
	return await source.count(
		order === 'ASC' ? { by: key, from: second + SECOND } : { by: key, to: second - 1 },
	);
}

/** One walk by page number over the second, each in another order, because rows of a tie have none of their own. */
async function* passOver(options: KeysetOptions, second: number, pass: number): AsyncGenerator<Page> {
	const { source, key, order } = options;
	const other: DateColumn = key === 'created_at' ? 'uploaded_at' : 'created_at';
	const byKey = pass % 3 === 0;
	const sortOrder: SortOrder = byKey ? order : pass % 3 === 1 ? 'ASC' : 'DESC';
	for (let number = pass === 0 ? 2 : 1; ; number++) {
		const page = await source.fetch({
			page: number,
			sortBy: byKey ? key : other,
			sortOrder,
			filter: filterAt(options, second),
		});
		yield page;
		const left = byKey && page.rows.some((row) => secondOf(row, key) !== second);
		if (left || page.rows.length < page.size) return;
	}
}

/** A row's date, cut to the second: all that filters can be trusted with, as old rows carry milliseconds. */
export function secondOf(row: RawEntry | undefined, key: DateColumn): number {
	const ms = typeof row?.[key] === 'string' ? Date.parse(row[key]) : NaN;
	if (!Number.isNaN(ms)) return wholeSecond(ms);
	throw new IncompleteError(`An entry came without a readable ${key}`, {
		code: 'no_date',
		hint: 'Choose the mapping EC5_AUTO. If it happens there too, report it with the name of the project.',
	});
}

function wholeSecond(ms: number): number {
	return Math.floor(ms / SECOND) * SECOND;
}

import { IncompleteError } from '../http/errors';
import { endOf, filterAt, isBeyond, secondOf, type Way } from './anchor';
import type { RawEntry } from './entry';
import { isLastPage, type Page, type PageRequest } from './pages';
import type { SortOrder } from './query';

/** Readings of one second until all of its rows have been seen. */
const PASSES = 12;
/** Readings in a row that show no new row of the second. */
const VAIN_PASSES = 3;

/**
 * The reading of one second that has more than a page of rows, as a value: it can be put aside between two requests.
 *
 * The rows are counted by the page on which they end, which one answer tells and no upload falsifies; two equal counts
 * say that none has left the second in between, so that what was met between them is what there is (contract 13.4).
 */
export interface Crowd {
	/** Milliseconds since the epoch. */
	readonly second: number;
	readonly status: 'reading' | 'whole' | 'incomplete';
	readonly pass: number;
	/** Passes in a row that met nobody new. */
	readonly vain: number;
	/** Rows by the last whole walk; undefined before the first. */
	readonly counted: number | undefined;
	/** Entries met since the count last changed, and how many they were when this pass began. */
	readonly met: ReadonlySet<string>;
	readonly metBefore: number;
	/**
	 * `own`: in the order that is read in. `other`: by the other column, because rows of a tie have no order of their own
	 * and the same page may show the same of them for ever.
	 */
	readonly walk: 'own' | 'other';
	readonly page: number;
	/** Rows of a page in this walk; undefined before its first. */
	readonly size: number | undefined;
}

export interface Meeting {
	crowd: Crowd;
	/** The page's rows that belong to the second. */
	rows: RawEntry[];
}

export function beginCrowd(second: number): Crowd {
	return {
		...{ second, status: 'reading', pass: 0, vain: 0, counted: undefined },
		...{ met: new Set<string>(), metBefore: 0, walk: 'own', page: 1, size: undefined },
	};
}

/** The page to ask for next. */
export function crowdRequest({ second, walk, pass, page }: Crowd, way: Way): PageRequest {
	if (walk === 'own') {
		return { page, sortBy: way.key, sortOrder: way.order, filter: filterAt(way, second) };
	}
	const sortOrder: SortOrder = pass % 2 === 0 ? 'ASC' : 'DESC';
	const sortBy = way.key === 'created_at' ? 'uploaded_at' : 'created_at';
	// Two bounds are widened to the whole day, which holds the second and little else.
	return { page, sortBy, sortOrder, filter: { by: way.key, from: second, to: second } };
}

/** Takes the page that {@link crowdRequest} asked for. @param nameOf tells entries apart */
export function meet(crowd: Crowd, page: Page, way: Way, nameOf: (row: RawEntry) => string): Meeting {
	const { second, walk } = crowd;
	let isLast = isLastPage(page, crowd.page);
	let { rows } = page;
	if (walk === 'own') {
		isLast ||= isBeyond(endOf(rows, way.key), second, way.order);
		if (isLast) rows = rows.filter((row) => !isBeyond(secondOf(row, way.key), second, way.order));
	} else {
		rows = rows.filter((row) => secondOf(row, way.key) === second);
	}
	const met = new Set(crowd.met);
	for (const row of rows) met.add(nameOf(row));
	const next = { ...crowd, met, page: crowd.page + 1, size: page.size };
	// The size was changed by another reading: the numbers of the pages mean other rows.
	if (crowd.size !== undefined && crowd.size !== page.size) return { crowd: nextPass(next), rows };
	if (!isLast) return { crowd: next, rows };
	const count = (crowd.page - 1) * page.size + rows.length;
	return { crowd: walk === 'own' ? afterOwn(next, count) : afterOther(next), rows };
}

/** The same anew, after the size of a page has changed: the numbers mean other rows now. */
export function meetAnew(crowd: Crowd): Crowd {
	return nextPass(crowd);
}

/** @returns the error of a crowd that is `incomplete` */
export function incompleteSecond({ met, counted, second }: Crowd): IncompleteError {
	return new IncompleteError(
		`Only ${met.size} of ${counted} entries that share the second ${new Date(second).toISOString()} could be read`,
		{ code: 'incomplete_second', hint: 'Run it again when nobody edits these entries.' },
	);
}

function afterOwn(crowd: Crowd, count: number): Crowd {
	if (count === crowd.counted) {
		return crowd.met.size >= count
			? { ...crowd, status: 'whole' }
			: { ...crowd, walk: 'other', page: 1, size: undefined };
	}
	// The first count, or some rows were edited meanwhile: what was met before proves nothing.
	return nextPass({ ...crowd, met: new Set(), counted: count, vain: 0 });
}

function afterOther(crowd: Crowd): Crowd {
	const isVain = crowd.met.size === crowd.metBefore;
	return nextPass({ ...crowd, vain: isVain ? crowd.vain + 1 : 0 });
}

function nextPass(crowd: Crowd): Crowd {
	const pass = crowd.pass + 1;
	const status = pass >= PASSES || crowd.vain >= VAIN_PASSES ? 'incomplete' : 'reading';
	return { ...crowd, pass, status, walk: 'own', page: 1, size: undefined, metBefore: crowd.met.size };
}

import { ApiError, FieldDataError } from '../http/errors';
import { isObject } from '../http/json';
import { JsonList, taken, type Sliceable } from '../http/jsonList';
import { TRIES } from '../http/retry';
import { isEntry, type RawEntry } from './entry';
import { isoText, type DateColumn, type SortColumn, type SortOrder } from './query';

/** Production's cap (contract 7.1): a larger page is refused, a smaller one costs requests. */
export const PAGE_SIZE = 500;
const SMALLEST_PAGE = 10;

export interface PageRequest {
	page: number;
	sortBy: SortColumn;
	sortOrder: SortOrder;
	filter?: { by: DateColumn; from?: number; to?: number };
	/** For a count, one row is enough. */
	perPage?: number;
}

export interface Page<Rows extends Sliceable<RawEntry> = RawEntry[]> {
	rows: Rows;
	/** Rows that match now. */
	total: number;
	/** Rows that a full page has. */
	size: number;
}

/** A page whose rows may be made when they are asked for, again each time: to be taken a few at a time, once. */
export type SlicedPage = Page<Sliceable<RawEntry>>;

/** Where the rows are in an answer. */
export const ROWS_PATH = ['data', 'entries'] as const;

/**
 * Whether nothing stands behind the page of that number, by what the service counts. A page that is not full proves
 * nothing: a server may give fewer rows than it was asked for without a word.
 */
export function isLastPage({ rows, total, size }: SlicedPage, number: number): boolean {
	return rows.length === 0 || (number - 1) * size + rows.length >= total;
}

/** Sends one request for entries with these parameters and gives the parsed body, its rows as a {@link JsonList} or made. */
export type Ask = (parameters: Record<string, string | number>) => Promise<unknown>;

/** A parsed body, and when the server gave it by its own clock (milliseconds since the epoch), where it tells. */
export interface DatedAnswer {
	body: unknown;
	servedAt?: number;
}

/** As {@link Ask}, for a reader who has to know how late it is on the server. */
export type DatedAsk = (parameters: Record<string, string | number>) => Promise<DatedAnswer>;

/** Thrown when the size of a page has changed while reading by number: the numbers mean other rows now. */
export class PageSizeChanged extends Error {}

/** The pages of one query, and their size while the server accepts it. */
export class PageSource {
	/** @param size rows to ask for, as far as the server's cap is known */
	constructor(
		private readonly ask: Ask,
		private size = PAGE_SIZE,
	) {}

	/** Rows that a full page has: fewer than {@link PAGE_SIZE} where the server's cap is lower. */
	get pageSize(): number {
		return this.size;
	}

	/**
	 * @throws FieldDataError; PageSizeChanged when a page above the first has to be asked for in another size
	 */
	async fetch(request: PageRequest): Promise<Page> {
		for (let tries = 1; ; tries++) {
			const page = await this.fetchSliced(request);
			const rows = taken(page.rows);
			if (rows) return { ...page, rows };
			if (tries === TRIES) throw page.rows.damage;
		}
	}

	/** As {@link PageSource.fetch}. The rows throw an ApiError when they are taken and are no entries: see {@link taken}. */
	async fetchSliced(request: PageRequest): Promise<SlicedPage> {
		for (;;) {
			const size = request.perPage ?? this.size;
			try {
				return this.sized(parsePage(await this.ask(parameters(request, size)), size), request);
			} catch (error) {
				if (!(error instanceof FieldDataError) || error.code !== 'ec5_335' || size <= SMALLEST_PAGE)
					throw error;
				this.size = Math.max(SMALLEST_PAGE, Math.floor(size / 2));
				if (request.page > 1) throw new PageSizeChanged();
			}
		}
	}

	/** A smaller page than was asked for, although there are more: that is what a page of this server holds. */
	private sized(page: CountedPage, { page: number, perPage }: PageRequest): SlicedPage {
		const { rows, total, size, lastPage } = page;
		const isCut =
			rows.length >= SMALLEST_PAGE && rows.length < size && number < lastPage && !isLastPage(page, number);
		if (!isCut || perPage !== undefined) return { rows, total, size };
		this.size = rows.length;
		if (number > 1) throw new PageSizeChanged();
		return { rows, total, size: rows.length };
	}

	/** Rows that match now. Costs a request. */
	async count(filter: PageRequest['filter']): Promise<number> {
		const page = await this.fetchSliced({
			page: 1,
			perPage: 1,
			sortBy: 'created_at',
			sortOrder: 'ASC',
			filter,
		});
		return page.total;
	}
}

function parameters(request: PageRequest, size: number): Record<string, string | number> {
	const { filter } = request;
	return {
		page: request.page,
		per_page: size,
		sort_by: request.sortBy,
		sort_order: request.sortOrder,
		// A bound without filter_by is ignored silently; both bounds are widened to whole days (contract 13.2).
		...(filter && { filter_by: filter.by }),
		...(filter?.from !== undefined && { filter_from: isoText(filter.from) }),
		...(filter?.to !== undefined && { filter_to: isoText(filter.to) }),
	};
}

/** With the number of the last page, as far as the server tells it. */
interface CountedPage extends SlicedPage {
	lastPage: number;
}

function parsePage(body: unknown, size: number): CountedPage {
	const data = isObject(body) && isObject(body.data) ? body.data : {};
	const meta = isObject(body) && isObject(body.meta) ? body.meta : {};
	if (typeof meta.total !== 'number') throw noEntries();
	const lastPage = typeof meta.last_page === 'number' ? meta.last_page : 0;
	return { rows: rowsOf(data.entries), total: meta.total, size, lastPage };
}

function rowsOf(entries: unknown): Sliceable<RawEntry> {
	if (!(entries instanceof JsonList)) return checked(entries);
	const rows: Sliceable<RawEntry> = {
		length: entries.length,
		slice(start, end) {
			try {
				return checked(entries.slice(start, end));
			} catch (error) {
				rows.damage = error;
				throw error;
			}
		},
		letGo: () => entries.letGo(),
	};
	return rows;
}

function checked(rows: unknown): RawEntry[] {
	if (!Array.isArray(rows) || !rows.every(isEntry)) throw noEntries();
	return rows;
}

function noEntries(): ApiError {
	return new ApiError('The answer of the server holds no entries', {
		code: 'unreadable',
		hint: 'Check the server URL: it must be the address of an Epicollect5 server.',
	});
}

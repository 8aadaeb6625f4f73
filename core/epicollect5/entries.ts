import { SECOND } from '../clock';
import { taken } from '../http/jsonList';
import type { Run, StoppedBy } from '../run';
import { entryId, timeOf, type RawEntry } from './entry';
import { endOf, readByKey } from './keyset';
import { incomplete, readByNumber } from './numbered';
import { PageSource, type Ask, type PageRequest, type SlicedPage } from './pages';
import { isBounded, planQuery, type DateColumn, type EntriesQuery, type Plan, type Span } from './query';
import { Seen } from './seen';
import { reasonOf } from './stopped';

/** Whole readings by key before it is said that rows are missing. */
const READINGS = 3;

/**
 * Rows that are made, looked at and handed over at once. They die young: V8 gives back quickly what it finds dead soon
 * after it was made, and little else (see {@link parseWithList}). So few at once that it does not take what is made of
 * them for lasting, whenever it looks.
 */
const AT_ONCE = 10;

/**
 * Reads entries, some of a page at a time. An entry that is edited while being read comes again in its newer version; a
 * consumer that keeps them replaces by ID ({@link collectEntries} does).
 * @throws FieldDataError; IncompleteError where all rows were wanted and some could not be found
 */
export async function* readEntries(ask: Ask, query: EntriesQuery, run: Run): AsyncGenerator<RawEntry[]> {
	let stoppedBy: StoppedBy = 'aborted';
	try {
		const plan = planQuery(query);
		const reader = new Reader(ask, plan, run, query.wholePages ? Infinity : AT_ONCE);
		yield* plan.reorder ? reader.reordered(plan.reorder.by, plan.reorder.order) : reader.read();
		stoppedBy = reader.wanted <= 0 ? 'limit' : 'end';
	} catch (error) {
		stoppedBy = reasonOf(error);
		throw error;
	} finally {
		run.summary.stoppedBy = stoppedBy;
	}
}

/** All entries of a reading in one list, each once and in its newest version. */
export async function collectEntries(pages: AsyncIterable<RawEntry[]>): Promise<RawEntry[]> {
	const rows: RawEntry[] = [];
	const seen = new Seen();
	for await (const page of pages) {
		for (const row of page) {
			seen.isNew(row);
			rows.push(row);
		}
	}
	// Hardly ever is a row edited meanwhile, and a map of a hundred thousand IDs is worth thousands of rows.
	return seen.size === rows.length ? rows : [...new Map(rows.map((row) => [entryId(row), row])).values()];
}

/** One reading under one plan. */
class Reader {
	/** Entries still to be handed over. */
	wanted: number;
	/** Rows in all: the pages of a reading by key count only what is left. */
	private total = 0;
	private readonly source: PageSource;
	private readonly seen = new Seen();
	/** What the run had handed over before: it may read several streams. */
	private readonly before: number;

	constructor(
		ask: Ask,
		private readonly plan: Plan,
		private readonly run: Run,
		private readonly atOnce: number,
	) {
		this.source = new PageSource(ask);
		this.wanted = plan.limit;
		this.before = run.summary.fetched;
	}

	async *read(): AsyncGenerator<RawEntry[]> {
		const pages = this.plan.method === 'keyset' ? this.byKey() : this.byNumber();
		for await (const page of pages) {
			this.total = Math.max(this.total, page.total);
			let end = 0;
			do {
				const some = taken(page.rows, end, (end += this.atOnce));
				if (!some) break;
				const rows = this.select(some);
				this.wanted -= rows.length;
				this.run.summary.fetched += rows.length;
				const isDone = this.wanted <= 0;
				if (isDone || end >= page.rows.length) this.run.progress(this.before + this.total);
				if (rows.length > 0) yield rows;
				if (isDone) return;
			} while (end < page.rows.length);
		}
	}

	/** For an order that cannot be read in: all rows first, then sorted. The newest version of each row remains. */
	async *reordered(by: DateColumn, order: 'ASC' | 'DESC'): AsyncGenerator<RawEntry[]> {
		const rows = await collectEntries(this.read());
		this.run.summary.fetched = this.before + rows.length;
		const sign = order === 'ASC' ? 1 : -1;
		rows.sort((a, b) => sign * (timeOf(a, by) - timeOf(b, by)));
		if (rows.length > 0) yield rows;
	}

	private select(rows: RawEntry[]): RawEntry[] {
		const { created, uploaded } = this.plan;
		const fresh = rows.filter((row) => this.seen.isNew(row));
		this.run.summary.skipped += rows.length - fresh.length;
		const inside =
			isBounded(created) || isBounded(uploaded)
				? fresh.filter((row) => within(row, 'created_at', created) && within(row, 'uploaded_at', uploaded))
				: fresh;
		return this.wanted === Infinity ? inside : inside.slice(0, this.wanted);
	}

	/** Reads by value, and once more where the service counts more rows than were met. */
	private async *byKey(): AsyncGenerator<SlicedPage> {
		const { plan, source } = this;
		const key = plan.sortBy === 'created_at' ? 'created_at' : 'uploaded_at';
		const span = key === 'created_at' ? plan.created : plan.uploaded;
		const start = plan.sortOrder === 'ASC' ? span.from : span.to;
		for (let reading = 1; ; reading++) {
			let total = 0;
			for await (const page of readByKey({ source, key, order: plan.sortOrder, start })) {
				total = Math.max(total, page.total);
				yield page;
				// Past the other end there is nothing to find, and nothing to count either.
				if (!page.rows.damage && this.isPast(page, key, span)) return;
			}
			if (this.seen.size >= total) return;
			const now = await source.count(this.serverFilter());
			if (this.seen.size >= now) return;
			if (reading === READINGS) throw incomplete(this.seen.size, now);
		}
	}

	private async *byNumber(): AsyncGenerator<SlicedPage> {
		const { sortBy, sortOrder } = this.plan;
		yield* readByNumber({
			source: this.source,
			request: { sortBy, sortOrder, filter: this.serverFilter() },
			isLast: (page) => sortBy !== 'title' && this.isPast(page, sortBy, this.spanOf(sortBy)),
		});
	}

	/** One bound only: two are widened to whole days (contract 13.2). The other one is applied on this side. */
	private serverFilter(): PageRequest['filter'] {
		const { filterBy, sortOrder, sortBy, method } = this.plan;
		if (filterBy === undefined) return undefined;
		const { from, to } = this.spanOf(filterBy);
		const upwards = sortOrder === 'ASC' || sortBy !== filterBy;
		const near = upwards ? { by: filterBy, from } : { by: filterBy, to };
		const far = upwards ? { by: filterBy, to } : { by: filterBy, from };
		if (Number.isFinite(upwards ? from : to)) return near;
		// A reading by key begins at its near end, and stops by itself at the far one.
		return method === 'numbered' ? far : undefined;
	}

	private spanOf(column: DateColumn): Span {
		return column === 'created_at' ? this.plan.created : this.plan.uploaded;
	}

	private isPast(page: SlicedPage, key: DateColumn, span: Span): boolean {
		const end = endOf(page.rows, key);
		return this.plan.sortOrder === 'ASC' ? end > span.to : end + SECOND <= span.from;
	}
}

function within(row: RawEntry, column: DateColumn, span: Span): boolean {
	if (!isBounded(span)) return true;
	const time = timeOf(row, column);
	return time >= span.from && time <= span.to;
}

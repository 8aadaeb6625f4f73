import { filterRange, type TimeRange } from './dates';
import type { Entry } from './model';
import type { EntryParameters } from './parameters';
import { compareTitles, sortEntries, timeOf, type Stream } from './stream';
import { titleMatcher } from './titles';

/** How rows of equal sort key are ordered: by insertion, or shuffled anew for each request (contract 13.3). */
export type TieOrder = { kind: 'insertion' } | { kind: 'shuffled'; random: () => number };

/** The rows of one page and what is told about all of them. */
export interface Selection {
	page: Entry[];
	total: number;
	newest: number | undefined;
	oldest: number | undefined;
}

/** Picks, filters, sorts and pages the rows of a stream. */
export function selectEntries(
	stream: Stream,
	parameters: EntryParameters,
	ties: TieOrder,
	place: { formRef: string; parentFormRef: string | undefined },
): Selection {
	const rows = titled(candidates(stream, parameters, place), parameters.title);
	const created = extremes(rows);
	const ordered = parameters.descending ? reversed(rows) : rows;
	const start = (parameters.page - 1) * parameters.perPage;
	const page =
		ties.kind === 'shuffled'
			? shuffleTies(ordered, parameters, ties.random).slice(start, start + parameters.perPage)
			: ordered.slice(start, start + parameters.perPage);
	return { page, total: rows.length, ...created };
}

/** A view that reads backwards: copying 100,000 rows for a page of 50 would be slow. */
function reversed(rows: Entry[]): { length: number; slice(start: number, end: number): Entry[] } {
	return {
		length: rows.length,
		slice: (start, end) =>
			rows.slice(Math.max(0, rows.length - end), Math.max(0, rows.length - start)).reverse(),
	};
}

/** The rows that the identity and time filters let through, ascending by the sort column. */
function candidates(
	stream: Stream,
	parameters: EntryParameters,
	place: { formRef: string; parentFormRef: string | undefined },
): Entry[] {
	const { sortBy, filterBy, filterFrom, filterTo } = parameters;
	const range: TimeRange | null =
		filterBy === undefined || (filterFrom === undefined && filterTo === undefined)
			? null
			: filterRange(filterFrom, filterTo);
	const few = identified(stream, parameters, place);
	if (few !== null) {
		const sorted = sortEntries(
			[...few].sort((a, b) => a.seq - b.seq),
			sortBy,
		);
		return range === null || filterBy === undefined
			? sorted
			: sorted.filter((row) => within(timeOf(row, filterBy), range));
	}
	if (range === null || filterBy === undefined) return stream.ordered(sortBy);
	if (filterBy === sortBy) return stream.between(filterBy, range);
	return stream.ordered(sortBy).filter((row) => within(timeOf(row, filterBy), range));
}

function within(time: number, range: TimeRange): boolean {
	return time >= range.from && time <= range.to;
}

/** Rows named by uuid, parent or owner; null when all rows are meant. uuid beats the others. */
function identified(
	stream: Stream,
	parameters: EntryParameters,
	place: { formRef: string; parentFormRef: string | undefined },
): Entry[] | null {
	const { uuid, parentUuid, parentFormRef, branchRef, branchOwnerUuid } = parameters;
	if (uuid !== undefined) {
		const row = stream.byUuid(uuid.trimEnd());
		return row === undefined ? [] : [row];
	}
	if (branchRef !== undefined) {
		return branchOwnerUuid === undefined ? null : stream.ownedBy(branchOwnerUuid.trimEnd());
	}
	if (parentUuid === undefined) return null;
	// Without the parent's form, or with another form's, nothing matches (contract 7.1).
	if (parentFormRef === undefined || parentFormRef !== place.parentFormRef) return [];
	return stream.childrenOf(parentUuid.trimEnd());
}

function titled(rows: Entry[], title: string | undefined): Entry[] {
	if (title === undefined) return rows;
	const matches = titleMatcher(title);
	return rows.filter((row) => matches(row.title));
}

function extremes(rows: Entry[]): { newest: number | undefined; oldest: number | undefined } {
	let newest: number | undefined;
	let oldest: number | undefined;
	for (const { createdAt } of rows) {
		if (newest === undefined || createdAt > newest) newest = createdAt;
		if (oldest === undefined || createdAt < oldest) oldest = createdAt;
	}
	return { newest, oldest };
}

/** Shuffles inside each group of equal sort key; the order of the groups stays. */
function shuffleTies(
	rows: { length: number; slice(start: number, end: number): Entry[] },
	parameters: EntryParameters,
	random: () => number,
): Entry[] {
	const { sortBy } = parameters;
	const same = (left: Entry, right: Entry): boolean =>
		sortBy === 'title'
			? Buffer.byteLength(left.title) === Buffer.byteLength(right.title) &&
				compareTitles(left.title, right.title) === 0
			: timeOf(left, sortBy) === timeOf(right, sortBy);
	const list = rows.slice(0, rows.length);
	for (let start = 0; start < list.length;) {
		let end = start + 1;
		while (end < list.length && same(list[start] as Entry, list[end] as Entry)) end += 1;
		for (let at = end - 1; at > start; at -= 1) {
			const other = start + Math.floor(random() * (at - start + 1));
			[list[at], list[other]] = [list[other] as Entry, list[at] as Entry];
		}
		start = end;
	}
	return list;
}

import { filterRange, type TimeRange } from './dates';
import type { Entry } from './model';
import type { EntryParameters } from './parameters';
import { compareTitles, sortEntries, timeOf, type Slice, type Stream } from './stream';
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
	const start = (parameters.page - 1) * parameters.perPage;
	const end = start + parameters.perPage;
	const page =
		ties.kind === 'shuffled'
			? shuffleTies(pageOf(rows, parameters.descending, 0, Infinity), parameters, ties.random).slice(
					start,
					end,
				)
			: pageOf(rows, parameters.descending, start, end);
	return { page, total: rows.end - rows.start, ...stream.extremes(rows) };
}

/** Rows from place `first` to before `last`, counted from the end when descending. */
function pageOf({ list, start, end }: Slice, descending: boolean, first: number, last: number): Entry[] {
	if (!descending) return list.slice(start + first, Math.min(end, start + last));
	return list.slice(Math.max(start, end - last), Math.max(start, end - first)).reverse();
}

/** The rows that the identity and time filters let through, ascending by the sort column. */
function candidates(
	stream: Stream,
	parameters: EntryParameters,
	place: { formRef: string; parentFormRef: string | undefined },
): Slice {
	const { sortBy, filterBy, filterFrom, filterTo } = parameters;
	const range: TimeRange | null =
		filterBy === undefined || (filterFrom === undefined && filterTo === undefined)
			? null
			: filterRange(filterFrom, filterTo);
	const few = identified(stream, parameters, place);
	if (few === null && (range === null || filterBy === undefined)) return stream.whole(sortBy);
	if (few === null && range !== null && filterBy === sortBy) return stream.between(filterBy, range);
	const rows =
		few === null
			? stream.ordered(sortBy)
			: sortEntries(
					[...few].sort((a, b) => a.seq - b.seq),
					sortBy,
				);
	return wholeOf(
		range === null || filterBy === undefined
			? rows
			: rows.filter((row) => within(timeOf(row, filterBy), range)),
	);
}

function wholeOf(list: Entry[]): Slice {
	return { list, start: 0, end: list.length };
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

function titled(rows: Slice, title: string | undefined): Slice {
	if (title === undefined) return rows;
	const matches = titleMatcher(title);
	return wholeOf(rows.list.slice(rows.start, rows.end).filter((row) => matches(row.title)));
}

/** Shuffles inside each group of equal sort key; the order of the groups stays. */
function shuffleTies(list: Entry[], parameters: EntryParameters, random: () => number): Entry[] {
	const { sortBy } = parameters;
	const same = (left: Entry, right: Entry): boolean =>
		sortBy === 'title'
			? Buffer.byteLength(left.title) === Buffer.byteLength(right.title) &&
				compareTitles(left.title, right.title) === 0
			: timeOf(left, sortBy) === timeOf(right, sortBy);
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

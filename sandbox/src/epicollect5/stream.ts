import type { Entry } from './model';
import type { TimeRange } from './dates';

export type SortColumn = 'created_at' | 'uploaded_at' | 'title';
export type TimeColumn = 'created_at' | 'uploaded_at';

/** A part of an ordered list. */
export interface Slice {
	list: Entry[];
	start: number;
	end: number;
}

/** Title order: bytes first, then text without regard to case and accents (contract 7.1). */
const titleCollator = new Intl.Collator('en', { sensitivity: 'base' });

/** The rows of one form or branch, in insertion order, with sorted indexes made when first needed. */
export class Stream {
	private rows: Entry[] = [];
	private uuids = new Map<string, Entry>();
	private sorted: Partial<Record<SortColumn, Entry[]>> = {};
	private groups: Partial<Record<'parentUuid' | 'ownerUuid', Map<string, Entry[]>>> = {};
	/** For each place of the uploaded_at order: newest and oldest created_at from there to the end. */
	private tails: { newest: Float64Array; oldest: Float64Array } | null = null;
	private dirty = false;

	get size(): number {
		return this.rows.length;
	}

	/** All rows, first inserted first. */
	all(): readonly Entry[] {
		return this.rows;
	}

	byUuid(uuid: string): Entry | undefined {
		return this.uuids.get(uuid.toLowerCase());
	}

	add(entry: Entry): void {
		this.rows.push(entry);
		this.uuids.set(entry.uuid, entry);
		if (this.dirty) this.index(entry);
	}

	/** Takes a new row into the indexes that are there: tests add thousands of rows between requests. */
	private index(entry: Entry): void {
		this.tails = null;
		delete this.sorted.title;
		for (const column of ['created_at', 'uploaded_at'] as const) {
			const list = this.sorted[column];
			// After its equals: the newest row is the last inserted one.
			if (list !== undefined) list.splice(lowerBound(list, column, timeOf(entry, column), true), 0, entry);
		}
		for (const field of ['parentUuid', 'ownerUuid'] as const) {
			const map = this.groups[field];
			const group = map?.get(entry[field]);
			if (group !== undefined) group.push(entry);
			else map?.set(entry[field], [entry]);
		}
	}

	remove(entry: Entry): void {
		this.rows = this.rows.filter((row) => row !== entry);
		this.uuids.delete(entry.uuid);
		this.forget();
	}

	/** To be called after a row's time, title or parent was changed. */
	forget(): void {
		if (!this.dirty) return;
		this.sorted = {};
		this.groups = {};
		this.tails = null;
		this.dirty = false;
	}

	/** Child rows of a parent entry. */
	childrenOf(parentUuid: string): Entry[] {
		return this.group('parentUuid', parentUuid);
	}

	/** Branch rows of an owner entry. */
	ownedBy(ownerUuid: string): Entry[] {
		return this.group('ownerUuid', ownerUuid);
	}

	/** All rows ascending by a column; rows of equal key stay in insertion order. */
	ordered(column: SortColumn): Entry[] {
		let list = this.sorted[column];
		if (list === undefined) {
			list = sortEntries(this.rows, column);
			this.sorted[column] = list;
			this.dirty = true;
		}
		return list;
	}

	/** All rows as a slice of the ordered ones. */
	whole(column: SortColumn): Slice {
		const list = this.ordered(column);
		return { list, start: 0, end: list.length };
	}

	/** The part of the ordered rows whose time lies in the range; nothing is copied. */
	between(column: TimeColumn, range: TimeRange): Slice {
		const list = this.ordered(column);
		const start = lowerBound(list, column, range.from);
		return { list, start, end: Math.max(start, lowerBound(list, column, range.to, true)) };
	}

	/** Newest and oldest created_at of a slice; without looking at each row where an index knows. */
	extremes(slice: Slice): { newest: number | undefined; oldest: number | undefined } {
		const { list, start, end } = slice;
		if (start >= end) return { newest: undefined, oldest: undefined };
		if (list === this.sorted.uploaded_at && end === list.length) {
			const tails = this.uploadTails(list);
			return { newest: tails.newest[start], oldest: tails.oldest[start] };
		}
		if (end - start === this.rows.length || list === this.sorted.created_at) {
			const byCreation = list === this.sorted.created_at ? slice : this.whole('created_at');
			return {
				newest: byCreation.list[byCreation.end - 1]?.createdAt,
				oldest: byCreation.list[byCreation.start]?.createdAt,
			};
		}
		let newest = -Infinity;
		let oldest = Infinity;
		for (let at = start; at < end; at += 1) {
			const { createdAt } = list[at] as Entry;
			if (createdAt > newest) newest = createdAt;
			if (createdAt < oldest) oldest = createdAt;
		}
		return { newest, oldest };
	}

	private uploadTails(list: Entry[]): { newest: Float64Array; oldest: Float64Array } {
		if (this.tails !== null) return this.tails;
		const newest = new Float64Array(list.length);
		const oldest = new Float64Array(list.length);
		let high = -Infinity;
		let low = Infinity;
		for (let at = list.length - 1; at >= 0; at -= 1) {
			const { createdAt } = list[at] as Entry;
			high = Math.max(high, createdAt);
			low = Math.min(low, createdAt);
			newest[at] = high;
			oldest[at] = low;
		}
		this.tails = { newest, oldest };
		return this.tails;
	}

	private group(field: 'parentUuid' | 'ownerUuid', uuid: string): Entry[] {
		let map = this.groups[field];
		if (map === undefined) {
			map = new Map();
			for (const row of this.rows) {
				const list = map.get(row[field]);
				if (list === undefined) map.set(row[field], [row]);
				else list.push(row);
			}
			this.groups[field] = map;
			this.dirty = true;
		}
		return map.get(uuid.toLowerCase()) ?? [];
	}
}

/** The column of a row as a number. */
export function timeOf(entry: Entry, column: TimeColumn): number {
	return column === 'created_at' ? entry.createdAt : entry.uploadedAt;
}

/** A sorted copy, ascending; stable. */
export function sortEntries(rows: readonly Entry[], column: SortColumn): Entry[] {
	if (column !== 'title') return [...rows].sort((a, b) => timeOf(a, column) - timeOf(b, column));
	const keyed = rows.map((row) => ({ row, bytes: Buffer.byteLength(row.title) }));
	keyed.sort((a, b) => a.bytes - b.bytes || compareTitles(a.row.title, b.row.title));
	return keyed.map(({ row }) => row);
}

/** Order of two titles of the same length; 0 when the server cannot tell them apart. */
export function compareTitles(left: string, right: string): number {
	return titleCollator.compare(left, right);
}

function lowerBound(list: Entry[], column: TimeColumn, value: number, after = false): number {
	let low = 0;
	let high = list.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		const time = timeOf(list[middle] as Entry, column);
		if (time < value || (after && time === value)) low = middle + 1;
		else high = middle;
	}
	return low;
}

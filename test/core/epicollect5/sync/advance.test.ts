import type { RawEntry } from '../../../../core/epicollect5/entry';
import type { PageRequest } from '../../../../core/epicollect5/pages';
import {
	advance,
	advanceAnew,
	newCursor,
	nextRequest,
	type Step,
	type StreamCursor,
	type SyncPage,
} from '../../../../core/epicollect5/sync/cursor';
import { idKey, IdSet } from '../../../../core/epicollect5/sync/idSet';
import { SECOND, START } from '../support/world';
import { MINUTE } from './support';

const SIZE = 4;
const OVERLAP = 5 * MINUTE;
const MOST_REQUESTS = 100;

const at = (second: number) => START + second * SECOND;
const iso = (second: number) => new Date(at(second)).toISOString();
const row = (id: string, second: number, more: RawEntry = {}): RawEntry => ({
	...{ ec5_uuid: id, created_at: iso(0), uploaded_at: iso(second), title: id },
	...more,
});
const idOf = ({ ec5_uuid: id }: RawEntry) => String(id);
/** One row for each of these seconds, called by it. */
const rowsAt = (...seconds: number[]) => seconds.map((second) => row(`r${second}`, second));

/** The rows of a page as the service chooses them, rows of one second in the order they were given. */
function pageOf(rows: readonly RawEntry[], request: PageRequest, servedAt?: number): SyncPage {
	const { page, sortBy, sortOrder, filter } = request;
	const sign = sortOrder === 'ASC' ? 1 : -1;
	const isDay = filter?.from !== undefined && filter.to !== undefined;
	const matching = rows
		.filter((one) => {
			const ms = Date.parse(String(one[filter?.by ?? sortBy]));
			return isDay || (ms >= (filter?.from ?? -Infinity) && ms <= (filter?.to ?? Infinity));
		})
		.sort((a, b) => sign * String(a[sortBy]).localeCompare(String(b[sortBy])));
	const from = (page - 1) * SIZE;
	return { rows: matching.slice(from, from + SIZE), total: matching.length, size: SIZE, servedAt };
}

/** Somebody who follows a form whose rows are at hand, and hands over what comes. */
class Reader {
	cursor: StreamCursor;
	known = IdSet.EMPTY;
	rows: RawEntry[];
	readonly asked: PageRequest[] = [];
	step!: Step;

	constructor(
		start: string,
		rows: readonly RawEntry[],
		public servedAt?: number,
	) {
		this.cursor = newCursor(start);
		this.rows = [...rows];
	}

	/** One request. @returns what it brought */
	next(room = Infinity, change: (page: SyncPage) => SyncPage = (page) => page): string[] {
		const request = nextRequest(this.cursor);
		this.asked.push(request);
		const page = change(pageOf(this.rows, request, this.servedAt));
		const stream = { formRef: 'f', counts: [] };
		const context = { slug: 's', stream, mapIndex: 0, overlapMs: OVERLAP, known: this.known };
		this.step = advance(this.cursor, page, context, room);
		({ cursor: this.cursor, known: this.known } = this.step);
		return this.step.events.map(({ type, row: one }) => `${type} ${idOf(one)}`);
	}

	/** To the end. @returns what it brought */
	poll(room?: number): string[] {
		const all = [...this.next(room)];
		while (!this.step.isDone) {
			if (this.asked.length > MOST_REQUESTS) throw new Error('It never ends');
			all.push(...this.next(room));
		}
		return all;
	}

	/** The bounds of the requests since then, in seconds after the start. */
	froms(since = 0): Array<number | undefined> {
		return this.asked
			.slice(since)
			.map(({ filter }) => (filter?.from === undefined ? undefined : (filter.from - START) / SECOND));
	}

	get floor(): number | undefined {
		return this.cursor.floor === undefined ? undefined : (this.cursor.floor - START) / SECOND;
	}
}

const created = (rows: readonly RawEntry[]) => rows.map((one) => `created ${idOf(one)}`);

describe('a reading by value', () => {
	it('goes on from the last second of each page, on its first page', () => {
		const rows = rowsAt(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
		const reader = new Reader('beginning', rows);
		expect(reader.poll()).toEqual(created(rows));
		expect(reader.froms()).toEqual([undefined, 3, 6]);
		expect(reader.asked.every(({ page, sortOrder }) => page === 1 && sortOrder === 'ASC')).toBe(true);
		expect(reader.step).toMatchObject({ isDone: true, skipped: 1, shapeChanged: false });
		expect(reader.cursor).toMatchObject({ watermark: at(9), begun: true });
		expect(reader.cursor.round).toBeUndefined();
	});

	it('has the overlap to read again next time, and delivers nothing of it twice', () => {
		const reader = new Reader('beginning', rowsAt(0, 100, 301, 600));
		reader.poll();
		expect(reader.floor).toBe(300);
		expect(reader.poll()).toEqual([]);
		expect(reader.froms(1)).toEqual([300]);
	});

	it('delivers who was committed late into the overlap, and nobody who was later than it', () => {
		const reader = new Reader('beginning', rowsAt(0, 600));
		reader.poll();
		reader.rows.push(...rowsAt(299, 300));
		expect(reader.poll()).toEqual(['created r300']);
	});

	it('that is put aside in the middle goes on there', () => {
		const rows = rowsAt(0, 1, 2, 3, 4, 5, 6);
		const reader = new Reader('beginning', rows);
		expect(reader.next()).toEqual(created(rows.slice(0, 4)));
		expect(reader.step).toMatchObject({ isDone: false, shapeChanged: false });
		expect(reader.cursor.round).toMatchObject({ anchor: at(3) });
		expect(reader.next()).toEqual(created(rows.slice(4)));
		expect(reader.step.isDone).toBe(true);
	});

	it('has no floor above what may still be committed, and none without an entry', () => {
		const empty = new Reader('beginning', []);
		expect(empty.poll()).toEqual([]);
		expect(empty.floor).toBeUndefined();
		expect(empty.cursor.watermark).toBeUndefined();
		const dated = new Reader('2026-05-01T08:00:10Z', []);
		dated.poll();
		expect(dated.floor).toBe(10);
	});

	it('from a date begins with its second, and never before it', () => {
		const reader = new Reader('2026-05-01T08:00:10.700Z', rowsAt(8, 9, 10, 11));
		expect(reader.poll()).toEqual(['created r10', 'created r11']);
		expect(reader.floor).toBe(10);
	});

	it('knows an edit of its first second by the entry, whom it has met before', () => {
		const reader = new Reader('2026-05-01T08:00:10Z', [row('old', 10), row('new', 10)]);
		reader.known = IdSet.EMPTY.with([idKey('old')]);
		expect(reader.poll()).toEqual(['updated old', 'created new']);
	});

	it('keeps no version from before what may still be committed', () => {
		const reader = new Reader('beginning', rowsAt(0, 1, 700, 1000, 1001));
		reader.next();
		expect([0, 1, 700, 1000].map((second) => reader.cursor.recent.at(at(second))?.size)).toEqual([
			...[undefined, undefined, 1, 1],
		]);
		reader.poll();
		expect(reader.cursor.recent.at(at(700))).toBeUndefined();
	});

	it('has what was there before a date to meet, and nothing where it begins at the beginning', () => {
		expect(newCursor('2026-05-01T08:00:10.700Z').older).toEqual({ anchor: at(9) });
		expect(newCursor('beginning').older).toBeUndefined();
		expect(newCursor('now').older).toBeUndefined();
	});
});

describe('a batch', () => {
	it('that is full ends at its last entry, and the next begins there', () => {
		const rows = rowsAt(0, 1, 2, 3, 4, 5, 6);
		const reader = new Reader('beginning', rows);
		expect(reader.next(2)).toEqual(created(rows.slice(0, 2)));
		expect(reader.step.isDone).toBe(false);
		expect(reader.next(2)).toEqual(created(rows.slice(2, 4)));
		expect(reader.froms()).toEqual([undefined, 1]);
		expect(reader.poll(2)).toEqual(created(rows.slice(4)));
	});

	it('that the last page just fills is the end', () => {
		const reader = new Reader('beginning', rowsAt(0, 1, 2));
		expect(reader.next(3)).toHaveLength(3);
		expect(reader.step.isDone).toBe(true);
	});

	it('without any room keeps its place', () => {
		const reader = new Reader('beginning', rowsAt(0, 1, 2));
		expect(reader.next(0)).toEqual([]);
		expect(reader.step.isDone).toBe(false);
		expect(reader.poll()).toHaveLength(3);
	});

	it('that ends within a second asks for that second again', () => {
		const reader = new Reader('beginning', [row('a', 0), row('b', 0), row('c', 0)]);
		expect(reader.next(2)).toHaveLength(2);
		expect(reader.cursor.round).toMatchObject({ anchor: at(0) });
		expect(reader.cursor.round?.crowd).toBeUndefined();
		expect(reader.poll(2)).toEqual(['created c']);
	});

	it.each([1, 3])('of a crowded second hands over all of it, each once, %i at a time', (room) => {
		const rows = Array.from({ length: 10 }, (_, i) => row(`a${i}`, 0));
		const reader = new Reader('beginning', [...rows, ...rowsAt(1, 2)]);
		const got = reader.poll(room);
		expect([...got].sort()).toEqual(created([...rows, ...rowsAt(1, 2)]).sort());
	});
});

describe('a second with more than a page', () => {
	const crowd = Array.from({ length: 10 }, (_, i) => row(`a${i}`, 5));

	it('is read by number, and then left behind', () => {
		const reader = new Reader('beginning', [...rowsAt(1), ...crowd, ...rowsAt(6, 7)]);
		expect([...reader.poll()].sort()).toEqual(created([...crowd, ...rowsAt(1, 6, 7)]).sort());
		expect(reader.asked.map(({ page }) => page)).toEqual([1, 1, 1, 2, 3, 1, 2, 3, 1]);
		expect(reader.froms()).toEqual([undefined, 5, 5, 5, 5, 5, 5, 5, 6]);
		expect(reader.cursor.round).toBeUndefined();
	});

	it('whose rows cannot all be found is told, and read again the next time', () => {
		const reader = new Reader('beginning', [...crowd, ...rowsAt(6)]);
		const hide = (page: SyncPage): SyncPage => ({
			...page,
			rows: page.rows.map((one) => (idOf(one) === 'a7' ? page.rows[0]! : one)),
		});
		const got: string[] = [];
		for (let i = 0; i < MOST_REQUESTS && !reader.step?.incomplete; i++)
			got.push(...reader.next(Infinity, hide));
		expect(got).toHaveLength(9);
		expect(reader.step).toMatchObject({ isDone: false, incomplete: { second: at(5), counted: 10 } });
		expect(reader.cursor.round).toMatchObject({ anchor: at(5) });
		expect(reader.cursor.round?.crowd).toBeUndefined();
		expect(reader.poll()).toEqual(['created a7', 'created r6']);
	});

	it('is begun anew where the pages have another size, and a reading by value goes on as it was', () => {
		const reader = new Reader('beginning', [...crowd]);
		reader.next();
		expect(advanceAnew(reader.cursor).round?.crowd?.page).toBe(1);
		reader.next();
		reader.next();
		expect(reader.cursor.round?.crowd?.page).toBe(3);
		reader.cursor = advanceAnew(reader.cursor);
		expect(nextRequest(reader.cursor)).toMatchObject({ page: 1, filter: { from: at(5) } });
		expect(reader.poll()).toHaveLength(2);
		expect(advanceAnew(reader.cursor)).toBe(reader.cursor);
	});
});

describe('a start from now', () => {
	it('delivers nobody who was there, and everybody who comes', () => {
		const reader = new Reader('now', rowsAt(0, 1, 2));
		expect(reader.poll()).toEqual([]);
		expect(reader.asked).toEqual([{ page: 1, sortBy: 'uploaded_at', sortOrder: 'DESC' }]);
		expect(reader.step.skipped).toBe(3);
		reader.rows.push(...rowsAt(3));
		expect(reader.poll()).toEqual(['created r3']);
	});

	it('in an empty form delivers all that comes', () => {
		const reader = new Reader('now', []);
		expect(reader.poll()).toEqual([]);
		reader.rows.push(...rowsAt(3));
		expect(reader.poll()).toEqual(['created r3']);
	});

	it('knows who was there by the edit, and where it has not met them yet', () => {
		const reader = new Reader('now', rowsAt(0, 1, 2, 3, 4, 1000, 1001, 1002));
		expect(reader.poll()).toEqual([]);
		// The page ends before the overlap: the rest is met another time, from there on.
		expect(reader.cursor).toMatchObject({ older: { anchor: at(4) } });
		reader.rows = [row('r1001', 1100), ...rowsAt(1101)];
		expect(reader.poll()).toEqual(['updated r1001', 'created r1101']);
	});

	it('knows all where they are no more than a page', () => {
		for (const rows of [rowsAt(0, 1000), rowsAt(0, 1, 2, 1000), []]) {
			const reader = new Reader('now', rows);
			reader.poll();
			expect(reader.cursor.older).toBeUndefined();
		}
	});

	it('meets more than a page within the overlap quietly, from the beginning of it', () => {
		const rows = rowsAt(0, 600, 700, 710, 720, 730, 740, 750);
		const reader = new Reader('now', rows);
		expect(reader.next()).toEqual([]);
		expect(reader.step.isDone).toBe(false);
		expect(reader.cursor).toMatchObject({
			...{ begun: true, quietUntil: at(750), older: { anchor: at(449) } },
			round: { from: at(450), anchor: at(450) },
		});
		// Who comes while they are met is delivered.
		reader.rows = [...rows, ...rowsAt(751)];
		expect(reader.poll()).toEqual(['created r751']);
		expect(reader.cursor.quietUntil).toBeUndefined();
		reader.rows.push(row('r600', 800));
		expect(reader.poll()).toEqual(['updated r600']);
	});

	it('delivers nobody of the newest second, where that has more than a page', () => {
		const reader = new Reader(
			'now',
			Array.from({ length: 6 }, (_, i) => row(`a${i}`, 750)),
		);
		expect(reader.poll()).toEqual([]);
		reader.rows.push(...rowsAt(751));
		expect(reader.poll()).toEqual(['created r751']);
	});

	it('believes the server’s time from the first contact on', () => {
		for (const rows of [rowsAt(0, 1), rowsAt(0, 1, 2, 3, 1000, 1001)]) {
			const reader = new Reader('now', rows, at(5000));
			reader.poll();
			expect(reader.floor).toBe(
				Math.max(...rows.map((one) => Date.parse(String(one.uploaded_at)) - START)) / SECOND + 1,
			);
		}
	});

	it('counts its overlap from the newest upload, to the second', () => {
		const inside = new Reader('now', rowsAt(440, 450, 700, 710, 750));
		inside.next();
		expect(inside.step.isDone).toBe(false);
		const outside = new Reader('now', rowsAt(440, 449, 700, 710, 750));
		outside.next();
		expect(outside.step.isDone).toBe(true);
		expect(outside.cursor.older).toMatchObject({ anchor: at(449) });
	});
});

describe('a page that ends near the present of the server', () => {
	// A full page, and more behind it; the reading goes on for a while before the next page is asked for.
	const rows = rowsAt(0, 10, 20, 30, 40);

	it('is read again next time: somebody may come into it behind the place of the reading', () => {
		const reader = new Reader('beginning', rows, at(41));
		reader.next();
		expect(reader.cursor.round?.owed).toBe(at(30 - 300));
		reader.servedAt = at(10_000);
		reader.poll();
		expect(reader.floor).toBe(30 - 300);
		reader.rows.push(...rowsAt(25));
		expect(reader.poll()).toEqual(['created r25']);
		expect(reader.floor).toBe(41);
	});

	it('is not where the server’s time is long past it', () => {
		const reader = new Reader('beginning', rows, at(10_000));
		reader.next();
		expect(reader.cursor.round).toMatchObject({ anchor: at(30) });
		expect(reader.cursor.round?.owed).toBeUndefined();
		reader.poll();
		expect(reader.floor).toBe(41);
	});

	it.each([
		[630, 30],
		[631, undefined],
	])('is near it up to the second, at %i', (second, owed) => {
		const reader = new Reader('beginning', rows, at(second));
		reader.next();
		expect(reader.cursor.round?.owed).toBe(owed === undefined ? undefined : at(owed));
	});

	it('is not where the server does not tell its time: it would be read again for ever', () => {
		const reader = new Reader('beginning', rows);
		reader.next();
		expect(reader.cursor.round?.owed).toBeUndefined();
	});

	it('owes the earliest place of all pages, and nothing from before the reading', () => {
		const reader = new Reader(
			'2026-05-01T07:58:00Z',
			rowsAt(...Array.from({ length: 12 }, (_, i) => 10 * i)),
		);
		reader.servedAt = at(111);
		reader.next();
		expect(reader.cursor.round?.owed).toBe(at(-120));
		reader.next();
		expect(reader.cursor.round?.owed).toBe(at(-120));
	});

	it('may be one of a crowded second', () => {
		const crowd = Array.from({ length: 6 }, (_, i) => row(`a${i}`, 5));
		const reader = new Reader('beginning', [...crowd, ...rowsAt(6)], at(7));
		reader.next();
		reader.next();
		expect(reader.cursor.round?.owed).toBe(at(5 - 300));
		reader.poll();
		expect(reader.floor).toBe(5 - 300);
	});
});

describe('other columns than before', () => {
	it('are told, and deliver nothing again', () => {
		const reader = new Reader('beginning', rowsAt(0, 1));
		reader.poll();
		reader.rows = reader.rows.map((one) => ({ ...one, added: '' }));
		expect(reader.poll()).toEqual([]);
		expect(reader.step.shapeChanged).toBe(true);
		expect(reader.poll()).toEqual([]);
		expect(reader.step.shapeChanged).toBe(false);
	});

	it('hide no edit that comes after them', () => {
		const reader = new Reader('beginning', rowsAt(0, 1));
		reader.poll();
		reader.rows = reader.rows.map((one) => ({ ...one, added: '' }));
		reader.poll();
		reader.rows = reader.rows.map((one) => ({ ...one, added: idOf(one) === 'r1' ? 'now' : '' }));
		expect(reader.poll()).toEqual(['updated r1']);
	});

	it('are none of an empty page', () => {
		const reader = new Reader('beginning', rowsAt(0, 1));
		reader.poll();
		const { shape } = reader.cursor;
		reader.rows = [];
		reader.poll();
		expect([reader.step.shapeChanged, reader.cursor.shape]).toEqual([false, shape]);
	});
});

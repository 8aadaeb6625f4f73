import type { Way } from '../../../core/epicollect5/anchor';
import {
	beginCrowd,
	crowdRequest,
	incompleteSecond,
	meet,
	meetAnew,
	type Crowd,
} from '../../../core/epicollect5/crowd';
import type { RawEntry } from '../../../core/epicollect5/entry';
import type { Page, PageRequest } from '../../../core/epicollect5/pages';
import { SECOND, START } from './support/world';

const SIZE = 10;
const MOST_REQUESTS = 200;
const ASC: Way = { key: 'uploaded_at', order: 'ASC' };
const DESC: Way = { key: 'uploaded_at', order: 'DESC' };
const CREATED: Way = { key: 'created_at', order: 'ASC' };

const iso = (second: number) => new Date(START + second * SECOND).toISOString();
const row = (id: string, uploaded: number, created = 0): RawEntry => ({
	...{ ec5_uuid: id, uploaded_at: iso(uploaded), created_at: iso(created) },
});
const many = (count: number, name: string, uploaded: number) =>
	Array.from({ length: count }, (_, i) => row(`${name}${i}`, uploaded, i));
const nameOf = (one: RawEntry) => String(one.ec5_uuid);

/** The rows of a page as the service chooses them: both bounds together are widened to whole days (contract 13.2). */
function pageOf(rows: readonly RawEntry[], { page, sortBy, sortOrder, filter }: PageRequest): Page {
	const sign = sortOrder === 'ASC' ? 1 : -1;
	const isDay = filter?.from !== undefined && filter.to !== undefined;
	const matching = rows
		.filter((one) => {
			const ms = Date.parse(String(one[filter?.by ?? sortBy]));
			return isDay || (ms >= (filter?.from ?? -Infinity) && ms <= (filter?.to ?? Infinity));
		})
		.sort((a, b) => sign * String(a[sortBy]).localeCompare(String(b[sortBy])));
	const from = (page - 1) * SIZE;
	return { rows: matching.slice(from, from + SIZE), total: matching.length, size: SIZE };
}

/** Reads the second until it is decided. @param change may edit the rows and the page of each request */
function readCrowd(
	rows: RawEntry[],
	way: Way,
	change: (number: number, page: Page, request: PageRequest) => Page = (_, page) => page,
) {
	const asked: PageRequest[] = [];
	const found = new Set<string>();
	let crowd = beginCrowd(START);
	while (crowd.status === 'reading' && asked.length < MOST_REQUESTS) {
		const request = crowdRequest(crowd, way);
		asked.push(request);
		const met = meet(crowd, change(asked.length, pageOf(rows, request), request), way, nameOf);
		for (const one of met.rows) found.add(nameOf(one));
		crowd = met.crowd;
	}
	return { crowd, asked, found };
}

const pagesOf = (asked: readonly PageRequest[]) => asked.map(({ page }) => page);
/** The tie shows this row in one order only. */
const hidden =
	(id: string, shownIn: (request: PageRequest) => boolean) =>
	(_: number, page: Page, request: PageRequest): Page => ({
		...page,
		rows: shownIn(request) ? page.rows : page.rows.map((one) => (nameOf(one) === id ? page.rows[0]! : one)),
	});
const never = () => false;

describe('a second with more than a page of rows', () => {
	it('is whole once two counts in a row are equal and as many entries were met', () => {
		const { crowd, asked, found } = readCrowd(many(25, 'a', 0), ASC);
		expect(crowd.status).toBe('whole');
		expect(found.size).toBe(25);
		expect(pagesOf(asked)).toEqual([1, 2, 3, 1, 2, 3]);
		expect(new Set(asked.map((request) => JSON.stringify({ ...request, page: 0 }))).size).toBe(1);
		expect(asked[0]).toEqual({
			...{ page: 1, sortBy: 'uploaded_at', sortOrder: 'ASC' },
			filter: { by: 'uploaded_at', from: START },
		});
	});

	it.each([
		['in the middle of a page', 25],
		['with a page', 20],
		['a row after a page', 21],
		['a row before the end of a page', 19],
	])('ends %s, and what comes later is not of it', (_where, count) => {
		for (const way of [ASC, DESC]) {
			const later = way.order === 'ASC' ? 1 : -1;
			const { crowd, found } = readCrowd([...many(count, 'a', 0), ...many(15, 'later', later)], way);
			expect(crowd).toMatchObject({ status: 'whole', counted: count });
			expect([...found].filter((id) => id.startsWith('later'))).toEqual([]);
			expect(found.size).toBe(count);
		}
	});

	it('is read downwards up to its own end', () => {
		const { asked } = readCrowd(many(12, 'a', 0), DESC);
		expect(asked[0]).toMatchObject({
			...{ sortOrder: 'DESC', filter: { by: 'uploaded_at', to: START + SECOND - 1 } },
		});
	});

	it.each([
		['upwards', 'ASC'],
		['downwards', 'DESC'],
	])('shows by the other column, %s, what it hides in its own order', (_how, order) => {
		const isShown = ({ sortBy, sortOrder }: PageRequest) => sortBy === 'created_at' && sortOrder === order;
		const { crowd, asked, found } = readCrowd(many(25, 'a', 0), ASC, hidden('a13', isShown));
		expect(crowd.status).toBe('whole');
		expect(found.size).toBe(25);
		const others = asked.filter(({ sortBy }) => sortBy === 'created_at');
		expect(others[0]?.filter).toEqual({ by: 'uploaded_at', from: START, to: START });
		expect(pagesOf(others).slice(0, 3)).toEqual([1, 2, 3]);
	});

	it('is looked for by the upload where it is one of the creation', () => {
		const rows = Array.from({ length: 25 }, (_, i) => row(`a${i}`, i, 0));
		const { crowd, asked } = readCrowd(
			rows,
			CREATED,
			hidden('a13', ({ sortBy }) => sortBy === 'uploaded_at'),
		);
		expect(crowd.status).toBe('whole');
		expect(asked.some(({ sortBy, filter }) => sortBy === 'uploaded_at' && filter?.by === 'created_at')).toBe(
			true,
		);
	});

	it('takes nobody in from the rest of the day', () => {
		const rows = [...many(25, 'a', 0), ...many(7, 'before', -60), ...many(7, 'after', 60)];
		const { crowd, found } = readCrowd(
			rows,
			ASC,
			hidden('a13', ({ sortBy }) => sortBy === 'created_at'),
		);
		expect(crowd.status).toBe('whole');
		expect([...found].sort()).toEqual(many(25, 'a', 0).map(nameOf).sort());
	});

	it('that never shows a row is incomplete after three passes in vain, and says how many are missing', () => {
		const { crowd, asked } = readCrowd(many(25, 'a', 0), ASC, hidden('a13', never));
		expect(crowd).toMatchObject({ status: 'incomplete', counted: 25 });
		expect(crowd.met.size).toBe(24);
		// The first count, then three times in both orders.
		expect(asked).toHaveLength(3 + 3 * 6 + 6);
		expect(asked.filter(({ sortBy }) => sortBy === 'created_at').map(({ sortOrder }) => sortOrder)).toEqual(
			['DESC', 'ASC', 'DESC', 'ASC'].flatMap((order) => [order, order, order]),
		);
		expect(incompleteSecond(crowd)).toMatchObject({
			...{ kind: 'incomplete', code: 'incomplete_second' },
			message: `Only 24 of 25 entries that share the second ${iso(0)} could be read`,
			hint: 'Run it again when nobody edits these entries.',
		});
	});

	it('has new patience after each pass that met somebody', () => {
		// The first pass takes three requests, each later one six: one row is shown in the fourth pass, one in the seventh.
		const { crowd } = readCrowd(many(25, 'a', 0), ASC, (number, page, request) => {
			const first = hidden('a13', () => number > 18)(number, page, request);
			return hidden('a14', () => number > 36)(number, first, request);
		});
		expect(crowd).toMatchObject({ status: 'whole', counted: 25 });
	});

	it('that changes all the time is given up after twelve passes', () => {
		const rows = many(40, 'a', 0);
		const { crowd, asked } = readCrowd(rows, ASC, (number, page) => {
			// A row leaves it after each page.
			rows[number] = row(`a${number}`, 3600 + number);
			return page;
		});
		expect(crowd).toMatchObject({ status: 'incomplete', pass: 12 });
		expect(asked.length).toBeLessThanOrEqual(12 * 4);
	});

	it('counts nobody who was met before the count changed', () => {
		const rows = many(25, 'a', 0);
		const { crowd } = readCrowd(rows, ASC, (number, page, request) => {
			// One leaves between the first two counts, and one that stays is never shown: 24 were met, and 24 are there.
			if (number === 3) rows[0] = row('a0', 3600);
			return hidden('a13', never)(number, page, request);
		});
		expect(crowd).toMatchObject({ status: 'incomplete', counted: 24 });
		expect(crowd.met.size).toBe(23);
	});
});

describe('a second that is read anew, because the pages have another size', () => {
	const begun = (): Crowd => {
		const rows = many(25, 'a', 0);
		let crowd = beginCrowd(START);
		for (let i = 0; i < 4; i++) {
			crowd = meet(crowd, pageOf(rows, crowdRequest(crowd, ASC)), ASC, nameOf).crowd;
		}
		return crowd;
	};

	it('begins at its first page, keeps its count and whom it met, and has one pass less', () => {
		const before = begun();
		expect(before.page).toBe(2);
		const after = meetAnew(before);
		expect(crowdRequest(after, ASC)).toMatchObject({ page: 1, sortBy: 'uploaded_at' });
		expect(after).toMatchObject({ pass: before.pass + 1, counted: 25, status: 'reading' });
		expect(after.met.size).toBe(before.met.size);
	});

	it('changes no value that somebody else holds', () => {
		const before = begun();
		const met = before.met.size;
		meet(before, { rows: many(10, 'b', 0), total: 30, size: SIZE }, ASC, nameOf);
		meetAnew(before);
		expect([before.met.size, before.page]).toEqual([met, 2]);
	});
});

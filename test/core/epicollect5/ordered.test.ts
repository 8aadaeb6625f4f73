import type { RawEntry } from '../../../core/epicollect5/entry';
import type { EntriesQuery } from '../../../core/epicollect5/query';
import { SECOND, START, World } from './support/world';

const sorted = (ids: readonly string[]) => [...ids].sort();
const DAY = 86_400 * SECOND;
const iso = (ms: number) => new Date(ms).toISOString();
const times = (rows: readonly RawEntry[], column: string) =>
	rows.map((row) => Date.parse(String(row[column])));
const isRising = (list: readonly number[]) =>
	list.every((value, i) => i === 0 || value >= (list[i - 1] ?? 0));

/** Dates that have nothing to do with each other; some rows share a second, some have milliseconds as old ones do. */
function mixed(world: World, rows: number): void {
	world.add(rows, (i) => {
		const createdAt = START - DAY + ((i * 7919) % rows) * 60 * SECOND + (i % 5 === 0 ? 80 : 0);
		return {
			createdAt,
			documentCreatedAt: iso(createdAt),
			uploadedAt: START + Math.floor(i / 3) * 60 * SECOND,
		};
	});
}

describe('reading in the order of creation', () => {
	it.each(['ASC', 'DESC'] as const)('%s: all rows once, with ties and milliseconds', async (sortOrder) => {
		const world = new World();
		mixed(world, 1300);
		world.add(600, (i) => ({ createdAt: START + 3 * SECOND + (i % 2) * 80, uploadedAt: START + i * SECOND }));
		const { rows, ids, error } = await world.read({ sortBy: 'created_at', sortOrder });
		expect(error).toBeUndefined();
		expect(ids).toHaveLength(1900);
		expect(sorted(ids)).toEqual(sorted(world.ids));
		const seconds = times(rows, 'created_at').map((ms) => Math.floor(ms / SECOND));
		expect(isRising(sortOrder === 'ASC' ? seconds : seconds.reverse())).toBe(true);
		expect(world.asked.every((query) => query.get('sort_by') === 'created_at')).toBe(true);
	});

	it.each(['ASC', 'DESC'] as const)('%s: more than a page in one second, in any order', async (sortOrder) => {
		const world = new World({ limits: 'off', seed: 4 });
		world.service.settings.ties = 'shuffled';
		mixed(world, 400);
		world.add(1200, (i) => ({ createdAt: START, uploadedAt: START + (i % 700) * SECOND }));
		const { ids, error } = await world.read({ sortBy: 'created_at', sortOrder });
		expect(error).toBeUndefined();
		expect(sorted(ids)).toEqual(sorted(world.ids));
	});

	it('newest first is the default', async () => {
		const world = new World();
		mixed(world, 20);
		const { rows } = await world.read({ sortBy: 'created_at' });
		expect(isRising(times(rows, 'created_at').reverse())).toBe(true);
	});

	it.each(['ASC', 'DESC'] as const)(
		'%s: a printed date that is not the one of the column leads nowhere astray',
		async (sortOrder) => {
			for (const at of [0, 498, 499, 500, 750, 998, 999, 1254]) {
				for (const printed of ['1999-01-01T00:00:00.000Z', '2099-01-01T00:00:00.000Z']) {
					const world = new World({ limits: 'off' });
					world.add(1255, (i) => ({ documentCreatedAt: i === at ? printed : null }));
					const { ids, error } = await world.read({ sortBy: 'created_at', sortOrder });
					expect(error).toBeUndefined();
					expect(sorted(ids)).toEqual(sorted(world.ids));
				}
			}
		},
	);

	it('by upload, newest first: all rows, each in its newest version', async () => {
		const world = new World();
		mixed(world, 1001);
		const [first = ''] = world.ids;
		world.before = (number) => {
			if (number === 2) world.edit(first);
		};
		const { rows, ids, error, run } = await world.read({ sortBy: 'uploaded_at' });
		expect(error).toBeUndefined();
		expect(ids).toHaveLength(1001);
		expect(ids[0]).toBe(first);
		expect(isRising(times(rows, 'uploaded_at').reverse())).toBe(true);
		expect(run.summary.fetched).toBe(1001);
	});

	it('by upload with nothing there: no page at all', async () => {
		const world = new World();
		expect((await world.read({ sortBy: 'uploaded_at' })).rows).toEqual([]);
	});
});

describe('filters', () => {
	const created = { from: iso(START - DAY + 5 * 60 * SECOND), to: iso(START + 200.5 * 60 * SECOND) };
	const uploaded = { from: iso(START + 50 * 60 * SECOND), to: iso(START + 300.5 * 60 * SECOND) };
	const inside = (world: World, query: Partial<EntriesQuery>) =>
		world.stream
			.all()
			.filter(
				(row) =>
					row.createdAt >= Date.parse(String(query.created?.from || '1900-01-01')) &&
					row.createdAt <= Date.parse(String(query.created?.to || '2900-01-01')) &&
					row.uploadedAt >= Date.parse(String(query.uploaded?.from || '1900-01-01')) &&
					row.uploadedAt <= Date.parse(String(query.uploaded?.to || '2900-01-01')),
			)
			.map(({ uuid }) => uuid);
	const spans: Array<Partial<EntriesQuery>> = [
		{ created },
		{ created: { from: created.from } },
		{ created: { to: created.to } },
		{ uploaded },
		{ uploaded: { from: uploaded.from } },
		{ uploaded: { to: uploaded.to } },
		{ created, uploaded },
		{ created: { to: created.to }, uploaded: { from: uploaded.from } },
		{ created: { from: created.from }, uploaded: { to: uploaded.to } },
		{ created, uploaded: {} },
		{ created: { from: '', to: undefined }, uploaded },
	];
	const orders: Array<Partial<EntriesQuery>> = [
		{},
		{ sortBy: 'created_at', sortOrder: 'ASC' },
		{ sortBy: 'created_at', sortOrder: 'DESC' },
		{ sortBy: 'uploaded_at', sortOrder: 'ASC' },
		{ sortBy: 'uploaded_at', sortOrder: 'DESC' },
		{ sortBy: 'title' },
		{ limit: 100_000 },
		{ limit: 100_000, sortBy: 'uploaded_at', sortOrder: 'ASC' },
		{ limit: 100_000, sortBy: 'uploaded_at', sortOrder: 'DESC' },
		{ limit: 100_000, sortBy: 'created_at', sortOrder: 'ASC' },
	];
	const world = new World({ limits: 'off' });
	mixed(world, 1300);
	const cases = spans.flatMap((span) => orders.map((order) => [{ ...span, ...order }] as const));

	it.each(cases)('%j: exactly the rows inside, in that order', async (query) => {
		const { rows, ids, error } = await world.read(query);
		expect(error).toBeUndefined();
		expect(ids).toHaveLength(new Set(ids).size);
		expect(sorted(ids)).toEqual(sorted(inside(world, query)));
		if (query.sortBy === 'created_at' || query.sortBy === 'uploaded_at') {
			const list = times(rows, query.sortBy);
			expect(isRising(query.sortOrder === 'ASC' ? list : list.reverse())).toBe(true);
		}
	});

	it('never sends both bounds, which the service would widen to whole days', () => {
		for (const query of world.asked) {
			expect(query.has('filter_from') && query.has('filter_to')).toBe(false);
			expect(query.has('filter_by')).toBe(query.has('filter_from') || query.has('filter_to'));
		}
	});

	it('stops at the upper end instead of reading the rest of the form', async () => {
		const big = new World({ limits: 'off' });
		big.add(3000);
		for (const query of [
			{ uploaded: { to: iso(START + 10 * SECOND) } },
			{ created: { to: iso(START + 10 * SECOND) } },
			{ created: { from: iso(START + 2990 * SECOND) }, sortBy: 'created_at', sortOrder: 'DESC' },
			{ created: { from: iso(START + 5 * SECOND), to: iso(START + 10 * SECOND) }, limit: 400 },
			{
				created: { to: iso(START + 10 * SECOND) },
				uploaded: { from: iso(START) },
				sortBy: 'created_at',
				sortOrder: 'ASC',
				limit: 400,
			},
		] satisfies Array<Partial<EntriesQuery>>) {
			const { ids, requests, error } = await big.read(query);
			expect(error).toBeUndefined();
			expect([6, 10, 11]).toContain(ids.length);
			expect(requests).toBe(1);
		}
	});

	it('a date far in the future that one row prints does not end the reading early', async () => {
		for (const at of [497, 498, 499, 998]) {
			const odd = new World({ limits: 'off' });
			odd.add(1255, (i) => ({ documentCreatedAt: i === at ? '2099-01-01T00:00:00.000Z' : null }));
			const { ids, error } = await odd.read({ created: { to: iso(START + 1100 * SECOND) } });
			expect(error).toBeUndefined();
			expect(ids).toHaveLength(1100);
		}
	});

	it('a bare date as upper end means the whole day', async () => {
		const days = new World();
		days.add(4, (i) => ({ uploadedAt: Date.UTC(2026, 4, 1 + i, 23, 59, 59), createdAt: START }));
		expect((await days.read({ uploaded: { from: '2026-05-02', to: '2026-05-03' } })).ids).toEqual(
			days.ids.slice(1, 3),
		);
	});

	it('by title: part of it, whatever its case and accents', async () => {
		const named = new World();
		named.upload({ title: 'North Pönd' });
		named.upload({ title: 'South wall' });
		expect((await named.read({ title: 'pond' })).ids).toEqual(named.ids.slice(0, 1));
	});
});

describe('the first N only', () => {
	it('newest first, with one request, and said to be a limit', async () => {
		const world = new World();
		world.add(1255);
		const { ids, requests, run } = await world.read({ limit: 50 });
		expect(ids).toEqual(world.ids.slice(-50).reverse());
		expect(requests).toBe(1);
		expect(run.summary).toMatchObject({ fetched: 50, stoppedBy: 'limit' });
	});

	it('over several pages, none of them twice', async () => {
		const world = new World();
		world.add(1255);
		world.before = (number) => {
			if (number === 2) world.upload();
		};
		const before = world.ids;
		const { ids, requests } = await world.read({ limit: 700 });
		expect(ids).toEqual(before.slice(-700).reverse());
		expect(requests).toBe(2);
	});

	it('fewer where there are fewer, and then it is the end', async () => {
		const world = new World();
		world.add(20);
		const { ids, run } = await world.read({ limit: 700 });
		expect(ids).toHaveLength(20);
		expect(run.summary.stoppedBy).toBe('end');
	});

	it('a filter on this side does not cost rows of the N', async () => {
		const world = new World();
		mixed(world, 1300);
		const query: Partial<EntriesQuery> = {
			limit: 30,
			uploaded: { from: iso(START + 60 * SECOND) },
			created: { to: iso(START - DAY + 300 * 60 * SECOND) },
		};
		const { rows, error } = await world.read(query);
		expect(error).toBeUndefined();
		const wanted = world.stream
			.all()
			.filter(
				(row) => row.uploadedAt >= START + 60 * SECOND && row.createdAt <= START - DAY + 300 * 60 * SECOND,
			)
			.map((row) => row.createdAt)
			.sort((a, b) => b - a)
			.slice(0, 30);
		expect(times(rows, 'created_at')).toEqual(wanted);
	});

	it('a deletion while they are cut out of the middle loses none', async () => {
		const world = new World({ limits: 'off' });
		world.add(1400);
		const before = world.ids;
		world.before = (number) => {
			if (number === 2) world.remove(before[1390] ?? '');
		};
		const { ids, error } = await world.read({
			limit: 1300,
			created: { from: iso(START + 500 * SECOND), to: iso(START + 1398 * SECOND) },
		});
		expect(error).toBeUndefined();
		expect(before.slice(500, 1399).filter((id) => !ids.includes(id))).toEqual([]);
	});

	it('one entry by its ID', async () => {
		const world = new World();
		world.add(3);
		expect((await world.read({ uuid: world.ids[1] })).ids).toEqual([world.ids[1]]);
	});
});

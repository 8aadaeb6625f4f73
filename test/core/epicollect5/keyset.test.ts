import { collectEntries, readEntries } from '../../../core/epicollect5/entries';
import { entryId, eventId, timeOf, type RawEntry } from '../../../core/epicollect5/entry';
import { endOf, readByKey } from '../../../core/epicollect5/keyset';
import { isLastPage, PageSource, ROWS_PATH } from '../../../core/epicollect5/pages';
import type { EntriesQuery } from '../../../core/epicollect5/query';
import { ApiError } from '../../../core/http/errors';
import { parseWithList } from '../../../core/http/jsonList';
import { Run } from '../../../core/run';
import { VirtualClock } from '../support/clock';
import { scriptedServer, type KeptRow, type ScriptedServer } from './support/ask';
import { SECOND, START } from './support/world';

const kept = (count: number, more: (i: number) => Partial<KeptRow> = () => ({})): KeptRow[] =>
	Array.from({ length: count }, (_, i) => ({
		...{ id: `id-${i}`, created: START + i * SECOND, uploaded: START + i * SECOND },
		...more(i),
	}));

async function read(server: ScriptedServer, query: Partial<EntriesQuery> = {}) {
	const run = new Run(new VirtualClock());
	const rows: RawEntry[] = [];
	let error: unknown;
	try {
		for await (const page of readEntries(server.ask, { formRef: 'f', mapIndex: 0, ...query }, run))
			rows.push(...page);
	} catch (thrown) {
		error = thrown;
	}
	return { rows, ids: rows.map(entryId), error, run, requests: server.asked.length };
}

const sameSecond = (count: number) => kept(count, () => ({ created: START, uploaded: START }));

describe('a crowded second', () => {
	it('whose pages never show some rows is reported as incomplete, with both numbers and a bound on requests', async () => {
		const server = scriptedServer(sameSecond(1200));
		// Ten rows are on no page, ten others twice.
		server.show = (page) => page.map((row) => (/^id-60\d$/.test(row.id) ? (page[0] ?? row) : row));
		const { error, ids, run, requests } = await read(server);
		expect(error).toMatchObject({ kind: 'incomplete', code: 'incomplete_second' });
		expect(String(error)).toContain(
			`Only 1190 of 1200 entries that share the second ${new Date(START).toISOString()}`,
		);
		expect(ids).toHaveLength(1190);
		expect(run.summary.stoppedBy).toBe('failure');
		expect(requests).toBeLessThanOrEqual(2 + 5 * 6);
	});

	it('whose rows are edited all the time is reported as incomplete, not read for ever', async () => {
		const server = scriptedServer(sameSecond(1200));
		server.before = (number) => {
			const row = server.rows[number];
			if (row) row.uploaded = START + number * 10 * SECOND;
		};
		const { error, requests } = await read(server);
		expect(error).toMatchObject({ kind: 'incomplete', code: 'incomplete_second' });
		expect(requests).toBeLessThanOrEqual(2 + 12 * 3);
	});

	it('shows in the other column what it hides in its own', async () => {
		const server = scriptedServer(kept(1200, (i) => ({ created: START + i * SECOND, uploaded: START })));
		server.show = (page) =>
			server.asked.at(-1)?.sort_by === 'created_at'
				? page
				: page.map((row) => (/^id-60\d$/.test(row.id) ? (page[0] ?? row) : row));
		const { error, ids } = await read(server);
		expect(error).toBeUndefined();
		expect(new Set(ids).size).toBe(1200);
		const other = server.asked.filter(({ sort_by }) => sort_by === 'created_at');
		expect(other[0]).toMatchObject({ filter_by: 'uploaded_at', filter_from: other[0]?.filter_to });
	});

	it('is not taken for whole because of a row that was met and has left it since', async () => {
		const server = scriptedServer(kept(1200, (i) => ({ created: START + i * SECOND, uploaded: START })));
		// One row is edited while the others are read; another one is on no page in this order.
		server.before = (number) => {
			const [first] = server.rows;
			if (number === 4 && first) first.uploaded = START + 3600 * SECOND;
		};
		server.show = (page) =>
			server.asked.at(-1)?.sort_by === 'created_at'
				? page
				: page.map((row) => (row.id === 'id-700' ? (page[0] ?? row) : row));
		const ids = new Set<string>();
		const way = { key: 'uploaded_at', order: 'ASC', start: -Infinity } as const;
		for await (const { rows } of readByKey({ source: new PageSource(server.ask), ...way })) {
			for (const row of rows.slice()) ids.add(entryId(row));
		}
		expect(ids).toContain('id-700');
		expect(ids.size).toBe(1200);
	});

	it('is found in both directions of the other column', async () => {
		const server = scriptedServer(kept(1200, () => ({ created: START, uploaded: START })));
		server.show = (page) =>
			server.asked.at(-1)?.sort_order === 'ASC' && server.asked.at(-1)?.sort_by === 'uploaded_at'
				? page
				: page.map((row) => (row.id === 'id-7' ? (page[0] ?? row) : row));
		const { error, ids } = await read(server, { sortBy: 'created_at' });
		expect(error).toBeUndefined();
		expect(new Set(ids).size).toBe(1200);
		expect(
			server.asked.some(({ sort_by, sort_order }) => sort_by === 'uploaded_at' && sort_order === 'DESC'),
		).toBe(true);
	});

	it.each([500, 1000])('of exactly %i rows is told by the page behind it', async (count) => {
		const server = scriptedServer([
			...sameSecond(count),
			...kept(30, (i) => ({ id: `later-${i}`, uploaded: START + (i + 1) * SECOND })),
		]);
		const { error, ids } = await read(server);
		expect(error).toBeUndefined();
		expect(ids).toHaveLength(count + 30);
	});

	it.each(['ASC', 'DESC'] as const)('holds a row that prints another date (%s)', async (sortOrder) => {
		for (const printed of ['1999-01-01T00:00:00.000Z', '2099-01-01T00:00:00.000Z']) {
			for (const at of [3, 499, 998]) {
				const rows = kept(1200, (i) => ({ created: START, printed: i === at ? printed : undefined }));
				const { error, ids } = await read(scriptedServer(rows), { sortBy: 'created_at', sortOrder });
				expect(error).toBeUndefined();
				expect(new Set(ids).size).toBe(1200);
			}
		}
	});

	it('passes an error through as it is', async () => {
		const server = scriptedServer(sameSecond(1200));
		const broken = new ApiError('broken', { hint: '' });
		server.before = (number) => {
			if (number === 4) throw broken;
		};
		expect((await read(server)).error).toBe(broken);
	});
});

describe('a reading by key', () => {
	it('reads again where the service counts more rows than were met, and then says so', async () => {
		const server = scriptedServer(kept(1200));
		server.show = (page) => page.filter(({ id }) => id !== 'id-1100');
		const { error, ids, requests } = await read(server);
		expect(error).toMatchObject({ kind: 'incomplete', code: 'incomplete' });
		expect(String(error)).toContain('Only 1199 of 1200');
		expect(ids).toHaveLength(1199);
		// The page that is not full is no proof: it costs one more, as does the count.
		expect(requests).toBe(3 * (3 + 1 + 1));
	});

	it('finds in the second reading what the first one did not show', async () => {
		const server = scriptedServer(kept(1200));
		server.show = (page, number) => page.filter(({ id }) => number > 3 || id !== 'id-1100');
		const { error, ids } = await read(server);
		expect(error).toBeUndefined();
		expect(ids).toHaveLength(1200);
		expect(ids.at(-1)).toBe('id-1100');
	});

	it('counts under the filter that it read with', async () => {
		for (const query of [
			{ created: { from: new Date(START + 100 * SECOND) } },
			{ created: { to: new Date(START + 900 * SECOND) }, sortBy: 'created_at' },
		] as Array<Partial<EntriesQuery>>) {
			const server = scriptedServer(kept(1200));
			server.show = (page) => page.filter(({ id }) => id !== 'id-500');
			const { error } = await read(server, query);
			expect(error).toMatchObject({ code: 'incomplete' });
			const counts = server.asked.filter(({ per_page }) => per_page === 1);
			expect(counts).toHaveLength(3);
			expect(counts.every(({ filter_by }) => filter_by === 'created_at')).toBe(true);
		}
	});

	it('counts everything where the filter has only the end that the reading goes towards', async () => {
		for (const query of [
			{ uploaded: { to: new Date(START + 5000 * SECOND) } },
			{ created: { from: new Date(START - 5000 * SECOND) }, sortBy: 'created_at', sortOrder: 'DESC' },
		] as Array<Partial<EntriesQuery>>) {
			const server = scriptedServer(kept(1200));
			server.show = (page) => page.filter(({ id }) => id !== 'id-500');
			expect((await read(server, query)).error).toMatchObject({ code: 'incomplete' });
			const counts = server.asked.filter(({ per_page }) => per_page === 1);
			expect(counts).toHaveLength(3);
			expect(counts.every(({ filter_by }) => filter_by === undefined)).toBe(true);
		}
	});

	it('is content where rows were deleted meanwhile, for one more request', async () => {
		const server = scriptedServer(kept(1200));
		server.before = (number) => {
			if (number === 2) server.rows.splice(1000, 50);
		};
		const { error, ids, requests } = await read(server);
		expect(error).toBeUndefined();
		expect(ids).toHaveLength(1150);
		expect(requests).toBe(4);
	});

	it.each(['', 'not a date', undefined])(
		'refuses a row with the date %j: it can be put nowhere',
		async (printed) => {
			const server = scriptedServer(kept(3, (i) => ({ printed: i === 2 ? String(printed) : undefined })));
			const { error } = await read(server, { sortBy: 'created_at' });
			expect(error).toMatchObject({ kind: 'incomplete', code: 'no_date' });
			const filtered = await read(server, {
				created: { from: new Date(START) },
				uploaded: { from: new Date(START) },
			});
			expect(filtered.error).toMatchObject({ kind: 'incomplete', code: 'no_date' });
		},
	);

	it('ends on an empty page', async () => {
		expect((await read(scriptedServer([]))).requests).toBe(1);
	});

	it('asks for nothing behind a full page that counts no more', async () => {
		for (const query of [{}, { sortBy: 'created_at' }, { sortBy: 'title' }] as Array<Partial<EntriesQuery>>) {
			const { requests, ids } = await read(scriptedServer(kept(500)), query);
			expect(ids).toHaveLength(500);
			expect(requests).toBe(1);
		}
		expect((await read(scriptedServer(kept(1000)), { sortBy: 'title' })).requests).toBe(2);
	});

	it.each([
		['a short page', { rows: 499, total: 499, number: 1 }, true],
		['an empty page', { rows: 0, total: 0, number: 1 }, true],
		['a page behind the last', { rows: 0, total: 1000, number: 3 }, true],
		['a full page that is all', { rows: 500, total: 500, number: 1 }, true],
		['a full second page that is the rest', { rows: 500, total: 1000, number: 2 }, true],
		['a full page with one row behind it', { rows: 500, total: 501, number: 1 }, false],
		['a full second page with one row behind it', { rows: 500, total: 1001, number: 2 }, false],
		['a page that is not full and counts more', { rows: 300, total: 301, number: 1 }, false],
		['a second page that is not full and counts more', { rows: 300, total: 900, number: 2 }, false],
	])('%s: is it the last?', (_name, { rows, total, number }, wanted) => {
		expect(isLastPage({ rows: Array<RawEntry>(rows).fill({}), total, size: 500 }, number)).toBe(wanted);
	});

	it.each(['ASC', 'DESC'] as const)('loses no milliseconds at the end of a page (%s)', async (sortOrder) => {
		const rows = () => kept(1050, (i) => ({ created: START + i * 10 }));
		const all = await read(scriptedServer(rows()), { sortBy: 'created_at', sortOrder });
		expect(all.error).toBeUndefined();
		expect(all.ids).toHaveLength(1050);
		expect(all.requests).toBeLessThanOrEqual(3);
		const bounds = { from: new Date(START + 5200), to: new Date(START + 10_400) };
		const part = await read(scriptedServer(rows()), { sortBy: 'created_at', sortOrder, created: bounds });
		expect(part.error).toBeUndefined();
		expect(part.ids).toHaveLength(521);
	});

	it('keeps the whole second of a bound with milliseconds', async () => {
		const server = scriptedServer(kept(3, (i) => ({ created: START + i * 400 })));
		const { ids } = await read(server, {
			created: { from: new Date(START + 400), to: new Date(START + 500) },
		});
		expect(ids).toEqual(['id-1']);
		expect(server.asked[0]).toMatchObject({ filter_from: new Date(START).toISOString() });
	});
});

describe('where a page ends', () => {
	const at = (...seconds: number[]) =>
		seconds.map((s) => ({
			created_at: new Date(START + s * SECOND).toISOString(),
			uploaded_at: new Date(START + s * SECOND).toISOString(),
		}));
	it('is its last row by upload, and the middle one of the last three by creation', () => {
		expect(endOf(at(1, 2, 9), 'uploaded_at')).toBe(START + 9 * SECOND);
		expect(endOf(at(7, 1, 2, 9), 'created_at')).toBe(START + 2 * SECOND);
		expect(endOf(at(7, 1, 9, 2), 'created_at')).toBe(START + 2 * SECOND);
		expect(endOf(at(1, 2), 'created_at')).toBe(START + 2 * SECOND);
		expect(endOf(at(5), 'created_at')).toBe(START + 5 * SECOND);
		expect(endOf([], 'created_at')).toBeNaN();
		expect(endOf([], 'uploaded_at')).toBeNaN();
	});
});

describe('pages', () => {
	const answer = (per: number | undefined) => ({
		meta: { total: 3, per_page: per },
		data: { entries: [{ ec5_uuid: 'a' }] },
	});
	const refuse = () => {
		throw new ApiError('too many', { code: 'ec5_335', hint: '' });
	};
	const request = { page: 1, sortBy: 'title', sortOrder: 'ASC' } as const;

	it('are asked for with a filter only where one is meant', async () => {
		const asked: Array<Record<string, string | number>> = [];
		const source = new PageSource(async (parameters) => {
			asked.push(parameters);
			return answer(1);
		});
		expect(await source.fetch(request)).toEqual({ rows: [{ ec5_uuid: 'a' }], total: 3, size: 500 });
		await source.fetch({ ...request, filter: { by: 'created_at', from: START, to: START + 1 } });
		await source.fetch({ ...request, filter: { by: 'created_at' } });
		expect(await source.count(undefined)).toBe(3);
		expect(asked).toEqual([
			{ page: 1, per_page: 500, sort_by: 'title', sort_order: 'ASC' },
			{
				...{ page: 1, per_page: 500, sort_by: 'title', sort_order: 'ASC', filter_by: 'created_at' },
				...{ filter_from: '2026-05-01T08:00:00.000Z', filter_to: '2026-05-01T08:00:00.001Z' },
			},
			{ page: 1, per_page: 500, sort_by: 'title', sort_order: 'ASC', filter_by: 'created_at' },
			{ page: 1, per_page: 1, sort_by: 'created_at', sort_order: 'ASC' },
		]);
	});

	it.each([null, 'x', 1, [], {}, { ec5_uuid: 1 }, { ec5_uuid: null, title: 'x' }])(
		'with anything but entries that have an ID are no pages: %j',
		async (row) => {
			const entries = [{ ec5_uuid: 'a' }, row];
			const source = new PageSource(async () => ({ meta: { total: 2 }, data: { entries } }));
			await expect(source.fetch(request)).rejects.toMatchObject({ kind: 'api', code: 'unreadable' });
		},
	);

	it('that are made from bytes say so when the row is taken, and give the others until then', async () => {
		const body = '{"meta":{"total":3},"data":{"entries":[{"ec5_uuid":"a"},{"ec5_uuid":1},{"ec5_uuid":"c"}]}}';
		const bytes = async () => parseWithList(Uint8Array.from(Buffer.from(body)), ROWS_PATH, 'GET /');
		const source = new PageSource(bytes);
		const { rows } = await source.fetchSliced(request);
		expect(rows).toHaveLength(3);
		expect([rows.slice(0, 1), rows.slice(-1)]).toEqual([[{ ec5_uuid: 'a' }], [{ ec5_uuid: 'c' }]]);
		expect(() => rows.slice()).toThrow(expect.objectContaining({ kind: 'api', code: 'unreadable' }));
		await expect(source.fetch(request)).rejects.toMatchObject({ kind: 'api', code: 'unreadable' });
	});

	it('become smaller until the server takes them, and stay so', async () => {
		const sizes: unknown[] = [];
		const source = new PageSource(async ({ per_page }) => {
			sizes.push(per_page);
			return Number(per_page) > 100 ? refuse() : answer(1);
		});
		expect((await source.fetch(request)).size).toBe(62);
		expect((await source.fetch({ ...request, page: 2 })).size).toBe(62);
		expect(sizes).toEqual([500, 250, 125, 62, 62]);
	});

	it('are never smaller than ten: the refusal is passed on', async () => {
		const sizes: unknown[] = [];
		const source = new PageSource(async ({ per_page }) => {
			sizes.push(per_page);
			return refuse();
		});
		await expect(source.fetch(request)).rejects.toMatchObject({ code: 'ec5_335' });
		expect(sizes).toEqual([500, 250, 125, 62, 31, 15, 10]);
		await expect(source.count(undefined)).rejects.toMatchObject({ code: 'ec5_335' });
	});

	it('pass every other error on', async () => {
		for (const error of [new ApiError('x', { code: 'ec5_29', hint: '' }), new TypeError('x')]) {
			const source = new PageSource(async () => {
				throw error;
			});
			await expect(source.fetch(request)).rejects.toBe(error);
		}
	});

	it.each([
		undefined,
		null,
		'x',
		[],
		{},
		{ data: [], meta: [] },
		{ data: { entries: {} }, meta: { total: 1 } },
		{ data: { entries: [] } },
		{ data: { entries: [] }, meta: { total: '3' } },
	])('%j is none', async (body) => {
		const source = new PageSource(async () => body);
		await expect(source.fetch(request)).rejects.toMatchObject({ kind: 'api', code: 'unreadable' });
	});

	it('the cap falls while a walk by number is under way: an error that is not of the family goes no further', async () => {
		const server = scriptedServer(kept(1200));
		let broken = false;
		server.before = (number) => {
			if (number === 3 && !broken) {
				broken = true;
				throw new TypeError('a defect');
			}
		};
		const { error } = await read(server, { sortBy: 'title' });
		expect(error).toBeInstanceOf(TypeError);
	});
});

describe('entries', () => {
	it('are known by the ID of the branch entry first', () => {
		expect(entryId({ ec5_uuid: 'a' })).toBe('a');
		expect(entryId({ ec5_branch_uuid: 'b', ec5_branch_owner_uuid: 'a' })).toBe('b');
	});

	it('have one event ID for each version', () => {
		const row = { ec5_uuid: 'u', uploaded_at: '2026-05-01T08:00:00.000Z' };
		expect(eventId('s', { formRef: 'f' }, row)).toBe('s/f/u/2026-05-01T08:00:00.000Z');
		expect(eventId('s', { formRef: 'f', branchRef: 'b' }, row)).toBe('s/b/u/2026-05-01T08:00:00.000Z');
	});

	it('have readable dates, or say that they have not', () => {
		expect(timeOf({ created_at: '2026-05-01T08:00:00.080Z' }, 'created_at')).toBe(START + 80);
		for (const value of [undefined, null, '', 'x', 5, {}]) {
			expect(() => timeOf({ created_at: value }, 'created_at')).toThrow(
				expect.objectContaining({
					kind: 'incomplete',
					code: 'no_date',
					message: expect.stringContaining('created_at') as string,
				}),
			);
		}
	});

	it('are collected in their newest version, where they came first', async () => {
		async function* pages() {
			yield [
				{ ec5_uuid: 'a', v: 1 },
				{ ec5_uuid: 'b', v: 1 },
			];
			yield [{ ec5_uuid: 'a', v: 2 }];
		}
		expect(await collectEntries(pages())).toEqual([
			{ ec5_uuid: 'a', v: 2 },
			{ ec5_uuid: 'b', v: 1 },
		]);
	});
});

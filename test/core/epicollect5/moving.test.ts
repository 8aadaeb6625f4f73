import { IncompleteError } from '../../../core/http/errors';
import { entryId } from '../../../core/epicollect5/entry';
import type { EntriesQuery } from '../../../core/epicollect5/query';
import { newest, SECOND, START, World } from './support/world';

const missing = (wanted: readonly string[], got: readonly string[]) => {
	const delivered = new Set(got);
	return wanted.filter((id) => !delivered.has(id));
};

describe('entries that change while everything is read', () => {
	it('an edit between two pages loses nothing, and its newer version comes last', async () => {
		const world = new World();
		world.add(1600);
		const [first = '', , third = ''] = world.ids;
		const unread = world.ids[1400] ?? '';
		world.before = (number) => {
			if (number === 2) world.edit(first, 'edited once');
			if (number === 3) {
				world.edit(first, 'edited twice', world.clock.now() + SECOND);
				world.edit(third, 'also edited', world.clock.now() + 2 * SECOND);
				world.edit(unread, 'edited before it was read', world.clock.now() + 3 * SECOND);
			}
		};
		const before = world.ids;
		const reading = await world.read();
		expect(reading.error).toBeUndefined();
		expect(missing(before, reading.ids)).toEqual([]);
		const last = newest(reading.rows);
		expect(last.get(first)?.['1_Site_name']).toBe('edited twice');
		expect(last.get(third)?.['1_Site_name']).toBe('also edited');
		expect(last.get(unread)?.['1_Site_name']).toBe('edited before it was read');
		expect(reading.ids.filter((id) => id === unread)).toHaveLength(1);
	});

	it('an upload while reading is delivered too', async () => {
		const world = new World();
		world.add(1100);
		world.before = (number) => {
			if (number <= 3) world.upload({ uploadedAt: world.clock.now() + number * SECOND });
		};
		const reading = await world.read();
		expect(reading.error).toBeUndefined();
		expect(missing(world.ids, reading.ids)).toEqual([]);
		expect(reading.requests).toBe(3);
	});

	it.each([
		['read', [3, 4, 5]],
		['unread', [900, 901, 1250]],
		['read and unread', [0, 499, 500, 1250]],
	])('deletions of %s rows cost none of the others', async (_which, gone) => {
		const world = new World();
		world.add(1255);
		const doomed = gone.map((index) => world.ids[index] ?? '');
		world.before = (number) => {
			if (number === 2) doomed.forEach((id) => world.remove(id));
		};
		const reading = await world.read();
		expect(reading.error).toBeUndefined();
		expect(missing(world.ids, reading.ids)).toEqual([]);
		expect(reading.requests).toBeLessThanOrEqual(4);
	});

	it('everything at once, at every request, loses nothing', async () => {
		const world = new World({ limits: 'off' });
		world.add(2300, (i) => ({ uploadedAt: START + Math.floor(i / 30) * SECOND }));
		const before = world.ids;
		const gone = new Set<string>();
		world.before = (number) => {
			if (number > 6) return;
			world.clock.advance(SECOND);
			for (let i = 0; i < 20; i++) {
				const id = before[(number * 997 + i * 101) % before.length] ?? '';
				if (gone.has(id)) continue;
				if (i % 3 === 0) world.edit(id, `edited at ${number}`);
				else if (i % 3 === 1) world.upload({ uploadedAt: world.clock.now() });
				else {
					gone.add(id);
					world.remove(id);
				}
			}
		};
		const reading = await world.read();
		expect(reading.error).toBeUndefined();
		expect(missing(world.ids, reading.ids)).toEqual([]);
		const last = newest(reading.rows);
		for (const row of world.stream.all()) {
			expect(Date.parse(String(last.get(row.uuid)?.uploaded_at))).toBe(row.uploadedAt);
		}
	});

	it('the owner switches the default mapping and the names stay', async () => {
		const world = new World();
		world.add(1001);
		world.before = (number) => {
			if (number !== 2) return;
			for (const mapping of world.project.mappings.values()) mapping.is_default = mapping.map_index === 1;
		};
		const { rows, error } = await world.read();
		expect(error).toBeUndefined();
		expect(rows.every((row) => '1_Site_name' in row && !('site' in row))).toBe(true);
	});

	it('the owner deletes the mapping that is read with, and is told so', async () => {
		const world = new World();
		world.add(1001);
		world.before = (number) => {
			if (number === 2) world.project.mappings.delete(1);
		};
		const { error, run } = await world.read({ mapIndex: 1 });
		expect(error).toMatchObject({ kind: 'notFound', code: 'ec5_322', field: 'Mapping' });
		expect(run.summary.stoppedBy).toBe('failure');
	});

	it('a lower cap of the page costs requests, not rows', async () => {
		const world = new World({ limits: 'off' });
		world.add(1255);
		world.before = (number) => {
			if (number === 2) world.service.settings.perPageCap = 100;
		};
		const { error, ids } = await world.read();
		expect(error).toBeUndefined();
		expect(ids).toEqual(world.ids);
		expect(Number(world.asked.at(-1)?.get('per_page'))).toBeLessThanOrEqual(100);
	});
});

describe('rows that move while they are read by number', () => {
	const byTitle: Partial<EntriesQuery> = { sortBy: 'title' };
	const titled = (world: World, rows: number) =>
		world.add(rows, (i) => ({ title: `T${String(i).padStart(5, '0')}` }));

	it('a deletion that moves an unread row onto a page already read is noticed, and the row found', async () => {
		const world = new World();
		titled(world, 1200);
		world.before = (number) => {
			if (number === 2) world.remove(world.ids[3] ?? '');
		};
		const { error, ids } = await world.read(byTitle);
		expect(error).toBeUndefined();
		expect(missing(world.ids, ids)).toEqual([]);
		expect(new Set(ids).size).toBe(ids.length);
	});

	it('so is a new title that does the same', async () => {
		const world = new World();
		titled(world, 1200);
		const before = world.ids;
		world.before = (number) => {
			if (number === 2) world.retitle(before[1000] ?? '', 'A');
			if (number === 3) world.retitle(before[2] ?? '', 'Zzzzzzzzzzz');
		};
		const { error, ids, run } = await world.read(byTitle);
		expect(error).toBeUndefined();
		expect(missing(before, ids)).toEqual([]);
		expect(run.summary.skipped).toBeGreaterThan(0);
	});

	it('an upload moves rows to the next page, where they are left out the second time', async () => {
		const world = new World();
		titled(world, 1200);
		world.before = (number) => {
			if (number === 2) world.upload({ title: 'A' });
		};
		const before = world.ids;
		const { error, ids } = await world.read(byTitle);
		expect(error).toBeUndefined();
		expect(missing(before, ids)).toEqual([]);
		expect(new Set(ids).size).toBe(ids.length);
	});

	it('where rows go on moving, it is said how many of how many were read: never a silent part', async () => {
		const world = new World({ limits: 'off' });
		titled(world, 1200);
		// One row is deleted before the second page of each walk.
		world.before = (number) => {
			if (world.asked.at(-1)?.get('page') === '2') world.remove(world.ids[number] ?? '');
		};
		const { error, run } = await world.read(byTitle);
		expect(error).toBeInstanceOf(IncompleteError);
		expect(error).toMatchObject({ code: 'incomplete' });
		expect(String(error)).toMatch(/Only \d+ of 1197 entries/);
		expect(run.summary.stoppedBy).toBe('failure');
		expect(run.summary.requests).toBe(9);
	});

	it('ties that come in another order at each request are made up for in a later walk, or reported', async () => {
		let incomplete = 0;
		for (let seed = 1; seed <= 10; seed++) {
			const world = new World({ limits: 'off', seed });
			world.service.settings.ties = 'shuffled';
			world.add(1100, (i) => ({ title: `Site ${i % 40}` }));
			const { error, ids } = await world.read(byTitle);
			if (error instanceof IncompleteError) incomplete += 1;
			else expect(missing(world.ids, ids)).toEqual([]);
		}
		expect(incomplete).toBeLessThanOrEqual(10);
	});

	it('a lower cap of the page begins the walk anew', async () => {
		const world = new World({ limits: 'off' });
		titled(world, 1200);
		world.before = (number) => {
			if (number === 2) world.service.settings.perPageCap = 300;
		};
		const { error, rows } = await world.read(byTitle);
		expect(error).toBeUndefined();
		expect(rows.map(entryId)).toEqual(world.ids);
		expect(world.asked.slice(2).map((query) => [query.get('page'), query.get('per_page')])).toEqual([
			['1', '250'],
			['2', '250'],
			['3', '250'],
			['4', '250'],
			['5', '250'],
		]);
	});
});

import { CHILD, CHILD_BRANCH, BRANCH } from './support/definition';
import { newest, SECOND, START, uuid, World } from './support/world';

const sorted = (ids: readonly string[]) => [...ids].sort();

describe('reading everything', () => {
	it.each([
		[0, 1],
		[1, 1],
		[499, 1],
		[500, 1],
		[501, 2],
		[1255, 3],
		[2000, 5],
	])('delivers each of %i rows once, with %i requests', async (rows, requests) => {
		const world = new World();
		world.add(rows);
		const reading = await world.read();
		expect(reading.error).toBeUndefined();
		expect(reading.ids).toEqual(world.ids);
		expect(reading.requests).toBe(requests);
		expect(reading.run.summary).toMatchObject({ fetched: rows, stoppedBy: 'end' });
	});

	it.each([
		[10, undefined, 1],
		[120, undefined, 1],
		[600, undefined, 2],
		[120, 'title', 1],
	] as const)('asks again for a page of %i rows, one of which is no JSON', async (rows, sortBy, pages) => {
		const world = new World();
		world.add(rows);
		const send = world.transport.request.bind(world.transport);
		let isFirst = true;
		world.transport.request = async (request) => {
			const response = await send(request);
			if (!isFirst || !request.url.includes('/export/entries/')) return response;
			isFirst = false;
			const text = new TextDecoder().decode(response.body as Uint8Array);
			const at = text.lastIndexOf('"title"');
			const body = new TextEncoder().encode(`${text.slice(0, at)}Warning ${text.slice(at)}`);
			return { ...response, body: body as typeof response.body };
		};
		const reading = await world.read({ sortBy });
		expect(reading.error).toBeUndefined();
		expect(sorted(reading.ids)).toEqual(sorted(world.ids));
		expect(reading.requests).toBe(pages + 1);
	});

	it('delivers in the order of upload, never with both bounds, always with filter and mapping named', async () => {
		const world = new World();
		world.add(1200, (i) => ({ uploadedAt: START + (i % 400) * SECOND }));
		const { rows, ids } = await world.read({ mapIndex: 1 });
		expect(sorted(ids)).toEqual(sorted(world.ids));
		const stamps = rows.map((row) => String(row.uploaded_at));
		expect(stamps).toEqual([...stamps].sort());
		for (const query of world.asked) {
			expect(query.get('map_index')).toBe('1');
			expect(query.get('page')).toBe('1');
			expect(query.get('filter_to')).toBeNull();
			expect(query.has('filter_by')).toBe(query.has('filter_from'));
		}
	});

	it('asks for no more than the pages when up to 40 rows share each second, in any order of the ties', async () => {
		const world = new World({ seed: 7 });
		world.service.settings.ties = 'shuffled';
		world.add(1255, (i) => ({ uploadedAt: START + Math.floor(i / 40) * SECOND }));
		const reading = await world.read();
		expect(reading.error).toBeUndefined();
		expect(sorted(reading.ids)).toEqual(sorted(world.ids));
		expect(reading.requests).toBe(3);
	});

	it('waits for the limit instead of meeting it', async () => {
		const world = new World();
		world.add(4000);
		const waits: number[] = [];
		const run = world.run({ onWait: ({ ms }) => waits.push(ms) });
		const reading = await world.read({}, { run });
		expect(reading.ids).toHaveLength(4000);
		expect(reading.requests).toBe(9);
		expect(world.service.stats.read().rateLimited).toBe(0);
		expect(waits).toHaveLength(1);
		expect(run.summary.waitedMs).toBeGreaterThanOrEqual(59_000);
	});

	it('tells the progress against all rows, not against what is left', async () => {
		const world = new World();
		world.add(1255);
		const told: string[] = [];
		await world.read({}, { run: world.run({ onProgress: (p) => told.push(`${p.fetched} of ${p.total}`) }) });
		expect(told).toEqual(['500 of 1255', '999 of 1255', '1255 of 1255']);
	});

	it('reads a child form and the branch of a child form by their own refs', async () => {
		const world = new World();
		const [parent] = world.add(3);
		world.add(4, () => ({ formRef: CHILD, parentUuid: parent?.uuid ?? '' }));
		const [owner] = world.project.stream(CHILD).all();
		world.add(600, () => ({
			formRef: CHILD,
			branchRef: CHILD_BRANCH,
			ownerUuid: owner?.uuid ?? '',
			answers: {},
		}));
		expect((await world.read({ formRef: CHILD })).ids).toHaveLength(4);
		const branch = await world.read({ formRef: CHILD, branchRef: CHILD_BRANCH });
		expect(branch.error).toBeUndefined();
		expect(new Set(branch.ids).size).toBe(600);
		expect((await world.read({ branchRef: BRANCH })).ids).toEqual([]);
		const none = await world.read({
			formRef: CHILD,
			branchRef: CHILD_BRANCH,
			ownerUuid: uuid(99),
		});
		expect(none.ids).toEqual([]);
		const children = await world.read({
			formRef: CHILD,
			parentUuid: parent?.uuid,
			parentFormRef: world.project.definition.project.forms[0]?.ref,
		});
		expect(children.ids).toHaveLength(4);
	});
});

describe('more rows in one second than a page has', () => {
	const T = START + 10_000 * SECOND;

	it.each([501, 999, 1000, 1001, 1200, 2600])('delivers all of %i rows', async (rows) => {
		const world = new World();
		world.add(rows, () => ({ uploadedAt: T }));
		const reading = await world.read();
		expect(reading.error).toBeUndefined();
		expect(reading.ids).toHaveLength(rows);
		expect(sorted(reading.ids)).toEqual(sorted(world.ids));
	});

	it('delivers 1,200 of them between others, in order', async () => {
		const world = new World();
		world.add(700);
		world.add(1200, () => ({ uploadedAt: T }));
		world.add(700, (i) => ({ uploadedAt: T + (i + 1) * SECOND }));
		const reading = await world.read();
		expect(reading.error).toBeUndefined();
		expect(sorted(reading.ids)).toEqual(sorted(world.ids));
		const stamps = reading.rows.map((row) => String(row.uploaded_at));
		expect(stamps).toEqual([...stamps].sort());
		expect(reading.requests).toBeLessThanOrEqual(6 + 7);
	});

	it.each([1, 2, 3, 4, 5])('delivers them when ties come in another order each time (%i)', async (seed) => {
		const world = new World({ seed, limits: 'off' });
		world.service.settings.ties = 'shuffled';
		world.add(300);
		world.add(1200, () => ({ uploadedAt: T }));
		world.add(300, (i) => ({ uploadedAt: T + (i + 1) * SECOND }));
		const reading = await world.read();
		expect(reading.error).toBeUndefined();
		expect(sorted(reading.ids)).toEqual(sorted(world.ids));
	});

	it('asks in the other column only on the day of the second, however many rows come after it', async () => {
		const world = new World({ seed: 3, limits: 'off' });
		world.service.settings.ties = 'shuffled';
		world.add(1200, (i) => ({ uploadedAt: T, createdAt: START + i * SECOND }));
		world.add(5000, (i) => ({ uploadedAt: T + (i + 1) * 3600 * SECOND }));
		const reading = await world.read();
		expect(reading.error).toBeUndefined();
		expect(new Set(reading.ids).size).toBe(6200);
		expect(reading.requests).toBeLessThanOrEqual(13 + 20);
	});

	it('delivers all while one row is uploaded at each request', async () => {
		const world = new World();
		world.add(1001, () => ({ uploadedAt: T }));
		const before = world.ids;
		world.before = (number) => {
			if (number < 12) world.upload({ uploadedAt: T + number * SECOND });
		};
		const reading = await world.read();
		expect(reading.error).toBeUndefined();
		expect(newest(reading.rows).size).toBeGreaterThanOrEqual(1001);
		expect(before.filter((id) => !reading.ids.includes(id))).toEqual([]);
	});

	it('loses none when one that was read is edited, and another row uploaded', async () => {
		for (let at = 1; at <= 8; at++) {
			const world = new World({ limits: 'off' });
			world.add(1001, () => ({ uploadedAt: T }));
			const before = world.ids;
			world.before = (number) => {
				if (number !== at) return;
				world.edit(before[0] ?? '');
				world.upload({ uploadedAt: world.clock.now() });
			};
			const { ids, error } = await world.read();
			expect(error).toBeUndefined();
			expect(before.filter((id) => !ids.includes(id))).toEqual([]);
		}
	});

	it('goes on when the cap of the page falls in the middle of the second', async () => {
		for (const at of [2, 3, 4, 5, 6]) {
			const world = new World({ limits: 'off' });
			world.add(1200, () => ({ uploadedAt: T }));
			world.before = (number) => {
				if (number === at) world.service.settings.perPageCap = 200;
			};
			const reading = await world.read();
			expect(reading.error).toBeUndefined();
			expect(new Set(reading.ids).size).toBe(1200);
		}
	});
});

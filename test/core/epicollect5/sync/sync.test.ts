import { syncQuestion } from '../../../../core/epicollect5/sync';
import { AbortedError } from '../../../../core/http/errors';
import { saveForms, withQuestion } from '../../../../sandbox/src/epicollect5/definitionEdits';
import type { Entry } from '../../../../sandbox/src/epicollect5/model';
import { BRANCH, CHILD, FORM, NAME } from '../support/definition';
import { SECOND, SERVER, SLUG, START, uuid, type World } from '../support/world';
import { datedWorld, Follower, MINUTE, namesOf, question, typesOf } from './support';

const WEEK = 7 * 24 * 60 * MINUTE;
const sound = (follower: Follower, refs = [FORM]) => {
	expect(refs.flatMap((ref) => follower.missing(ref))).toEqual([]);
	expect(follower.repeated()).toEqual([]);
};
const now = (world: World) => ({ uploadedAt: Math.floor(world.clock.now() / SECOND) * SECOND });

describe('following a form', () => {
	it('delivers what is created and what is edited, each version once, with an ID for a sink', async () => {
		const world = datedWorld();
		world.add(3);
		const follower = new Follower(world);
		expect(namesOf((await follower.poll()).events)).toEqual(
			['Site 0', 'Site 1', 'Site 2'].map((name) => `created ${name}`),
		);
		world.clock.advance(5 * MINUTE);
		world.edit(uuid(1));
		world.upload({ name: 'New', ...now(world) });
		const { events, summary, stoppedBy } = await follower.poll();
		expect(namesOf(events)).toEqual(['updated edited', 'created New']);
		expect(events[0]).toMatchObject({
			eventId: `${SLUG}/${FORM}/${uuid(1)}/${new Date(world.clock.now()).toISOString()}`,
			stream: { formRef: FORM },
		});
		expect(summary).toMatchObject({ fetched: 2, created: 1, updated: 1, requests: 1, stoppedBy: 'end' });
		expect(stoppedBy).toBe('end');
		expect((await follower.poll()).events).toEqual([]);
		sound(follower);
	});

	it('delivers what was made last week and is uploaded now', async () => {
		const world = datedWorld();
		world.add(3, () => now(world));
		const follower = new Follower(world, question({ start: 'now' }));
		await follower.poll();
		world.clock.advance(MINUTE);
		world.upload({ name: 'late', createdAt: world.clock.now() - WEEK, ...now(world) });
		expect(namesOf((await follower.poll()).events)).toEqual(['created late']);
	});

	it('delivers what comes in the second that was read last', async () => {
		const world = datedWorld();
		const follower = new Follower(world);
		for (let round = 0; round < 4; round++) {
			world.add(5, () => now(world));
			expect((await follower.poll()).events).toHaveLength(5);
		}
		sound(follower);
	});

	it('delivers a second edit within one second, by its content', async () => {
		const world = datedWorld();
		world.add(1, () => now(world));
		const follower = new Follower(world);
		await follower.poll();
		world.edit(uuid(0), 'again');
		expect(namesOf((await follower.poll()).events)).toEqual(['updated again']);
		expect((await follower.poll()).events).toEqual([]);
	});

	it.each([0, 30, 120, 290, 300])(
		'delivers what is committed %i seconds after its stamp, however busy the form is meanwhile',
		async (seconds) => {
			const world = datedWorld();
			world.add(700);
			const follower = new Follower(world);
			await follower.toEnd();
			for (let tick = 0; tick < 20; tick++) {
				world.clock.advance(30 * SECOND);
				world.project.insertLater(
					{ ...(world.stream.all()[0] as Entry), uuid: uuid(5000 + tick), ...now(world) },
					world.clock.now() + seconds * SECOND,
				);
				world.upload(now(world));
				await follower.poll();
			}
			world.clock.advance(10 * MINUTE);
			await follower.poll();
			expect(follower.world.ids).toHaveLength(740);
			sound(follower);
		},
	);

	it('delivers a late commit whose page was left behind in an earlier call', async () => {
		const world = datedWorld({ limits: 'off' });
		const at = now(world).uploadedAt;
		world.add(900, (i) => ({ uploadedAt: at - Math.ceil((900 - i) / 5) * SECOND }));
		const follower = new Follower(world);
		await follower.poll({ maxRequests: 1 });
		world.project.insertLater(
			{ ...(world.stream.all()[0] as Entry), uuid: uuid(5000), uploadedAt: at - 100 * SECOND },
			world.clock.now() + 60 * SECOND,
		);
		world.clock.advance(60 * MINUTE);
		world.add(800, () => now(world));
		await follower.toEnd();
		await follower.toEnd();
		expect(follower.world.ids).toContain(uuid(5000));
		sound(follower);
	});

	it('costs one request while nothing is new, also after 1,200 rows in one second', async () => {
		for (const rows of [0, 1, 499, 500, 501, 1200]) {
			const world = datedWorld();
			world.add(rows, () => now(world));
			const follower = new Follower(world);
			await follower.toEnd();
			world.clock.advance(11 * MINUTE);
			await follower.toEnd();
			for (let poll = 0; poll < 3; poll++) {
				world.clock.advance(5 * MINUTE);
				const { summary, events } = await follower.poll();
				expect([rows, summary.requests, events.length]).toEqual([rows, 1, 0]);
			}
		}
	});

	it('asks from the newest date that was received, never from a clock, and never with two bounds', async () => {
		const world = datedWorld();
		world.add(3);
		const follower = new Follower(world);
		await follower.poll();
		expect(follower.state.streams[FORM]?.watermark).toBe(new Date(START + 2 * SECOND).toISOString());
		await follower.poll();
		expect(Object.fromEntries(world.asked.at(-1) ?? [])).toMatchObject({
			...{ form_ref: FORM, map_index: '0', page: '1', per_page: '500' },
			...{ sort_by: 'uploaded_at', sort_order: 'ASC', filter_by: 'uploaded_at' },
			filter_from: new Date(START + 3 * SECOND).toISOString(),
		});
		expect(world.asked.every((query) => !query.has('filter_to'))).toBe(true);
	});

	it('believes a server clock that is an hour fast in nothing but the overlap', async () => {
		const world = datedWorld();
		const { request } = world.transport;
		world.transport.request = async (sent) => {
			const response = await request(sent);
			const date = new Date(world.clock.now() + 60 * MINUTE).toUTCString();
			return { ...response, headers: { ...response.headers, date } };
		};
		const follower = new Follower(world);
		for (let tick = 0; tick < 5; tick++) {
			world.add(3, () => now(world));
			await follower.poll();
			world.clock.advance(MINUTE);
		}
		sound(follower);
	});

	it('reads with the overlap where the server tells no time', async () => {
		const world = datedWorld();
		const { request } = world.transport;
		world.transport.request = async (sent) => {
			const response = await request(sent);
			return { ...response, headers: { ...response.headers, date: 'soon' } };
		};
		world.add(3);
		const follower = new Follower(world);
		await follower.poll();
		await follower.poll();
		expect(world.asked.at(-1)?.get('filter_from')).toBe(
			new Date(START + 2 * SECOND - 5 * MINUTE).toISOString(),
		);
		sound(follower);
	});
});

describe('the first contact', () => {
	it('"from now" is one request, and delivers nothing that is there', async () => {
		const world = datedWorld();
		world.add(700, (i) => ({ uploadedAt: now(world).uploadedAt - (700 - i) * SECOND }));
		const follower = new Follower(world, question({ start: 'now' }));
		const { events, summary } = await follower.poll({ maxRequests: 1 });
		expect([events.length, summary.requests]).toEqual([0, 1]);
		world.edit(uuid(699));
		world.upload(now(world));
		expect(typesOf((await follower.poll()).events)).toEqual(['updated', 'created']);
	});

	it('"from now" with more than a page in the overlap delivers nothing of it either, but what comes meanwhile', async () => {
		const world = datedWorld({ limits: 'off' });
		world.add(1300, (i) => ({ uploadedAt: now(world).uploadedAt - Math.floor((1300 - i) / 10) * SECOND }));
		world.before = (number) => {
			if (number === 3) {
				world.clock.advance(SECOND);
				world.upload({ name: 'meanwhile', ...now(world) });
			}
		};
		const follower = new Follower(world, question({ start: 'now' }));
		await follower.toEnd({ maxRequests: 1 });
		expect(namesOf(follower.delivered)).toEqual(['created meanwhile']);
		world.edit(uuid(700), 'known');
		await follower.toEnd();
		expect(namesOf(follower.delivered)).toEqual(['created meanwhile', 'updated known']);
	});

	it('"from now" with an empty form: everything later is new', async () => {
		const world = datedWorld();
		const follower = new Follower(world, question({ start: 'now' }));
		expect((await follower.poll()).events).toEqual([]);
		// Stamped before the contact, and not there then.
		world.upload({ name: 'first' });
		expect(namesOf((await follower.poll()).events)).toEqual(['created first']);
		expect((await follower.poll()).events).toEqual([]);
	});

	it('"from a date" begins with that second, and delivers nothing from before it', async () => {
		const world = datedWorld();
		world.add(10);
		const start = new Date(START + 6 * SECOND).toISOString();
		const follower = new Follower(world, question({ start }));
		expect(namesOf((await follower.poll()).events)).toEqual(
			[6, 7, 8, 9].map((number) => `created Site ${number}`),
		);
		expect(world.asked.map((query) => [query.get('filter_from'), query.get('filter_to')])).toEqual([
			[start, null],
			[null, new Date(START + 5 * SECOND + 999).toISOString()],
		]);
		await follower.poll();
		expect(world.asked).toHaveLength(3);
		expect(follower.delivered).toHaveLength(4);
	});
});

describe('a backlog', () => {
	it.each([
		[1, 2496, ['deadline', 'end']],
		[0.5, 1498, ['deadline', 'end']],
		[0.2, 500, [...Array<string>(5).fill('deadline'), 'end']],
	])(
		'of 2,500 rows is read in polls of 36 s at %d of the limit, in order, and none waits out a window',
		async (share, read, expected) => {
			const world = datedWorld();
			world.add(2500);
			const follower = new Follower(world);
			const stops: string[] = [];
			while (stops.at(-1) !== 'end') {
				const begun = world.clock.now();
				const { stoppedBy, error } = await follower.poll({
					limits: { deadline: begun + 36 * SECOND, share },
				});
				stops.push(stoppedBy);
				expect(error).toBeUndefined();
				expect(world.clock.now() - begun).toBeLessThanOrEqual(36 * SECOND);
				if (stops.length === 1) expect(follower.delivered).toHaveLength(read);
				world.clock.advance(5 * MINUTE);
			}
			expect(stops).toEqual(expected);
			expect(follower.delivered.map(({ row }) => row.ec5_uuid)).toEqual(world.ids);
			sound(follower);
		},
	);

	it('is read with as few requests as its pages', async () => {
		const world = datedWorld({ limits: 'off' });
		world.add(2500, (i) => ({ uploadedAt: START + i * 2 * SECOND }));
		const follower = new Follower(world);
		expect((await follower.poll()).summary.requests).toBe(6);
		sound(follower);
	});

	it('of 1,200 rows in one second is counted, over as many polls as it takes', async () => {
		for (const maxRequests of [1, 2, 5, 100]) {
			const world = datedWorld({ limits: 'off' });
			world.add(1200, () => ({ uploadedAt: START }));
			world.add(10, (i) => ({ uploadedAt: START + (i + 1) * SECOND }));
			const follower = new Follower(world);
			const polls = await follower.toEnd({ maxRequests });
			expect(follower.delivered).toHaveLength(1210);
			expect(world.asked.length).toBe(8);
			expect(polls).toBe(Math.ceil(8 / maxRequests));
			sound(follower);
		}
	});

	it('whose second never shows all of its rows is reported, never as success, and delivers what there is', async () => {
		const world = datedWorld({ limits: 'off' });
		world.add(1200, () => ({ uploadedAt: START }));
		const follower = new Follower(world);
		const client = world.client();
		const asker: typeof client.asker = (...given) => {
			const ask = client.asker(...given);
			return async (parameters) => {
				const answer = await ask(parameters);
				const { data } = answer.body as { data: { entries: Array<{ ec5_uuid: string }> } };
				const [first] = data.entries;
				data.entries = data.entries.map((row) => (row.ec5_uuid === uuid(700) && first ? first : row));
				return answer;
			};
		};
		const { error, stoppedBy, summary, events } = await follower.poll({ client: { asker } });
		expect(error).toMatchObject({ kind: 'incomplete', code: 'incomplete_second' });
		expect([stoppedBy, summary.stoppedBy, events.length]).toEqual(['failure', 'failure', 1199]);
		await follower.toEnd();
		expect(follower.delivered).toHaveLength(1200);
		sound(follower);
	});

	it.each([1, 7, 250, 500, 501])('comes in batches of at most %i', async (batchSize) => {
		const world = datedWorld({ limits: 'off' });
		const rows = Math.min(1300, batchSize * 40);
		world.add(rows, (i) => ({ uploadedAt: START + Math.floor(i / 30) * SECOND }));
		const follower = new Follower(world);
		let polls = 0;
		for (let stopped = ''; stopped !== 'end'; polls++) {
			const { events, stoppedBy, summary } = await follower.poll({ batchSize });
			expect(events.length).toBeLessThanOrEqual(batchSize);
			expect(summary.stoppedBy).toBe(stoppedBy === 'batch' ? 'limit' : 'end');
			stopped = stoppedBy;
		}
		expect(polls).toBeLessThanOrEqual(Math.ceil(rows / batchSize) + 1);
		sound(follower);
	});

	it('of a crowded second comes in batches too', async () => {
		const world = datedWorld({ limits: 'off' });
		world.add(1200, () => ({ uploadedAt: START }));
		const follower = new Follower(world);
		await follower.toEnd({ batchSize: 100 });
		expect(follower.delivered).toHaveLength(1200);
		sound(follower);
	});

	it('loses nothing while rows are edited, deleted and uploaded between its pages', async () => {
		for (const polled of [{}, { maxRequests: 1 }, { batchSize: 130 }]) {
			const world = datedWorld({ limits: 'off' });
			world.add(2300, (i) => ({ uploadedAt: START + Math.floor(i / 30) * SECOND }));
			const before = world.ids;
			world.before = (number) => {
				if (number > 8) return;
				world.clock.advance(SECOND);
				for (let i = 0; i < 20; i++) {
					const id = before[(number * 997 + i * 101) % before.length] ?? '';
					if (i % 3 === 0 && world.ids.includes(id)) world.edit(id, `edited at ${number}`);
					else if (i % 3 === 1) world.upload(now(world));
					else world.remove(id);
				}
			};
			const follower = new Follower(world);
			await follower.toEnd(polled);
			sound(follower);
		}
	});

	it('goes on with smaller pages where the cap was lowered, and remembers their size', async () => {
		const world = datedWorld({ limits: 'off' });
		world.add(600);
		world.add(700, () => ({ uploadedAt: START + 600 * SECOND }));
		world.add(30, (i) => ({ uploadedAt: START + (700 + i) * SECOND }));
		const follower = new Follower(world);
		await follower.poll({ maxRequests: 4 });
		world.service.settings.perPageCap = 300;
		await follower.toEnd({ maxRequests: 3 });
		sound(follower);
		const refused = world.asked.filter((query) => query.get('per_page') === '500').length - 4;
		expect(refused).toBe(1);
		expect(follower.state.pageSize).toMatchObject({ rows: 250 });
	});
});

describe('the size of a page', () => {
	/** A server that gives fewer rows than it is asked for, without a word. */
	const quietCap = (world: World, cap: number) => {
		const { handle } = world.service;
		world.service.handle = async (request) => {
			const asked = Number(request.query.get('per_page') ?? 50);
			if (asked > cap) request.query.set('per_page', String(cap));
			return await handle.call(world.service, request);
		};
	};

	it('is tried as usual again a day after it was found to be too large, and that costs one request', async () => {
		const world = datedWorld({ limits: 'off' });
		world.add(1300);
		world.service.settings.perPageCap = 300;
		const follower = new Follower(world);
		await follower.toEnd();
		expect(follower.state.pageSize?.rows).toBe(250);
		const larger = () => world.asked.filter((query) => query.get('per_page') === '500').length;
		expect(larger()).toBe(1);
		for (let days = 1; days <= 3; days++) {
			world.clock.advance(23 * 60 * MINUTE);
			world.add(700, (i) => ({ uploadedAt: now(world).uploadedAt - Math.ceil((700 - i) / 10) * SECOND }));
			await follower.toEnd();
			expect(larger()).toBe(days);
			world.clock.advance(2 * 60 * MINUTE);
			world.add(700, (i) => ({ uploadedAt: now(world).uploadedAt - Math.ceil((700 - i) / 10) * SECOND }));
			await follower.toEnd();
			expect(larger()).toBe(days + 1);
		}
		world.service.settings.perPageCap = 500;
		world.clock.advance(25 * 60 * MINUTE);
		world.add(2000, (i) => ({ uploadedAt: now(world).uploadedAt - Math.ceil((2000 - i) / 10) * SECOND }));
		await follower.toEnd();
		expect(follower.state.pageSize).toBeUndefined();
		sound(follower);
	});

	it('is tried as usual again by who makes one request at a time, too', async () => {
		const world = datedWorld({ limits: 'off' });
		world.add(1300);
		world.service.settings.perPageCap = 300;
		const follower = new Follower(world);
		await follower.toEnd({ maxRequests: 1 });
		world.service.settings.perPageCap = 500;
		for (let days = 0; days < 3; days++) {
			world.clock.advance(25 * 60 * MINUTE);
			world.add(2000, (i) => ({ uploadedAt: now(world).uploadedAt - Math.ceil((2000 - i) / 10) * SECOND }));
			await follower.toEnd({ maxRequests: 1 });
		}
		expect(follower.state.pageSize).toBeUndefined();
		sound(follower);
	});

	it('is not learned from a page that a deletion left short', async () => {
		const world = datedWorld({ limits: 'off' });
		world.add(501);
		const follower = new Follower(world);
		const client = world.client();
		let isFirst = true;
		const asker: typeof client.asker = (...given) => {
			const ask = client.asker(...given);
			return async (parameters) => {
				const answer = await ask(parameters);
				if (!isFirst) return answer;
				isFirst = false;
				// Counted before, and selected after the deletion of all but one.
				const { data } = answer.body as { data: { entries: unknown[] } };
				data.entries = data.entries.slice(0, 1);
				for (const id of world.ids.slice(1)) world.remove(id);
				return answer;
			};
		};
		await follower.poll({ client: { asker } });
		world.clock.advance(MINUTE);
		world.add(30, (i) => ({ uploadedAt: now(world).uploadedAt + i * SECOND }));
		expect((await follower.poll()).summary.requests).toBe(1);
	});

	it.each([1, 2, 100])(
		'that is cut without a word ends nothing early, in calls of %i requests',
		async (maxRequests) => {
			const world = datedWorld({ limits: 'off' });
			world.add(900);
			world.add(700, () => ({ uploadedAt: START + 900 * SECOND }));
			world.add(50, (i) => ({ uploadedAt: START + (1600 + i) * SECOND }));
			quietCap(world, 300);
			const follower = new Follower(world);
			await follower.toEnd({ maxRequests });
			expect(follower.delivered).toHaveLength(1650);
			expect(follower.state.pageSize?.rows).toBe(300);
			sound(follower);
		},
	);

	it('that is cut without a word keeps nobody from being known "from now"', async () => {
		const world = datedWorld({ limits: 'off' });
		world.add(400);
		world.clock.advance(60 * MINUTE);
		quietCap(world, 300);
		const follower = new Follower(world, question({ start: 'now' }));
		await follower.toEnd();
		world.clock.advance(MINUTE);
		world.edit(uuid(0), 'the oldest', now(world).uploadedAt);
		expect(namesOf((await follower.poll()).events)).toEqual(['updated the oldest']);
	});

	it.each([
		['everything', {}],
		['by title', { sortBy: 'title' as const }],
		['by creation', { sortBy: 'created_at' as const }],
		['the first 700', { limit: 700 }],
	])('that is cut without a word cuts no reading: %s', async (_what, query) => {
		const world = datedWorld({ limits: 'off' });
		world.add(1000);
		quietCap(world, 300);
		const { ids, error } = await world.read(query);
		expect(error).toBeUndefined();
		expect(new Set(ids).size).toBe('limit' in query ? 700 : 1000);
	});
});

describe('several streams', () => {
	const streams = [
		{ formRef: FORM, counts: ['5_Trees'] },
		{ formRef: CHILD },
		{ formRef: FORM, branchRef: BRANCH },
	];
	const refs = [FORM, CHILD, BRANCH];
	const fill = (world: World, rows: number) => {
		const owner = world.upload({ uploadedAt: START });
		world.add(rows, (i) => ({ uploadedAt: START + i * SECOND }));
		world.add(rows, (i) => ({
			...{ formRef: CHILD, parentUuid: owner.uuid, answers: {}, uploadedAt: START + i * SECOND },
		}));
		world.add(rows, (i) => ({
			...{ branchRef: BRANCH, ownerUuid: owner.uuid, answers: {}, uploadedAt: START + i * SECOND },
		}));
		return owner;
	};

	it('are read in turn, so that a long one keeps no other waiting', async () => {
		const world = datedWorld({ limits: 'off' });
		fill(world, 1100);
		const follower = new Follower(world, question({ streams }));
		await follower.poll({ maxRequests: 2 });
		await follower.poll({ maxRequests: 2 });
		const asked = world.asked.map((query) => query.get('branch_ref') ?? query.get('form_ref'));
		expect(asked).toEqual([FORM, CHILD, BRANCH, FORM]);
		for (let poll = 0; poll < 6; poll++) await follower.poll({ maxRequests: 2 });
		sound(follower, refs);
		expect((await follower.poll()).stoppedBy).toBe('end');
	});

	it('are read page by page without asking again for those that have been read to their end', async () => {
		const world = datedWorld({ limits: 'off' });
		fill(world, 3);
		world.add(1100, (i) => ({ uploadedAt: START + (10 + i) * SECOND }));
		const gone = { formRef: `${FORM}0` };
		const follower = new Follower(world, question({ streams: [...streams, gone] }));
		let left: string[] | undefined;
		const errors = [];
		do {
			const result = await follower.poll({ maxRequests: 1, only: left });
			if (result.error) errors.push(result.error.code);
			({ left } = result);
		} while (left.length > 0);
		const asked = world.asked.map((query) => query.get('branch_ref') ?? query.get('form_ref'));
		expect(asked).toEqual([FORM, CHILD, BRANCH, gone.formRef, FORM, FORM]);
		expect(errors).toEqual(['ec5_15']);
		sound(follower, refs);
	});

	it('cost one request each while nothing is new, and branch entries make no news of their owner', async () => {
		const world = datedWorld();
		const owner = fill(world, 3);
		const follower = new Follower(world, question({ streams }));
		world.edit(owner.uuid);
		await follower.toEnd();
		const entry = world.upload({ branchRef: BRANCH, ownerUuid: owner.uuid, answers: {}, ...now(world) });
		world.project.recountBranch(entry);
		const { events, summary } = await follower.poll();
		expect(events.map(({ type, stream }) => [type, stream.branchRef])).toEqual([['created', BRANCH]]);
		expect(summary.requests).toBe(3);
	});

	it('are all new in a form that was made after the first contact', async () => {
		const world = datedWorld();
		fill(world, 3);
		const first = question({ streams: streams.slice(0, 1), whole: true, start: 'now' });
		const follower = new Follower(world, first);
		await follower.poll();
		follower.question_ = { ...first, streams };
		expect((await follower.poll()).events.map(({ stream }) => stream.branchRef ?? stream.formRef)).toEqual([
			CHILD,
			CHILD,
			CHILD,
			BRANCH,
			BRANCH,
			BRANCH,
		]);
	});

	it('are read although one of them is gone, and that is said', async () => {
		const world = datedWorld();
		fill(world, 3);
		const gone = { formRef: `${FORM}0` };
		const follower = new Follower(world, question({ streams: [gone, ...streams] }));
		const { events, error, stoppedBy } = await follower.poll();
		expect(error).toMatchObject({ kind: 'notFound', code: 'ec5_15' });
		expect([events.length, stoppedBy]).toEqual([10, 'failure']);
		expect((await follower.poll()).events).toEqual([]);
	});
});

describe('a failure', () => {
	it('in the middle loses nothing: events and state up to there are returned with it', async () => {
		const world = datedWorld();
		world.add(1300);
		world.service.faults.add({
			fault: { type: 'status', status: 500, body: '' },
			kind: 'entries',
			skip: 1,
			times: 20,
		});
		const follower = new Follower(world);
		const { events, error, stoppedBy } = await follower.poll();
		expect([events.length, stoppedBy, error?.kind]).toEqual([500, 'failure', 'api']);
		world.service.faults.clear();
		expect((await follower.poll()).events).toHaveLength(800);
		sound(follower);
	});

	it('of the first request changes nothing', async () => {
		const world = datedWorld();
		world.add(3);
		world.service.settings.maintenance = {};
		const follower = new Follower(world);
		const { events, error, state } = await follower.poll();
		expect(events).toEqual([]);
		expect(error).toMatchObject({ kind: 'maintenance' });
		expect(state.streams[FORM]?.watermark).toBeUndefined();
	});

	it('of our own making is thrown: nothing was handed over, the old state holds', async () => {
		const follower = new Follower(datedWorld());
		const asker = () => async () => {
			throw new TypeError('a defect');
		};
		await expect(follower.poll({ client: { asker } })).rejects.toThrow(TypeError);
	});

	it('is not what a stop is: progress is kept, and it is said that it was stopped', async () => {
		const world = datedWorld();
		world.add(1300);
		const stop = new AbortController();
		world.before = (number) => {
			if (number === 2) stop.abort();
		};
		const follower = new Follower(world);
		const { stoppedBy, error, events } = await follower.poll({ limits: { signal: stop.signal } });
		expect([stoppedBy, events.length]).toEqual(['aborted', 999]);
		expect(error).toBeInstanceOf(AbortedError);
		await follower.toEnd();
		sound(follower);
	});

	it('between hand-over and saving repeats the same events with the same IDs; after saving, nothing', async () => {
		const world = datedWorld();
		world.add(700);
		const follower = new Follower(world);
		await follower.poll({ maxRequests: 1 });
		const lost = await follower.poll({ save: false });
		const again = await follower.poll();
		expect(again.events.map(({ eventId }) => eventId)).toEqual(lost.events.map(({ eventId }) => eventId));
		expect((await follower.poll()).events).toEqual([]);
		sound(follower);
	});
});

describe('changes of the project', () => {
	it('made private and public again delivers nothing again', async () => {
		const world = datedWorld();
		world.add(5, () => now(world));
		const follower = new Follower(world);
		const tokens = world.tokens();
		const client = world.client(tokens);
		await follower.poll({ client });
		for (const access of ['private', 'public'] as const) {
			world.project.row.access = access;
			const { events, notes } = await follower.poll({ client });
			expect([events, notes]).toEqual([[], []]);
		}
	});

	it('a count that has another name by now is asked for once, and is no edit, also at first contact', async () => {
		const world = datedWorld();
		const owner = world.upload(now(world));
		const plant = () => {
			const parts = { branchRef: BRANCH, ownerUuid: owner.uuid, answers: {}, ...now(world) };
			world.project.recountBranch(world.upload(parts));
		};
		const keys = ['1_Site_name', '2_How_many', '4_pH'];
		const old = question({ streams: [{ formRef: FORM, counts: ['4_Trees'], keys: [...keys, '4_Trees'] }] });
		const stream = { formRef: FORM, counts: ['5_Trees'], keys: [...keys, '5_Trees'] };
		const newer = jest.fn(async () => await Promise.resolve(question({ streams: [stream] })));
		const follower = new Follower(world, old);
		expect((await follower.poll({ newer })).events).toMatchObject([{ type: 'created', stream }]);
		plant();
		expect((await follower.poll({ newer })).events).toEqual([]);
		expect(newer).toHaveBeenCalledTimes(2);
		follower.question_ = question({ streams: [stream] });
		await follower.poll({ newer });
		expect(newer).toHaveBeenCalledTimes(2);
	});

	it('a form that is changed twice within one call delivers nothing again', async () => {
		const world = datedWorld();
		world.add(25, (i) => ({ uploadedAt: now(world).uploadedAt + i * SECOND }));
		world.service.settings.perPageCap = 10;
		const asked = async () => {
			const project = await world.client().project(SLUG, world.run());
			const streams = [{ formRef: FORM }];
			return syncQuestion({ server: SERVER, slug: SLUG, project, streams, start: 'beginning' });
		};
		const insert = () => {
			const { forms } = withQuestion(world.project, FORM, 0, { type: 'text', question: 'One more' });
			saveForms(world.project, forms, world.clock);
		};
		const follower = new Follower(world, await asked());
		let isBegun = false;
		world.before = () => {
			if (isBegun) insert();
			isBegun = true;
		};
		await follower.toEnd({ newer: asked });
		world.before = () => undefined;
		expect(follower.delivered).toHaveLength(25);
		follower.question_ = await asked();
		expect((await follower.poll()).events).toEqual([]);
		expect((await follower.poll()).events).toEqual([]);
		world.edit(uuid(24), 'within the second', world.stream.byUuid(uuid(24))?.uploadedAt);
		expect(typesOf((await follower.poll()).events)).toEqual(['updated']);
	});

	it('another mapping delivers nothing again, and says that the columns have changed', async () => {
		const world = datedWorld();
		world.add(5, () => now(world));
		const follower = new Follower(world);
		await follower.poll();
		follower.question_ = question({ mapIndex: 1 });
		const { events, notes } = await follower.poll();
		expect(events).toEqual([]);
		expect(notes).toEqual([{ type: 'shapeChanged', stream: { formRef: FORM, counts: ['5_Trees'] } }]);
		expect((await follower.poll()).notes).toEqual([]);
		const row = world.stream.byUuid(uuid(2)) as { answers: unknown };
		row.answers = { [NAME]: { answer: 'within the second' } };
		expect(typesOf((await follower.poll()).events)).toEqual(['updated']);
	});
});

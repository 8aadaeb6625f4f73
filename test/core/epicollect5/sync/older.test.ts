import { entryId } from '../../../../core/epicollect5/entry';
import { ApiError, RateLimitError } from '../../../../core/http/errors';
import { BRANCH, CHILD, FORM } from '../support/definition';
import { randomOf } from '../support/random';
import { SECOND, START, uuid, type RowParts, type World } from '../support/world';
import { datedWorld, Follower, MINUTE, namesOf, question, typesOf } from './support';

const now = (world: World) => Math.floor(world.clock.now() / SECOND) * SECOND;
/** That many entries, the last of them so many minutes ago, each some seconds after the one before. */
const past =
	(world: World, rows: number, everySeconds = 10, agoMinutes = 60) =>
	(i: number): RowParts => ({
		uploadedAt: now(world) - agoMinutes * MINUTE - (rows - i) * everySeconds * SECOND,
	});
/** Ten hours after {@link START}: dates in between are in the past. */
const later = (options: Parameters<typeof datedWorld>[0] = { limits: 'off' }): World => {
	const world = datedWorld(options);
	world.clock.advance(Math.max(0, START + 600 * MINUTE - world.clock.now()));
	return world;
};
const follow = (world: World, rows: number, more: Parameters<typeof question>[0] = {}): Follower => {
	world.add(rows, past(world, rows));
	return new Follower(world, question({ start: 'now', ...more }));
};
/** Polls until all is known from before the start. @returns how many polls it took */
async function toKnown(follower: Follower, options: Parameters<Follower['poll']>[0] = {}, most = 200) {
	for (let polls = 1; polls <= most; polls++) {
		const { older, stoppedBy, error } = await follower.poll(options);
		expect(error ?? older.error).toBeUndefined();
		if (stoppedBy === 'end' && older.left.length === 0) return polls;
		follower.world.clock.advance(MINUTE);
	}
	throw new Error('Never known');
}
const edited = async (follower: Follower, id: string, name = 'edited') => {
	follower.world.clock.advance(MINUTE);
	follower.world.edit(id, name, now(follower.world));
	return namesOf((await follower.poll({ maxRequests: 1 })).events);
};

describe('an entry from before the start', () => {
	it.each([
		['now', 1],
		['now', 499],
		['now', 500],
		['now', 501],
		['now', 1700],
		['a date', 1],
		['a date', 1700],
	])('is "updated" at its first edit, from "%s", of %i', async (from, rows) => {
		const world = later();
		const start = from === 'now' ? from : new Date(now(world) - 30 * MINUTE).toISOString();
		const follower = follow(world, rows, { start });
		await toKnown(follower);
		expect(follower.delivered).toHaveLength(0);
		expect(await edited(follower, uuid(0), 'the oldest')).toEqual(['updated the oldest']);
		expect(await edited(follower, uuid(rows - 1), 'the newest')).toEqual(['updated the newest']);
		world.upload({ name: 'New', uploadedAt: now(world) });
		expect(namesOf((await follower.poll()).events)).toEqual(['created New']);
	});

	it('costs no request where the first page holds all, and none once all are known', async () => {
		for (const [rows, requests] of [
			[0, 1],
			[500, 1],
			[501, 2],
			[1100, 3],
		] as const) {
			const world = later();
			const follower = follow(world, rows);
			const { summary, older } = await follower.poll();
			expect([rows, summary.requests, older.left]).toEqual([rows, requests, []]);
			for (let poll = 0; poll < 12; poll++) {
				world.clock.advance(5 * MINUTE);
				expect((await follower.poll()).summary.requests).toBe(1);
			}
		}
	});

	it('is "created" where it is edited before its turn has come, and "updated" from then on', async () => {
		const follower = follow(later(), 1700);
		await follower.poll({ maxRequests: 1 });
		expect(await edited(follower, uuid(3), 'early')).toEqual(['created early']);
		expect(await edited(follower, uuid(3), 'again')).toEqual(['updated again']);
		expect(await edited(follower, uuid(1300), 'of the first page')).toEqual(['updated of the first page']);
	});

	it('is met from the newest to the oldest, and makes no run incomplete', async () => {
		const world = later();
		const follower = follow(world, 1700);
		const first = await follower.poll({ maxRequests: 2 });
		expect(first).toMatchObject({ stoppedBy: 'end', left: [], older: { left: [FORM], pages: 1 } });
		expect(first.error).toBeUndefined();
		expect(first.summary).toMatchObject({ fetched: 0, created: 0, updated: 0, stoppedBy: 'end' });
		expect(await edited(follower, uuid(800), 'met')).toEqual(['updated met']);
		expect(await edited(follower, uuid(100), 'not met')).toEqual(['created not met']);
	});

	it('waits for what is new: in a backlog it has one of ten requests', async () => {
		const world = later();
		world.add(3000, past(world, 3000, 1));
		const start = new Date(now(world) - 60 * MINUTE + SECOND).toISOString();
		const follower = new Follower(world, question({ start }));
		world.add(12_000, (i) => ({ uploadedAt: now(world) - 59 * MINUTE + Math.floor(i / 5) * SECOND }));
		for (let calls = 0; calls < 22; calls++) await follower.poll({ maxRequests: 1 });
		const old = world.asked.map((query) => query.has('filter_to'));
		expect(old.filter(Boolean)).toHaveLength(2);
		expect([old[10], old[21]]).toEqual([true, true]);
		expect(old.slice(0, 10)).not.toContain(true);
	});

	it('has ten pages of a call, and waits out no window of the limit', async () => {
		const follower = follow(later(), 7000);
		expect((await follower.poll()).older).toMatchObject({ left: [FORM], pages: 10 });
		expect((await follower.poll()).older.left).toEqual([]);
		const strict = follow(later({ limits: 'production' }), 7000);
		const begun = strict.world.clock.now();
		const { stoppedBy, older, error } = await strict.poll({ limits: { share: 0.5 } });
		expect([stoppedBy, older.pages, error, older.error]).toEqual(['end', 1, undefined, undefined]);
		expect(strict.world.clock.now() - begun).toBeLessThanOrEqual(20 * SECOND);
	});

	it('is read only where nothing is left to do, when a host asks for nothing else', async () => {
		const world = later();
		const follower = follow(world, 1700);
		const { left } = await follower.poll({ maxRequests: 1 });
		expect(left).toEqual([]);
		const { summary, older, stoppedBy } = await follower.poll({ only: [] });
		expect([summary.requests, older, stoppedBy]).toEqual([3, { left: [], pages: 3 }, 'end']);
		expect(world.asked.slice(1).every((query) => query.has('filter_to'))).toBe(true);
	});

	it('is known after a restart as before it, in the middle of anything', async () => {
		const world = later();
		world.add(1500, past(world, 1500));
		world.add(1200, () => ({ uploadedAt: now(world) - 50 * MINUTE }));
		world.add(700, past(world, 700, 1, 20));
		const follower = new Follower(world, question({ start: 'now' }));
		await follower.poll({ maxRequests: 1 });
		for (let pages = 0; pages < 30; pages++) {
			const { state, older } = await follower.poll({ only: [], maxRequests: 1 });
			expect((await follower.poll({ only: [], maxRequests: 0 })).state).toEqual(state);
			if (older.left.length === 0) break;
		}
		expect(follower.state.streams[FORM]?.older).toBeUndefined();
		world.clock.advance(MINUTE);
		for (const id of world.ids) world.edit(id, 'edited', now(world));
		await follower.toEnd();
		expect(new Set(typesOf(follower.delivered))).toEqual(new Set(['updated']));
		expect(follower.delivered).toHaveLength(3400);
		expect(follower.repeated()).toEqual([]);
	});

	it('is known also where a second never shows all of its rows', async () => {
		const world = later();
		world.add(600, past(world, 600));
		world.add(1200, () => ({ uploadedAt: now(world) - 50 * MINUTE }));
		world.add(500, past(world, 500, 1, 20));
		const follower = new Follower(world, question({ start: 'now' }));
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
		await toKnown(follower, { client: { asker } });
		expect(await edited(follower, uuid(0))).toEqual(['updated edited']);
	});

	it('is met with smaller pages where the cap was lowered, also in a crowded second', async () => {
		const world = later();
		world.add(900, past(world, 900));
		world.add(1200, () => ({ uploadedAt: now(world) - 50 * MINUTE }));
		world.add(700, past(world, 700, 1, 20));
		const follower = new Follower(world, question({ start: 'now' }));
		world.before = (number) => {
			if (number === 5) world.service.settings.perPageCap = 300;
		};
		await toKnown(follower, { maxRequests: 3 });
		world.clock.advance(MINUTE);
		for (const id of world.ids) world.edit(id, 'edited', now(world));
		await follower.toEnd();
		expect(new Set(typesOf(follower.delivered))).toEqual(new Set(['updated']));
	});

	it('that is committed late into the overlap is new, however crowded that was at first contact', async () => {
		const world = later();
		const at = now(world);
		world.add(2000, (i) => ({ uploadedAt: at - Math.ceil((2000 - i) / 20) * SECOND }));
		const follower = new Follower(world, question({ start: 'now' }));
		let left = [''];
		for (; left.length > 0; world.clock.advance(SECOND)) ({ left } = await follower.poll({ maxRequests: 1 }));
		world.upload({ name: 'late', uploadedAt: at - 80 * SECOND });
		while (follower.state.streams[FORM]?.older) await follower.poll({ only: [] });
		expect(follower.delivered).toEqual([]);
		await follower.poll();
		expect(namesOf(follower.delivered)).toEqual(['created late']);
	});

	it('is none where the form was made after the first contact', async () => {
		const world = later();
		const first = question({ start: 'now', whole: true });
		const follower = new Follower(world, first);
		await follower.poll();
		follower.question_ = { ...first, streams: [...first.streams, { formRef: CHILD }] };
		world.add(700, (i) => ({ ...past(world, 700)(i), formRef: CHILD, answers: {} }));
		const { older, events } = await follower.poll();
		expect([older, events.length]).toEqual([{ left: [], pages: 0 }, 700]);
	});

	it('is waited for where the date to start from is still to come', async () => {
		const world = later();
		world.add(700, past(world, 700));
		const start = new Date(now(world) + 10 * MINUTE).toISOString();
		const follower = new Follower(world, question({ start }));
		expect((await follower.poll()).older).toEqual({ left: [], pages: 0 });
		expect(world.asked).toHaveLength(1);
		world.clock.advance(9 * MINUTE);
		const early = world.upload({ uploadedAt: now(world) });
		world.clock.advance(7 * MINUTE);
		expect((await follower.poll()).older).toEqual({ left: [], pages: 2 });
		expect(await edited(follower, early.uuid)).toEqual(['updated edited']);
	});

	it('keeps nothing from being delivered where only its reading fails, and is left alone after ten times', async () => {
		const world = later();
		const follower = follow(world, 1700);
		await follower.poll({ maxRequests: 1 });
		const { handle } = world.service;
		world.service.handle = async (request) => {
			const isOld = request.query.has('filter_to');
			if (isOld) world.service.faults.add({ fault: { type: 'status', status: 500, body: '' }, times: 1 });
			return await handle.call(world.service, request);
		};
		for (let call = 1; call <= 10; call++) {
			world.upload({ name: `${call}`, uploadedAt: now(world) });
			const { events, error, stoppedBy, older } = await follower.poll();
			expect([namesOf(events), error, stoppedBy]).toEqual([[`created ${call}`], undefined, 'end']);
			expect(older).toMatchObject({ pages: 0, left: call < 10 ? [FORM] : [], error: { kind: 'api' } });
			world.clock.advance(10 * MINUTE);
		}
		const asked = world.asked.length;
		expect((await follower.poll()).older).toEqual({ left: [], pages: 0 });
		expect(world.asked).toHaveLength(asked + 1);
	});

	it('is met in all forms and branches, those with the newest first, and when all have made contact', async () => {
		const world = later();
		const streams = [{ formRef: FORM }, { formRef: CHILD }, { formRef: FORM, branchRef: BRANCH }];
		world.add(700, past(world, 700, 10, 300));
		world.add(700, (i) => ({ ...past(world, 700)(i), formRef: CHILD, answers: {} }));
		world.add(700, (i) => ({ ...past(world, 700, 10, 180)(i), branchRef: BRANCH, answers: {} }));
		const follower = new Follower(world, question({ start: 'now', streams }));
		const { older } = await follower.poll({ maxRequests: 5 });
		const asked = world.asked.map((query) => query.get('branch_ref') ?? query.get('form_ref'));
		expect(asked).toEqual([FORM, CHILD, BRANCH, CHILD, BRANCH]);
		expect(older).toEqual({ left: [FORM], pages: 2 });
	});
});

describe('a story from "now" or a date on, in which anything happens at any time', () => {
	it.each(Array.from({ length: 24 }, (_, i) => i + 1))(
		'calls created what is new, updated what was known, and loses nothing (seed %i)',
		async (seed) => {
			const random = randomOf(seed);
			const world = later({ limits: random(3) === 0 ? 'production' : 'off', seed });
			if (random(3) === 0) world.service.settings.ties = 'shuffled';
			if (random(4) === 0) world.service.settings.perPageCap = 100 + random(300);
			const rows = [0, 3, 501, 1100, 1400][random(5)] ?? 0;
			const density = [1, 30, 2000][random(3)] ?? 1;
			const ago = (10 + random(300)) * MINUTE;
			world.add(rows, (i) => ({
				uploadedAt: now(world) - ago - Math.floor((rows - i) / density) * SECOND,
			}));
			const before = new Set(world.ids);
			const start = random(2) === 0 ? 'now' : new Date(now(world) + SECOND).toISOString();
			const follower = new Follower(world, question({ start }));
			// Contact first: what comes in the second of it is promised to nobody.
			while (follower.saved === 'null' || !follower.state.streams[FORM]?.begun) await follower.poll();
			world.clock.advance(2 * SECOND);
			const [added, changed] = [new Set<string>(), new Set<string>()];
			/** Edited before its ID can have been read. */
			const early = new Set<string>();
			world.before = () => {
				const { ids } = world;
				for (let act = random(3); act > 0; act--) {
					world.clock.advance(random(3) * 700);
					const id = ids[random(Math.max(1, ids.length))];
					const isUnmet = follower.state.streams[FORM]?.older !== undefined;
					if (random(3) === 0) added.add(world.upload({ uploadedAt: now(world) }).uuid);
					else if (id !== undefined && random(2) === 0) {
						world.edit(id, `edited ${random(1e9)}`, now(world));
						changed.add(id);
						if (isUnmet) early.add(id);
					}
				}
			};
			for (let polls = 8 + random(20); polls > 0; polls--) {
				const { error } = await follower.poll({
					...(random(4) === 0 && { maxRequests: 1 + random(4) }),
					...(random(6) === 0 && { batchSize: 1 + random(40) }),
					...(random(6) === 0 && { save: false }),
					limits: { deadline: world.clock.now() + 36 * SECOND },
				});
				expect(error === undefined || error.kind === 'incomplete').toBe(true);
				world.clock.advance(random(7) * MINUTE);
			}
			world.before = () => undefined;
			await toKnown(follower);
			world.clock.advance(6 * MINUTE);
			for (const id of before) world.edit(id, 'at last', now(world));
			await follower.toEnd();
			const first = new Map<string, string>();
			for (const { type, row } of follower.delivered) {
				if (!first.has(entryId(row))) first.set(entryId(row), type);
			}
			for (const id of added) expect([id, first.get(id)]).toEqual([id, 'created']);
			for (const id of before) {
				if (!early.has(id)) expect([id, first.get(id)]).toEqual([id, 'updated']);
				else expect(first.has(id)).toBe(true);
			}
			for (const id of changed) expect(first.has(id)).toBe(true);
			expect(follower.missing().filter((id) => added.has(id) || changed.has(id))).toEqual([]);
			expect(follower.repeated()).toEqual([]);
		},
	);

	it('costs no request beyond the budget where it cannot be read, and is tried again in later calls', async () => {
		const world = later();
		world.add(3000, (i) => ({ uploadedAt: now(world) - 300 * MINUTE + i * SECOND }));
		const start = new Date(now(world) - 200 * MINUTE).toISOString();
		world.add(15_000, (i) => ({ uploadedAt: now(world) - 190 * MINUTE + Math.floor(i / 5) * SECOND }));
		const follower = new Follower(world, question({ start }));
		const client = world.client();
		let requests = 0;
		const asker: typeof client.asker = (...given) => {
			const ask = client.asker(...given);
			return async (parameters) => {
				requests += 1;
				if ('filter_to' in parameters) {
					given[2].summary.requests += 1;
					throw new ApiError('Refused', { code: 'x', hint: 'x' });
				}
				return await ask(parameters);
			};
		};
		for (let poll = 1; poll <= 24; poll++) {
			await follower.poll({ client: { asker }, maxRequests: 1 });
			expect(requests).toBe(poll);
		}
		expect(follower.state.streams[FORM]?.older).toBeDefined();
	});

	it('costs no request as long as the date to start from is still to come', async () => {
		const world = later();
		world.add(700, (i) => ({ uploadedAt: now(world) - 60 * MINUTE + i * SECOND }));
		const start = new Date(now(world) + 3000 * MINUTE).toISOString();
		const follower = new Follower(world, question({ start }));
		for (let poll = 1; poll <= 23; poll++) {
			const before = world.asked.length;
			await follower.poll({ maxRequests: 1 });
			expect(world.asked.length - before).toBe(1);
			world.clock.advance(5 * MINUTE);
		}
	});

	it('takes none of the budget where the window of the limit is spent: the call ends at its deadline', async () => {
		const world = later({});
		world.add(600, past(world, 600));
		const start = new Date(now(world) - 60 * MINUTE).toISOString();
		world.add(6000, (i) => ({ uploadedAt: now(world) - 59 * MINUTE + Math.floor(i / 5) * SECOND }));
		const follower = new Follower(world, question({ start }));
		for (let poll = 0; poll < 10; poll++) await follower.poll({ maxRequests: 1 });
		expect(follower.state.olderWaits).toBe(10);
		const limits = { deadline: world.clock.now() + SECOND };
		expect(await follower.poll({ maxRequests: 1, limits })).toMatchObject({ stoppedBy: 'deadline' });
		expect(world.asked).toHaveLength(10);
		await follower.poll({ maxRequests: 1 });
		expect(world.asked.at(-1)?.has('filter_to')).toBe(true);
	});

	it('is not given up for a limit that others use up, however often', async () => {
		const world = later();
		const follower = follow(world, 1100);
		await follower.poll({ maxRequests: 1 });
		const client = world.client();
		const asker: typeof client.asker = (...given) => {
			const ask = client.asker(...given);
			return async (parameters) => {
				if ('filter_to' in parameters) throw new RateLimitError('Full', { code: 'ec5_255', hint: 'x' });
				return await ask(parameters);
			};
		};
		for (let poll = 0; poll < 30; poll++) await follower.poll({ client: { asker } });
		await toKnown(follower);
		expect(await edited(follower, world.ids[0]!)).toEqual(['updated edited']);
	});
});

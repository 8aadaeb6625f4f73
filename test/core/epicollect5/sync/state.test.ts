import { createHash } from 'node:crypto';
import { beginCrowd } from '../../../../core/epicollect5/crowd';
import { newCursor, type StreamCursor } from '../../../../core/epicollect5/sync/cursor';
import { idKey, idMark, idName } from '../../../../core/epicollect5/sync/idSet';
import { Fresh, Recent } from '../../../../core/epicollect5/sync/recent';
import { RowHasher } from '../../../../core/epicollect5/sync/rowHash';
import { openState, pendingMediaOf, saveState } from '../../../../core/epicollect5/sync/state';
import { parseProject } from '../../../../core/epicollect5/project';
import {
	allStreams,
	syncQuestion,
	type SyncQuestion,
	type SyncState,
} from '../../../../core/epicollect5/sync';
import { PROJECT_REF, BRANCH, CHILD, CHILD_BRANCH, FORM } from '../support/definition';
import { SECOND, SERVER, SLUG, START, uuid } from '../support/world';
import { datedWorld, Follower, MINUTE, question } from './support';

async function followed() {
	const world = datedWorld({ limits: 'off' });
	world.add(3);
	const follower = new Follower(world);
	await follower.poll();
	world.asked.length = 0;
	return { world, follower };
}

describe('a state', () => {
	it('is plain JSON, unchanged by coming through a text in the middle of anything', async () => {
		const world = datedWorld({ limits: 'off' });
		world.add(600, (i) => ({ uploadedAt: START + i * SECOND }));
		world.add(1200, () => ({ uploadedAt: START + 600 * SECOND }));
		const follower = new Follower(world);
		for (let stopped = ''; stopped !== 'end';) {
			const { state, stoppedBy } = await follower.poll({ maxRequests: 1 });
			expect(JSON.parse(JSON.stringify(state))).toEqual(state);
			const again = await follower.poll({ maxRequests: 0 });
			expect(again.state).toEqual(state);
			stopped = stoppedBy;
		}
		expect(follower.missing()).toEqual([]);
		expect(follower.repeated()).toEqual([]);
	});

	it('is not changed by the call that it is given to', async () => {
		const { world, follower } = await followed();
		const state = follower.state;
		const frozen = deepFreeze(structuredClone(state));
		world.add(700);
		const { events } = await follower.poll({ state: frozen });
		expect(events).toHaveLength(700);
		expect(frozen).toEqual(state);
	});

	it('takes at most 512 kB for 100,000 entries of which 6,000 came in the last ten minutes', async () => {
		const world = datedWorld({ limits: 'off' });
		world.add(94_000, (i) => ({ uploadedAt: START + i * 10 * SECOND }));
		world.add(6000, (i) => ({ uploadedAt: world.clock.now() - 600 * SECOND + Math.floor(i / 10) * SECOND }));
		const follower = new Follower(world);
		await follower.poll();
		expect(follower.delivered).toHaveLength(100_000);
		expect(Buffer.byteLength(follower.saved)).toBeLessThanOrEqual(512_000);
		world.clock.advance(20 * 60 * SECOND);
		await follower.toEnd();
		expect(Buffer.byteLength(follower.saved)).toBeLessThanOrEqual(420_000);
		world.edit(uuid(77));
		world.upload({ uploadedAt: world.clock.now() });
		expect((await follower.poll()).events.map(({ type }) => type)).toEqual(['updated', 'created']);
	}, 60_000);

	it('waits for the same files where a database has kept its properties in another order', () => {
		const state = fullState(10);
		const streams = Object.fromEntries(Object.entries(state.streams).reverse());
		expect(pendingMediaOf({ ...state, streams })).toEqual(pendingMediaOf(state));
		expect(openState({ ...state, streams }, manyForms(10)).pendingMedia).toEqual(pendingMediaOf(state));
	});

	it.each([1, 10, 20])(
		'takes at most 512 kB for 100,000 entries in %i forms, with all that can be under way at once',
		(count) => {
			const state = fullState(count);
			const { known, streams, pendingMedia } = openState(state, manyForms(count));
			expect([known.size, streams.size, pendingMedia.length]).toEqual([100_000, count, 300]);
			expect(saveState(openState(state, manyForms(count)))).toEqual(state);
			expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThanOrEqual(512_000);
		},
	);

	it.each<[string, Partial<SyncQuestion>, string]>([
		['another server', { server: 'https://other.test' }, 'Server URL'],
		['another project', { slug: 'other', projectRef: 'x' }, 'Project'],
		['other streams', { streams: [{ formRef: CHILD }] }, 'Forms and Branches'],
		['all streams', { whole: true }, 'Forms and Branches'],
		['another start', { start: 'now' }, 'Start From'],
		['another date to start from', { start: '2026-05-31' }, 'Start From'],
	])(
		'for %s is refused before anything is asked, and it is said what has changed',
		async (_what, more, field) => {
			const { world, follower } = await followed();
			follower.question_ = question(more);
			await expect(follower.poll()).rejects.toMatchObject({
				...{ kind: 'input', code: 'sync_question', field },
				message: expect.stringContaining(field) as string,
				hint: expect.stringContaining('reset') as string,
			});
			expect(world.asked).toEqual([]);
		},
	);

	it.each<[string, Partial<SyncQuestion>]>([
		['all of it', {}],
		['a form, which has another ref there', { streams: [{ formRef: CHILD }] }],
	])('of a project whose slug another one has taken is refused loudly (%s)', async (_what, more) => {
		const { world, follower } = await followed();
		follower.question_ = question({ projectRef: 'ffffffffffffffffffffffffffffffff', ...more });
		await expect(follower.poll()).rejects.toMatchObject({
			...{ kind: 'input', code: 'project_replaced', field: 'Project' },
			message: `Another project has taken the place of "${SLUG}"`,
		});
		expect(world.asked).toEqual([]);
	});

	it('for the same streams in another order, or another mapping, is taken', async () => {
		const world = datedWorld();
		const streams = [{ formRef: FORM }, { formRef: CHILD }];
		const follower = new Follower(world, question({ streams }));
		await follower.poll();
		follower.question_ = question({ streams: [...streams].reverse(), mapIndex: 1 });
		expect((await follower.poll()).stoppedBy).toBe('end');
	});

	it.each([0, 2, '1', undefined])('of version %j is refused', async (version) => {
		const { world, follower } = await followed();
		const state = { ...follower.state, version };
		await expect(follower.poll({ state })).rejects.toMatchObject({ kind: 'input', code: 'sync_version' });
		expect(world.asked).toEqual([]);
	});

	it.each<[string, (state: SyncState) => unknown]>([
		['a text', () => 'x'],
		['a list', () => []],
		['nothing in it', () => ({})],
		['no streams', (state) => ({ ...state, streams: undefined })],
		['a stream that is none', (state) => ({ ...state, streams: { [FORM]: 5 } })],
		['no recent', (state) => stream(state, { recent: undefined })],
		['damaged recent', (state) => stream(state, { recent: '5.abc' })],
		['recent with odd letters', (state) => stream(state, { recent: '5.abcdefghi!' })],
		['recent at no time', (state) => stream(state, { recent: '?.abcdefghij' })],
		['recent that is no text', (state) => stream(state, { recent: { 5: 'abcdefghij' } })],
		['damaged ids', (state) => ({ ...state, known: '5.20.x' })],
		['no ids', (state) => ({ ...state, known: undefined })],
		['older entries before no time', (state) => stream(state, { older: {} })],
		['a watermark that is no date', (state) => stream(state, { watermark: 'soon' })],
		['a floor that is no text', (state) => stream(state, { floor: 5 })],
		['a shape that is no text', (state) => stream(state, { shape: 5 })],
		['a page size that is no number', (state) => ({ ...state, pageSize: 'x' })],
		['a page without rows', (state) => ({ ...state, pageSize: { rows: 0 } })],
		['pending media of no stream', (state) => ({ ...state, pendingMedia: ['0 9 0 a a a x *'] })],
		['no pending media', (state) => ({ ...state, pendingMedia: undefined })],
		['pending media that are none', (state) => ({ ...state, pendingMedia: [{ name: 'x' }] })],
	])('with %s is refused, not begun anew', async (_what, damage) => {
		const { world, follower } = await followed();
		const state = damage(follower.state);
		await expect(follower.poll({ state })).rejects.toMatchObject({ kind: 'input', code: 'sync_state' });
		expect(world.asked).toEqual([]);
	});

	it('keeps no name of a stream from being one of JavaScript', async () => {
		const world = datedWorld();
		const follower = new Follower(
			world,
			question({ streams: [{ formRef: '__proto__' }, { formRef: FORM }] }),
		);
		const { error } = await follower.poll();
		expect(error).toMatchObject({ code: 'ec5_15' });
		expect(Object.keys(follower.state.streams)).toEqual(['__proto__', FORM]);
		await follower.poll();
		expect(({} as { begun?: unknown }).begun).toBeUndefined();
	});
});

function stream(state: { streams: Record<string, object> }, more: object) {
	return { ...state, streams: { [FORM]: { ...state.streams[FORM], ...more } } };
}

const formRef = (form: number) => `${PROJECT_REF}_${(0x6630a1f2c0001 + form).toString(16)}`;

function manyForms(count: number): SyncQuestion {
	const streams = Array.from({ length: count }, (_, form) => ({ formRef: formRef(form) }));
	return question({ streams, start: 'now' });
}

/** IDs as phones make them. */
const randomUuid = (i: number) =>
	createHash('sha256')
		.update(String(i))
		.digest('hex')
		.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

/**
 * What a state holds at worst: 100,000 entries, of which 6,000 came in the last ten minutes, each form read half way, with
 * a crowded second among what is new and one among what is older, and 300 files awaited.
 */
function fullState(count: number): SyncState {
	const form = manyForms(count);
	const at = START + 1000 * SECOND;
	const shares = (all: number) => Math.floor(all / count);
	const streams = form.streams.map((stream, number): [string, StreamCursor] => {
		const hasher = new RowHasher(new Set());
		const fresh = Array.from({ length: shares(6000) }, (_, i) => {
			const id = randomUuid(number * shares(6000) + i);
			return new Fresh(at - (i % 600) * SECOND, idMark(id), { ec5_uuid: id, title: id }, hasher);
		});
		const crowd = {
			...beginCrowd(at),
			...{ counted: 600, pass: 2, page: 2, size: 500 },
			met: new Set(Array.from({ length: shares(600) }, (_, i) => idName(randomUuid(i)))),
		};
		const cursor = {
			...newCursor('now'),
			...{ begun: true, watermark: at, floor: at - 5 * MINUTE, shape: 'AbCdEfGhI' },
			round: { from: at - 5 * MINUTE, anchor: at, owed: at - 5 * MINUTE, crowd },
			older: { anchor: START, crowd: { ...crowd, second: START } },
			recent: Recent.EMPTY.with(fresh, at - 10 * MINUTE),
		};
		return [stream.formRef, cursor];
	});
	const keys = Array.from({ length: 100_000 }, (_, i) => idKey(randomUuid(i)));
	const pendingMedia = Array.from({ length: 300 }, (_, i) => {
		const [id, ref] = [randomUuid(i), formRef(i % count)];
		const eventId = `${SLUG}/${ref}/${id}/${new Date(at + i * SECOND).toISOString()}`;
		const media = {
			name: `${id}_1767614400.jpg`,
			type: 'photo' as const,
			questionRef: `${ref}_6630a1f2c1001`,
		};
		return { ...media, entryId: id, eventId, since: at, tries: 3, nextAt: at + 60 * MINUTE };
	});
	const opened = openState(null, form);
	const known = opened.known.with(keys);
	return saveState({ ...opened, known, streams: new Map(streams), olderWaits: 5, pendingMedia });
}

function deepFreeze<T>(value: T): T {
	if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
	return value;
}

describe('a question', () => {
	const project = async () => {
		const world = datedWorld();
		return await world.client().project(SLUG, world.run());
	};

	it('follows all forms and branches where none is named, and knows which answers there are and which are counts', async () => {
		const asked = syncQuestion({ server: SERVER, slug: SLUG, project: await project(), start: 'now' });
		expect(asked).toEqual({
			...{ server: SERVER, slug: SLUG, projectRef: PROJECT_REF, mapIndex: 0, whole: true, start: 'now' },
			streams: [
				{ formRef: FORM, counts: ['5_Trees'], keys: ['1_Site_name', '2_How_many', '4_pH', '5_Trees'] },
				{ formRef: FORM, branchRef: BRANCH, counts: [], keys: ['6_Species', '8_Leaf_photo'] },
				{ formRef: CHILD, counts: ['10_Birds'], keys: ['9_Visit_date', '10_Birds'] },
				{ formRef: CHILD, branchRef: CHILD_BRANCH, counts: [], keys: ['11_Bird'] },
			],
		});
		expect(allStreams(parseProject({ data: { project: { forms: [] } } }))).toEqual([]);
	});

	it('takes a date in any spelling of ISO, and names what is none', async () => {
		const choice = { server: SERVER, slug: SLUG, project: await project(), streams: [{ formRef: FORM }] };
		expect(syncQuestion({ ...choice, start: '2026-05-31' }).start).toBe('2026-05-31T00:00:00.000Z');
		expect(syncQuestion({ ...choice, start: '2026-05-31T10:00+02:00' }).start).toBe(
			'2026-05-31T08:00:00.000Z',
		);
		for (const start of ['', 'soon', '2026-02-30', 'NOW']) {
			expect(() => syncQuestion({ ...choice, start })).toThrow(
				expect.objectContaining({ kind: 'input', code: 'date', field: 'Start From' }),
			);
		}
	});

	it('refuses a form, branch or mapping that is not there', async () => {
		const choice = { server: SERVER, slug: SLUG, project: await project(), start: 'now' };
		for (const more of [
			{ streams: [{ formRef: 'x' }] },
			{ streams: [{ formRef: FORM, branchRef: CHILD_BRANCH }] },
			{ mapIndex: 7 },
		]) {
			expect(() => syncQuestion({ ...choice, ...more })).toThrow(expect.objectContaining({ kind: 'input' }));
		}
	});
});

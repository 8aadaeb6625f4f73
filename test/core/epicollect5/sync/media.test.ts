import {
	pendingMediaOf,
	dueMedia,
	GIVE_UP_AFTER_MS,
	MOST_PENDING,
	syncMedia,
	withMissingMedia,
	type MissingMedia,
	type SyncState,
} from '../../../../core/epicollect5/sync';
import { addMissing } from '../../../../core/epicollect5/sync/pendingMedia';
import { SLUG, uuid, type World } from '../support/world';
import { datedWorld, Follower, MINUTE, question } from './support';

const HOUR = 60 * MINUTE;
const missing = (name: string, type: MissingMedia['type'] = 'photo'): MissingMedia => ({
	...{ name, type, questionRef: 'q', entryId: uuid(0), eventId: `${SLUG}/f/${uuid(0)}/x` },
});
const arrive = (world: World, name: string, format: string, contentType: string) =>
	world.project.addMedia({ name, format, bytes: 5000, contentType });

async function pendingWorld(...media: MissingMedia[]) {
	const world = datedWorld();
	world.add(1);
	const follower = new Follower(world);
	const { state } = await follower.poll();
	const kept = withMissingMedia(state, media, world.clock.now());
	const ask = async (given: SyncState, more: object = {}) => {
		const { clock } = world;
		const plain = JSON.parse(JSON.stringify(given)) as SyncState;
		const options = { client: world.client(), question: question(), run: world.run(), clock };
		return await syncMedia({ ...options, state: plain, ...more });
	};
	return { world, follower, state: kept.state, ask };
}

describe('files that were missing', () => {
	it('are asked for at growing intervals, and reported when they have come', async () => {
		const { world, ask, ...rest } = await pendingWorld(missing('a.jpg'));
		let { state } = rest;
		const asked: number[] = [];
		const begun = world.clock.now();
		for (let minute = 0; minute < 3 * 24 * 60; minute += 5) {
			const before = world.transport.sent.length;
			state = (await ask(state)).state;
			// The first time, what the server shows for a name that cannot exist is asked for too.
			if (world.transport.sent.length > before) asked.push((world.clock.now() - begun) / MINUTE);
			world.clock.advance(5 * MINUTE);
		}
		expect(asked).toEqual([10, 40, 100, 220, 460, 940, 1900, 2860, 3820]);
		arrive(world, 'a.jpg', 'entry_original', 'image/jpeg');
		world.clock.advance(16 * HOUR);
		const { events, state: after, stoppedBy } = await ask(state);
		expect(events).toEqual([{ event: 'mediaArrived', ...missing('a.jpg') }]);
		expect([after.pendingMedia, stoppedBy]).toEqual([[], 'end']);
	});

	it.each(['audio', 'video'] as const)('may be %s, of which one byte is asked for', async (type) => {
		const { world, state, ask } = await pendingWorld(missing('a.mp4', type));
		world.clock.advance(10 * MINUTE);
		const first = await ask(state);
		expect([first.events, pendingMediaOf(first.state)[0]?.tries]).toEqual([[], 1]);
		arrive(world, 'a.mp4', type, `${type}/mp4`);
		world.clock.advance(30 * MINUTE);
		const { events } = await ask(first.state, { publicProject: true });
		expect(events).toHaveLength(1);
		expect(world.transport.sent.at(-1)).toMatchObject({
			url: expect.stringMatching(/\/api\/media\//) as string,
			headers: expect.objectContaining({ Range: 'bytes=0-0' }) as object,
		});
	});

	it('stay in the state while entries are followed, and the entries while files are', async () => {
		const { world, follower, state, ask } = await pendingWorld(missing('a.jpg'));
		world.upload({ uploadedAt: world.clock.now() });
		const polled = await follower.poll({ state });
		expect(polled.state.pendingMedia).toEqual(state.pendingMedia);
		expect((await ask(polled.state)).state).toEqual(polled.state);
	});

	it('are given up after 30 days, and that is said', async () => {
		const { world, state, ask } = await pendingWorld(missing('a.jpg'));
		world.clock.advance(GIVE_UP_AFTER_MS);
		const { givenUp, events, state: after } = await ask(state);
		expect(givenUp).toMatchObject([{ name: 'a.jpg', tries: 0 }]);
		expect([events, after.pendingMedia]).toEqual([[], []]);
	});

	it('are not missing for any other reason: a failure ends the call, counts as no try, and keeps what has come', async () => {
		const { world, state, ask } = await pendingWorld(missing('a.jpg'), missing('b.mp4', 'video'));
		arrive(world, 'a.jpg', 'entry_original', 'image/jpeg');
		world.clock.advance(10 * MINUTE);
		const fault = { type: 'status', status: 500, body: '' } as const;
		world.service.faults.add({ fault, kind: 'media', skip: 2, times: 20 });
		const { events, error, stoppedBy, state: after } = await ask(state);
		expect(events).toHaveLength(1);
		expect([error?.kind, stoppedBy]).toEqual(['api', 'failure']);
		expect(after.pendingMedia).toEqual(state.pendingMedia.slice(1));
	});

	it('wait for the next call where the limit leaves no time, or a number is set', async () => {
		const { world, state, ask } = await pendingWorld(
			...Array.from({ length: 15 }, (_, i) => missing(`${i}.mp4`, 'video')),
		);
		world.clock.advance(10 * MINUTE);
		const some = await ask(state, { most: 2 });
		expect([some.stoppedBy, dueMedia(pendingMediaOf(some.state), world.clock.now()).length]).toEqual([
			'limit',
			13,
		]);
		const deadline = world.clock.now() + 30_000;
		const { stoppedBy, error, state: after } = await ask(some.state, { run: world.run({ deadline }) });
		expect([stoppedBy, error]).toEqual(['deadline', undefined]);
		expect(dueMedia(pendingMediaOf(after), world.clock.now())).toHaveLength(5);
	});

	it('are at most 300: the oldest make room, and are named', () => {
		const many = Array.from({ length: MOST_PENDING + 5 }, (_, i) => missing(`${i}.jpg`));
		const first = addMissing([], many.slice(0, 100), 1);
		const { pending, dropped } = addMissing(first.pending, many.slice(100), 2);
		expect(pending).toHaveLength(MOST_PENDING);
		expect(dropped.map(({ name }) => name)).toEqual(['0.jpg', '1.jpg', '2.jpg', '3.jpg', '4.jpg']);
	});

	it('are known once: missed again, they keep their age', () => {
		const { pending } = addMissing([], [missing('a.jpg')], 1000);
		const again = addMissing(pending, [{ ...missing('a.jpg'), eventId: 'newer' }], 9000).pending;
		expect(again).toMatchObject([{ eventId: 'newer', since: 1000, tries: 0, nextAt: 1000 + 10 * MINUTE }]);
	});

	it('are asked for although the clock was set back', () => {
		const { pending } = addMissing([], [missing('a.jpg')], 365 * 24 * HOUR);
		expect(dueMedia(pending, 0)).toHaveLength(1);
	});

	it('with names that lead elsewhere are not asked for, and keep no other waiting', async () => {
		const { world, state, ask } = await pendingWorld(missing('../a.jpg'), missing('b.mp4', 'video'));
		arrive(world, 'b.mp4', 'video', 'video/mp4');
		world.clock.advance(10 * MINUTE);
		const { error, stoppedBy, events, state: after } = await ask(state);
		expect(error).toMatchObject({ code: 'media_name' });
		expect([stoppedBy, events.map(({ name }) => name)]).toEqual(['failure', ['b.mp4']]);
		expect(after.pendingMedia).toMatchObject([{ name: '../a.jpg', tries: 1 }]);
		expect(world.transport.sent.filter(({ url }) => url.includes('/media/'))).toHaveLength(1);
	});
});

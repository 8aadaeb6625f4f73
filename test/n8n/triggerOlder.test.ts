import { BRANCH } from '../core/epicollect5/support/definition';
import { uuid, type World } from '../core/epicollect5/support/world';
import {
	idsOf,
	MODES,
	namesOf,
	parametersOf,
	serverWorld,
	TriggerHost,
	type Json,
	type Mode,
} from './triggerHost';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** More than two pages. */
const OLDER = 1_200;
const now = (world: World) => ({ uploadedAt: world.clock.now() });

/** A form with entries from long before the trigger starts. */
const following = (more: Json = {}, mode?: Mode) => {
	const world = serverWorld();
	world.add(OLDER, (index) => ({ uploadedAt: world.clock.now() - 10 * DAY + index * 1_000 }));
	return { world, host: new TriggerHost(world, parametersOf({ startFrom: 'now', ...more }), mode) };
};
const polls = async (host: TriggerHost, count: number) => {
	for (let poll = 0; poll < count; poll++) {
		const { error } = await host.poll();
		if (error) throw error;
		host.world.clock.advance(MINUTE);
	}
};
/** Enough for three pages, whatever else is asked for. */
const MEETING = 20;

describe.each(MODES)('What was there before the start of a trigger, in an n8n that polls %s', (mode) => {
	it('is not delivered, and its first edit is an update, also where only those are wanted', async () => {
		const { world, host } = following({ events: ['updated'] }, mode);
		await polls(host, MEETING);
		expect(host.delivered).toEqual([]);
		for (const number of [0, 600, OLDER - 1]) world.edit(uuid(number), 'edited');
		world.upload(now(world));
		await polls(host, 2);
		expect(namesOf(host.delivered)?.sort()).toEqual(['updated 0', 'updated 1199', 'updated 600']);
	});

	it('keeps no new entry waiting, while it is read', async () => {
		const { world, host } = following({}, mode);
		await polls(host, 1);
		for (let minute = 0; minute < MEETING; minute++) {
			world.upload(now(world));
			expect(namesOf((await host.poll()).items)).toEqual([`created ${OLDER + minute}`]);
			world.clock.advance(MINUTE);
		}
		world.edit(uuid(0), 'edited');
		expect(namesOf((await host.poll()).items)).toEqual(['updated 0']);
	});

	it('is known after a restart as well, without being read a second time', async () => {
		const { world, host } = following({}, mode);
		await polls(host, MEETING);
		host.startProcess();
		world.transport.sent.length = 0;
		await polls(host, 5);
		expect(world.transport.sent.filter(({ url }) => url.includes('/entries/'))).toHaveLength(5);
		world.edit(uuid(3), 'edited');
		expect(namesOf((await host.poll()).items)).toEqual(['updated 3']);
	});

	it('costs nothing when it is known: one request for each form or branch and poll', async () => {
		const { world, host } = following({}, mode);
		await polls(host, MEETING);
		world.transport.sent.length = 0;
		await polls(host, 10);
		expect(world.transport.sent.filter(({ url }) => url.includes('/entries/'))).toHaveLength(10);
	});

	it('makes no difference to a batch that was lost: it comes again as it was, wherever n8n is ended', async () => {
		const { world, host } = following({}, mode);
		await polls(host, 1);
		let restarts = 0;
		for (let step = 0; step < 30; step++) {
			world.upload(now(world));
			if (step % 4 === 1) world.edit(uuid(step * 30), `edit ${step}`);
			const ends = step % 3 === 2;
			await host.poll(ends ? 'killed' : 'executed');
			if (ends) host.startProcess();
			restarts += ends ? 1 : 0;
			world.clock.advance(MINUTE);
		}
		world.clock.advance(10 * MINUTE);
		await host.toRest();
		const expected = world.stream.all().filter((row) => row.uploadedAt > world.clock.now() - DAY);
		const delivered = new Map(
			host.delivered.map((item) => [String(item.ec5_uuid), String(item.uploaded_at)]),
		);
		for (const row of expected) expect(delivered.get(row.uuid)).toBe(new Date(row.uploadedAt).toISOString());
		expect(delivered.size).toBe(expected.length);
		const fresh = host.delivered.filter(({ redelivered }) => !redelivered);
		expect(new Set(idsOf(fresh)).size).toBe(fresh.length);
		expect(host.delivered.length - fresh.length).toBeLessThanOrEqual(restarts * 2);
		const kinds = new Map(host.delivered.map((item) => [String(item.ec5_uuid), item.event]));
		for (let number = OLDER; number < OLDER + 30; number++) expect(kinds.get(uuid(number))).toBe('created');
	});

	it('is read in a whole project too, where the polls have always more forms to ask for', async () => {
		const { world, host } = following({ watch: 'project' }, mode);
		await polls(host, 90);
		world.edit(uuid(0), 'edited');
		world.upload({ ...now(world), branchRef: BRANCH, ownerUuid: uuid(0) });
		await polls(host, 4);
		expect(host.delivered.map(({ event, branch }) => [event, branch]).sort()).toEqual([
			['created', 'Trees'],
			['updated', null],
		]);
	});
});

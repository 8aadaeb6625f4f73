import { BRANCH } from '../core/epicollect5/support/definition';
import { uuid, type World } from '../core/epicollect5/support/world';
import { parametersOf, serverWorld, TriggerHost, type Json } from './triggerHost';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const PHOTO = `${BRANCH}_6630a1f2c1062_6630a1f2c1063`;
const arrive = (world: World, name: string) =>
	['entry_original', 'entry_thumb'].forEach((format) =>
		world.project.addMedia({ name, format, bytes: 5_000, contentType: 'image/jpeg' }),
	);
const leaf = (world: World, name: string, uploadedAt = world.clock.now()) =>
	world.upload({ branchRef: BRANCH, ownerUuid: uuid(0), uploadedAt, answers: { [PHOTO]: { answer: name } } });
const following = (more: Json = {}) => {
	const world = serverWorld();
	world.upload();
	const watch = { watch: 'branch', form: { __rl: true, mode: 'id', value: 'Site' } };
	const branch = { __rl: true, mode: 'id', value: 'Trees' };
	const parameters = parametersOf({ ...watch, branch, events: ['created', 'mediaArrived'], ...more });
	return { world, host: new TriggerHost(world, parameters) };
};
const filesOf = (items: readonly Json[] | undefined) =>
	items?.filter(({ event }) => event === 'mediaArrived').map(({ name }) => name);

describe('A trigger that watches files', () => {
	it('tells of a file that is there together with its entry', async () => {
		const { world, host } = following();
		arrive(world, 'a.jpg');
		leaf(world, 'a.jpg');
		const { items } = await host.poll();
		expect(items?.map(({ event }) => event)).toEqual(['created', 'mediaArrived']);
		expect(items?.[1]).toEqual({
			event: 'mediaArrived',
			form: 'Site',
			branch: 'Trees',
			eventId: `${String(items?.[0]?.eventId)}/a.jpg`,
			entryId: uuid(1),
			name: 'a.jpg',
			type: 'photo',
			questionRef: PHOTO,
		});
	});

	it('tells once of a file that comes days later, and asks for it now and then only', async () => {
		const { world, host } = following();
		leaf(world, 'late.jpg');
		await host.poll();
		world.transport.sent.length = 0;
		for (let at = 0; at < 2 * DAY; at += 10 * MINUTE) {
			if (at === DAY) arrive(world, 'late.jpg');
			world.clock.advance(10 * MINUTE);
			await host.poll();
		}
		expect(filesOf(host.delivered)).toEqual(['late.jpg']);
		expect(world.transport.sent.filter(({ url }) => url.includes('/media/')).length).toBeLessThan(20);
	});

	it('tells of a file again where the batch that told of it may be lost', async () => {
		const { world, host } = following();
		leaf(world, 'late.jpg');
		await host.poll();
		arrive(world, 'late.jpg');
		world.clock.advance(45 * MINUTE);
		expect(filesOf((await host.poll('killed')).items)).toEqual(['late.jpg']);
		host.startProcess();
		world.clock.advance(MINUTE);
		expect((await host.poll()).items).toMatchObject([{ name: 'late.jpg', redelivered: true }]);
		world.clock.advance(DAY);
		expect((await host.poll()).items).toBeUndefined();
	});

	it('tells of files only, where only they are watched', async () => {
		const { world, host } = following({ events: ['mediaArrived'] });
		arrive(world, 'a.jpg');
		leaf(world, 'a.jpg');
		leaf(world, 'b.jpg');
		await host.toRest();
		arrive(world, 'b.jpg');
		world.clock.advance(45 * MINUTE);
		await host.toRest();
		expect(host.delivered.map(({ event, name }) => [event, name])).toEqual([
			['mediaArrived', 'a.jpg'],
			['mediaArrived', 'b.jpg'],
		]);
	});

	it('waits for no file of an entry that is older than a month', async () => {
		const { world, host } = following();
		leaf(world, 'old.jpg', world.clock.now() - 31 * DAY);
		arrive(world, 'old.jpg');
		await host.toRest();
		expect(filesOf(host.delivered)).toEqual([]);
	});

	it('says so in the log where more files are awaited than there is room for', async () => {
		const { world, host } = following();
		for (let i = 0; i < 310; i++) leaf(world, `${i}.jpg`);
		await host.poll();
		expect(host.log.join()).toContain('too many files are awaited. 10 of them will not be announced.');
	});

	it('shows a real file in a test run', async () => {
		const { world, host } = following({ events: ['mediaArrived'] });
		leaf(world, 'a.jpg');
		expect((await host.test()).items).toMatchObject([{ event: 'mediaArrived', name: 'a.jpg', form: 'Site' }]);
	});
});

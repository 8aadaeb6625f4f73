import { IMPOSSIBLE_NAME } from '../../core/epicollect5/media';
import { BRANCH } from '../core/epicollect5/support/definition';
import { SLUG, uuid, type World } from '../core/epicollect5/support/world';
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

	it('tells of no more files at once than a batch may have, and of the others with the next polls', async () => {
		const { world, host } = following({ events: ['mediaArrived'], options: { batchSize: 2 } });
		const names = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.jpg`);
		names.forEach((name) => leaf(world, name));
		await host.toRest();
		names.forEach((name) => arrive(world, name));
		world.clock.advance(DAY);
		const polls = await host.toRest();
		expect(polls.map(({ length }) => length)).toEqual([2, 2, 1]);
		expect(filesOf(host.delivered)?.sort()).toEqual(names);
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

	it('marks a file that it tells of again, although the server did not have it for a while', async () => {
		const { world, host } = following();
		leaf(world, 'late.jpg');
		await host.poll();
		arrive(world, 'late.jpg');
		world.clock.advance(45 * MINUTE);
		await host.poll('killed');
		host.startProcess();
		world.project.media.clear();
		world.clock.advance(MINUTE);
		await host.toRest();
		arrive(world, 'late.jpg');
		world.clock.advance(DAY);
		expect((await host.poll()).items).toMatchObject([{ name: 'late.jpg', redelivered: true }]);
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

describe('A trigger that downloads files', () => {
	const options = { downloadMedia: ['photo'] };
	const FIELD = '8_Leaf_photo';
	const mediaRequests = (world: World) =>
		world.transport.sent.filter(({ url }) => url.includes('/media/') && !url.includes(IMPOSSIBLE_NAME));
	const missingIn = (items: readonly Json[]) => items.map(({ mediaMissing }) => mediaMissing);

	it('delivers an entry with its file, which is not told of once more, through the faster door', async () => {
		const { world, host } = following({ options });
		arrive(world, 'a.jpg');
		leaf(world, 'a.jpg');
		await host.toRest();
		expect(host.delivered.map(({ event }) => event)).toEqual(['created']);
		expect(missingIn(host.delivered)).toEqual([undefined]);
		expect(host.files).toEqual([{ [FIELD]: 5_000 }]);
		expect(mediaRequests(world)).toHaveLength(1);
		expect(mediaRequests(world)[0]?.url).toContain('/api/media/');
	});

	it('holds no entry back for a file that comes later, and delivers the file when it is there', async () => {
		const { world, host } = following({ options });
		leaf(world, 'late.jpg');
		await host.toRest();
		expect(missingIn(host.delivered)).toEqual([['late.jpg']]);
		expect(host.files).toEqual([{}]);
		arrive(world, 'late.jpg');
		world.clock.advance(45 * MINUTE);
		await host.toRest();
		expect(host.delivered.map(({ event, mediaMissing }) => [event, mediaMissing])).toEqual([
			['created', ['late.jpg']],
			['mediaArrived', undefined],
		]);
		expect(host.files[1]).toEqual({ [FIELD]: 5_000 });
	});

	it('names the files that it has no time for, and gets all of them with later polls, waiting for no window', async () => {
		const { world, host } = following({ options });
		for (let i = 0; i < 12; i++) {
			arrive(world, `${i}.jpg`);
			leaf(world, `${i}.jpg`);
		}
		world.transport.options.takesMs = 3_000;
		const begun = world.clock.now();
		const { items } = await host.poll();
		expect(world.clock.now() - begun).toBeLessThanOrEqual(36_000);
		expect(items).toHaveLength(12);
		const missing = missingIn(items ?? [])
			.flat()
			.filter(Boolean);
		expect(missing.length).toBeGreaterThan(0);
		world.clock.advance(MINUTE);
		await host.toRest(3);
		const came = host.files.flatMap((files) => Object.values(files));
		expect(came).toEqual(Array.from({ length: 12 }, () => 5_000));
		expect(filesOf(host.delivered)).toEqual(missing);
	});

	it('names a file once and asks for it no more where nobody wants to be told of files', async () => {
		const { world, host } = following({ options, events: ['created'] });
		leaf(world, 'late.jpg');
		await host.poll();
		arrive(world, 'late.jpg');
		world.clock.advance(DAY);
		await host.toRest();
		expect(missingIn(host.delivered)).toEqual([['late.jpg']]);
		expect(mediaRequests(world)).toHaveLength(1);
	});

	it('delivers a file again with the batch that may be lost', async () => {
		const { world, host } = following({ options });
		arrive(world, 'a.jpg');
		leaf(world, 'a.jpg');
		await host.poll('killed');
		host.startProcess();
		world.clock.advance(MINUTE);
		await host.toRest();
		expect(host.delivered).toMatchObject([{ event: 'created', redelivered: true }]);
		expect(host.files).toEqual([{ [FIELD]: 5_000 }]);
	});

	it('marks a file that it tells of again, also where the poll after the restart has no time for files', async () => {
		const { world, host } = following({ options });
		leaf(world, 'late.jpg');
		await host.toRest();
		arrive(world, 'late.jpg');
		arrive(world, 'large.jpg');
		leaf(world, 'large.jpg');
		world.clock.advance(45 * MINUTE);
		const lost = await host.poll('killed');
		expect(lost.items?.map(({ event }) => event)).toEqual(['created', 'mediaArrived']);
		host.startProcess();
		world.clock.advance(MINUTE);
		world.service.limiter.eat({ bucket: 'appMediaMinute', key: SLUG }, 300);
		const entry = (await host.poll()).items;
		expect(entry).toMatchObject([{ event: 'created', redelivered: true, mediaMissing: ['large.jpg'] }]);
		world.clock.advance(MINUTE);
		await host.toRest();
		const files = host.delivered.filter(({ event }) => event === 'mediaArrived');
		expect(files.map(({ name, redelivered }) => [name, redelivered])).toEqual([
			['late.jpg', true],
			['large.jpg', undefined],
		]);
	});

	it('tells of a file without it where a whole poll is too short for it, and goes on with the others', async () => {
		const { world, host } = following({ options });
		for (const name of ['large.jpg', 'small.jpg']) {
			arrive(world, name);
			leaf(world, name);
		}
		const timeout = jest.spyOn(AbortSignal, 'timeout');
		const send = world.transport.request.bind(world.transport);
		let time = new AbortController();
		world.transport.request = async (request) => {
			if (!request.url.includes('large.jpg')) return await send(request);
			time.abort(new DOMException('late', 'TimeoutError'));
			throw time.signal.reason;
		};
		for (let polls = 0; polls < 4; polls++) {
			time = new AbortController();
			timeout.mockReturnValue(time.signal);
			await host.poll();
			world.clock.advance(MINUTE);
		}
		timeout.mockRestore();
		expect(host.delivered.map(({ event, name, mediaMissing }) => [event, name, mediaMissing])).toEqual([
			['created', undefined, ['large.jpg']],
			['created', undefined, ['small.jpg']],
			['mediaArrived', 'large.jpg', ['large.jpg']],
			['mediaArrived', 'small.jpg', undefined],
		]);
		expect(host.files.slice(2)).toEqual([{}, { [FIELD]: 5_000 }]);
	});

	it('delivers the entries where the service refuses a file, and says so in the log', async () => {
		const { world, host } = following({ options });
		leaf(world, 'a.jpg');
		const send = world.transport.request.bind(world.transport);
		world.transport.request = async (request) => {
			if (!request.url.includes('/media/')) return await send(request);
			const body = JSON.stringify({ errors: [{ code: 'ec5_103', title: 'x', source: 'media-service' }] });
			return { status: 400, headers: {}, body: Buffer.from(body) } as never;
		};
		await host.poll();
		expect(missingIn(host.delivered)).toEqual([['a.jpg']]);
		expect(host.log.join()).toContain('1 events were delivered, then:');
	});

	it('shows a real file in a test run', async () => {
		const { world, host } = following({ options: { downloadMedia: ['photo'], mediaFields: 'number' } });
		arrive(world, 'a.jpg');
		leaf(world, 'a.jpg');
		const { items } = await host.test();
		expect(missingIn(items ?? [])).toEqual([undefined, undefined]);
		expect(mediaRequests(world)).toHaveLength(1);
	});
});

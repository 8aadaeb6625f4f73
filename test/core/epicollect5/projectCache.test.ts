import { ProjectCache, PROJECT_FRESH_MS } from '../../../core/epicollect5/projectCache';
import { SLUG, World } from './support/world';

function kept(world: World) {
	const cache = new ProjectCache(world.clock);
	const client = world.client();
	const requests = () => world.service.stats.read().requests.project ?? 0;
	return { cache, client, requests };
}

describe('the definition of a project', () => {
	it('is asked for once by ten nodes at once, and kept for five minutes', async () => {
		const world = new World();
		const { cache, client, requests } = kept(world);
		const ask = async () => await cache.get('me', client, SLUG, world.run());
		const all = await Promise.all(Array.from({ length: 10 }, ask));
		expect(new Set(all).size).toBe(1);
		expect(requests()).toBe(1);
		world.clock.advance(PROJECT_FRESH_MS - 1);
		await ask();
		expect(requests()).toBe(1);
		world.clock.advance(1);
		await ask();
		expect(requests()).toBe(2);
	});

	it('is asked for again where a newer one is demanded', async () => {
		const world = new World();
		const { cache, client, requests } = kept(world);
		await cache.get('me', client, SLUG, world.run());
		await cache.get('me', client, SLUG, world.run(), world.clock.now());
		expect(requests()).toBe(2);
		await cache.get('me', client, SLUG, world.run(), world.clock.now() - 1);
		expect(requests()).toBe(2);
	});

	it('is not shown to who has no access to it', async () => {
		const world = new World({ access: 'private' });
		const { cache, requests } = kept(world);
		await cache.get('app', world.client(world.tokens()), SLUG, world.run());
		await expect(cache.get('nobody', world.client(), SLUG, world.run())).rejects.toMatchObject({
			code: 'ec5_256',
		});
		expect(requests()).toBe(2);
	});

	it('that does not exist is asked for once by ten nodes at once, and again by the next run', async () => {
		const world = new World();
		const { cache, client, requests } = kept(world);
		const ask = async () => await cache.get('me', client, 'unknown', world.run());
		const all = await Promise.allSettled(Array.from({ length: 10 }, ask));
		expect(
			all.every((one) => one.status === 'rejected' && (one.reason as { code: string }).code === 'ec5_11'),
		).toBe(true);
		expect(requests()).toBe(1);
		await expect(ask()).rejects.toMatchObject({ code: 'ec5_11' });
		expect(requests()).toBe(2);
	});

	it('is asked for again, once, when the run that asked was stopped: the others did not stop', async () => {
		const world = new World();
		const { cache, client } = kept(world);
		world.service.faults.add({ fault: { type: 'hang' }, kind: 'project' });
		const stop = new AbortController();
		const stopped = cache.get('me', client, SLUG, world.run({ signal: stop.signal }));
		const others = [1, 2, 3].map(async () => await cache.get('me', client, SLUG, world.run()));
		for (let turn = 0; turn < 20; turn++) await Promise.resolve();
		stop.abort();
		await expect(stopped).rejects.toMatchObject({ kind: 'aborted' });
		const found = await Promise.all(others);
		expect(found.map(({ slug }) => slug)).toEqual([SLUG, SLUG, SLUG]);
		expect(world.transport.sent).toHaveLength(2);
	});

	it('is asked for again when the run that asked had no time left', async () => {
		const world = new World();
		const { cache, client } = kept(world);
		world.service.limiter.eat({ bucket: 'project', key: SLUG }, 5);
		await world
			.client()
			.project(SLUG, world.run({ deadline: world.clock.now() + 1 }))
			.catch(() => undefined);
		const hurried = cache.get('me', client, SLUG, world.run({ deadline: world.clock.now() + 1000 }));
		const patient = cache.get('me', client, SLUG, world.run());
		await expect(hurried).rejects.toMatchObject({ code: 'deadline' });
		expect((await patient).slug).toBe(SLUG);
	});

	it('of an old failure does not push out a newer success', async () => {
		const world = new World();
		const { cache, client, requests } = kept(world);
		world.service.faults.add({ fault: { type: 'hang' }, kind: 'project' });
		const stop = new AbortController();
		const old = cache.get('me', client, SLUG, world.run({ signal: stop.signal }));
		const newer = await cache.get('me', client, SLUG, world.run(), world.clock.now());
		stop.abort();
		await expect(old).rejects.toMatchObject({ kind: 'aborted' });
		expect(await cache.get('me', client, SLUG, world.run())).toBe(newer);
		expect(requests()).toBe(2);
	});

	it('is forgotten, the oldest first, where there are more than a hundred', async () => {
		const world = new World({ limits: 'off' });
		const { cache, client, requests } = kept(world);
		for (let owner = 0; owner <= 100; owner++) await cache.get(`owner ${owner}`, client, SLUG, world.run());
		expect(requests()).toBe(101);
		await cache.get('owner 100', client, SLUG, world.run());
		await cache.get('owner 1', client, SLUG, world.run());
		expect(requests()).toBe(101);
		await cache.get('owner 0', client, SLUG, world.run());
		expect(requests()).toBe(102);
	});
});

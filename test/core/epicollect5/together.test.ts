import { Epicollect5Client } from '../../../core/epicollect5/client';
import { normaliseServerUrl } from '../../../core/epicollect5/address';
import { SandboxTransport } from '../support/sandboxTransport';
import { BRANCH, FORM } from './support/definition';
import { APP, newest, SECOND, SLUG, START, World } from './support/world';

const MINUTE = 60 * SECOND;

describe('many readings at once', () => {
	it('of a private project use one token, and keep to the limit together', async () => {
		const world = new World({ access: 'private' });
		world.add(1255);
		const tokens = world.tokens();
		const readings = await Promise.all(
			Array.from({ length: 10 }, async () => await world.read({}, { tokens })),
		);
		for (const { ids, error } of readings) {
			expect(error).toBeUndefined();
			expect(ids).toEqual(world.ids);
		}
		expect(world.service.tokens.issued).toBe(1);
		expect(world.service.stats.read()).toMatchObject({ rateLimited: 0, requests: { entries: 30, token: 1 } });
	});

	it('a token revoked meanwhile costs them one more together', async () => {
		const world = new World({ access: 'private' });
		world.add(1255);
		const tokens = world.tokens();
		world.before = (number) => {
			if (number === 7) world.service.tokens.revokeOf(APP);
		};
		const readings = await Promise.all(
			Array.from({ length: 10 }, async () => await world.read({}, { tokens })),
		);
		expect(readings.map(({ error }) => error)).toEqual(Array(10).fill(undefined));
		expect(world.service.tokens.issued).toBe(2);
	});

	it('one that is stopped does not stop the others', async () => {
		const world = new World();
		world.add(2000);
		const stop = new AbortController();
		world.before = (number) => {
			if (number === 4) stop.abort();
		};
		const stopped = world.read({}, { run: world.run({ signal: stop.signal }) });
		const others = await Promise.all([world.read(), world.read()]);
		expect((await stopped).error).toMatchObject({ kind: 'aborted' });
		for (const { ids, error } of others) {
			expect(error).toBeUndefined();
			expect(ids).toEqual(world.ids);
		}
	});
});

describe('a long reading', () => {
	it('outlives its token, which is renewed before it dies', async () => {
		const world = new World({ access: 'private', tokenSeconds: 5 * 60 });
		world.add(20_000);
		const { ids, error, run } = await world.read({}, { tokens: world.tokens() });
		expect(error).toBeUndefined();
		expect(ids).toHaveLength(20_000);
		// 41 requests at 5 a minute.
		expect(run.summary.requests).toBe(41);
		expect(run.summary.waitedMs).toBeLessThan(9 * MINUTE);
		expect(world.service.tokens.issued).toBeLessThanOrEqual(4);
		expect(world.service.stats.read().statuses).toEqual({ 200: 41 + world.service.tokens.issued });
	});

	it('leaves half of the limit to others when asked to', async () => {
		const world = new World();
		world.add(5000);
		const start = world.clock.now();
		const { error } = await world.read({}, { run: world.run({ share: 0.5 }) });
		expect(error).toBeUndefined();
		expect(world.clock.now() - start).toBeGreaterThanOrEqual(8 * 24 * SECOND);
	});
});

describe('a branch', () => {
	it('with more than a page in one second is read by the IDs of its own entries', async () => {
		const world = new World({ seed: 5, limits: 'off' });
		world.service.settings.ties = 'shuffled';
		const owners = world.add(2);
		const rows = world.add(1100, (i) => ({
			...{ branchRef: BRANCH, ownerUuid: owners[i % 2]?.uuid ?? '', answers: {} },
			...{ uploadedAt: START + MINUTE, createdAt: START + i * SECOND },
		}));
		const { ids, error, rows: read } = await world.read({ branchRef: BRANCH });
		expect(error).toBeUndefined();
		expect([...ids].sort()).toEqual(rows.map(({ uuid }) => uuid).sort());
		expect(newest(read).size).toBe(1100);
		const mine = await world.read({ branchRef: BRANCH, ownerUuid: owners[0]?.uuid });
		expect(mine.error).toBeUndefined();
		expect(new Set(mine.ids).size).toBe(550);
		expect(mine.rows.every((row) => row.ec5_branch_owner_uuid === owners[0]?.uuid)).toBe(true);
	});
});

describe('a server below a path', () => {
	it('is read by the address of a pasted page', async () => {
		const world = new World({ access: 'private' });
		world.add(600);
		const transport = new SandboxTransport(world.clock, { 'https://host.test/in/ec5': world.service });
		const { clock, limiters, placeholders } = world;
		const baseUrl = normaliseServerUrl('https://host.test/in/ec5/project/field-trip');
		const source = {
			...world.tokens().source,
			issue: async () => ({ accessToken: world.service.tokens.issue(APP) }),
		};
		const client = new Epicollect5Client({
			...{ clock, limiters, placeholders, transport, baseUrl },
			tokens: { keeper: world.keepers.get(baseUrl), source },
		});
		const { ids, error } = await world.read({}, { client });
		expect(error).toBeUndefined();
		expect(ids).toEqual(world.ids);
		expect(transport.sent.map(({ url }) => url)).toEqual(
			Array(2).fill(`https://host.test/in/ec5/api/export/entries/${SLUG}`),
		);
		expect((await client.project(SLUG, world.run())).forms[0]?.ref).toBe(FORM);
		expect(await client.searchProjects('field', world.run())).toHaveLength(1);
	});
});

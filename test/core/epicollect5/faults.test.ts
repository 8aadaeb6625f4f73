import { RateLimitError } from '../../../core/http/errors';
import { reasonOf } from '../../../core/epicollect5/stopped';
import type { Fault } from '../../../sandbox/src/epicollect5/faults';
import { APP, everythingIn, SECOND, SERVER, SLUG, World } from './support/world';

/** Whatever happens, none of these is in anything that an error says. */
function expectNoSecret(world: World, error: unknown): void {
	const said = everythingIn(error);
	expect(said).not.toContain(world.secret);
	expect(said).not.toContain('ana@example.org');
	expect(said).not.toMatch(/Bearer|eyJ[\w-]{10}/);
}

describe('faults in the middle of a reading', () => {
	const passing: Array<[string, Fault]> = [
		['429 of the service', { type: 'rateLimited', retryAfter: 17 }],
		['429 without a time', { type: 'rateLimited' }],
		['429 with a date', { type: 'rateLimited', retryAfter: 'date' }],
		['500 as a page', { type: 'status', status: 500 }],
		['500 as JSON', { type: 'status', status: 500, body: 'json' }],
		['503 as a page', { type: 'status', status: 503 }],
		['a page with status 200', { type: 'status', status: 200 }],
		['404 of something in between', { type: 'status', status: 404 }],
		['half a body', { type: 'truncate' }],
		['no JSON', { type: 'invalidJson' }],
		['a broken connection', { type: 'reset' }],
		['no answer', { type: 'hang' }],
	];

	it.each(passing)('%s costs time, not rows', async (_name, fault) => {
		const world = new World();
		world.add(1255);
		world.service.faults.add({ fault, kind: 'entries', skip: 1 });
		const start = world.clock.now();
		const { ids, error, run } = await world.read();
		expect(error).toBeUndefined();
		expect(ids).toEqual(world.ids);
		expect(world.clock.now()).toBeGreaterThan(start);
		expect(run.summary.requests).toBe(4);
		expect(run.summary.stoppedBy).toBe('end');
	});

	it('the limit eaten by others is waited for', async () => {
		const world = new World();
		world.add(1255);
		world.before = (number) => {
			if (number === 2) world.service.limiter.eat({ bucket: 'entries', key: SLUG }, 5);
		};
		const { ids, error } = await world.read();
		expect(error).toBeUndefined();
		expect(ids).toEqual(world.ids);
		expect(world.service.stats.read().rateLimited).toBe(1);
	});

	it('maintenance for long ends the run loudly, after some tries', async () => {
		const world = new World();
		world.add(1255);
		world.before = (number) => {
			if (number === 2) world.service.settings.maintenance = {};
		};
		const { ids, error, run } = await world.read();
		expect(error).toMatchObject({ kind: 'maintenance', code: 'ec5_252' });
		expect(ids).toHaveLength(500);
		expect(run.summary).toMatchObject({ fetched: 500, stoppedBy: 'failure' });
	});

	it('maintenance is told within seconds: its answers use up nothing of the limit', async () => {
		const world = new World();
		world.add(10);
		world.service.settings.maintenance = {};
		const started = world.clock.now();
		const { error } = await world.read({}, { run: world.run({ share: 0.5 }) });
		expect(error).toMatchObject({ kind: 'maintenance' });
		expect(world.clock.now() - started).toBeLessThan(10 * SECOND);
	});

	it('maintenance that passes costs time, not rows', async () => {
		const world = new World();
		world.add(1255);
		world.before = (number) => {
			world.service.settings.maintenance = number === 2 || number === 3 ? {} : false;
		};
		const { ids, error } = await world.read();
		expect(error).toBeUndefined();
		expect(ids).toEqual(world.ids);
	});

	it.each([
		[{ type: 'status', status: 500 }, 'server_fault'],
		[{ type: 'invalidJson' }, 'unreadable'],
		[{ type: 'status', status: 404 }, 'no_epicollect5'],
		[{ type: 'reset' }, 'ECONNRESET'],
		[{ type: 'status', status: 418, body: '{"errors":[{"code":"ec5_999"}]}' }, 'ec5_999'],
	] as Array<[Fault, string]>)('%j for ever is an error that says so', async (fault, code) => {
		const world = new World();
		world.add(1255);
		world.service.faults.add({ fault, kind: 'entries', skip: 1, times: 1000 });
		const { error, ids, run } = await world.read();
		expect(error).toMatchObject({ code });
		expect(ids).toHaveLength(500);
		expect(run.summary.stoppedBy).toBe('failure');
		expectNoSecret(world, error);
	});

	it('JSON without entries is no empty form', async () => {
		const world = new World();
		world.service.faults.add({
			fault: { type: 'status', status: 200, body: '{"data":{}}' },
			kind: 'entries',
		});
		const { error, run } = await world.read();
		expect(error).toMatchObject({ kind: 'api', code: 'unreadable' });
		expect(run.summary.stoppedBy).toBe('failure');
	});
});

describe('private projects', () => {
	const secretWorld = () => {
		const world = new World({ access: 'private' });
		world.add(1255);
		return world;
	};

	it('one token reads everything', async () => {
		const world = secretWorld();
		const { ids, error } = await world.read({}, { tokens: world.tokens() });
		expect(error).toBeUndefined();
		expect(ids).toEqual(world.ids);
		expect(world.service.tokens.issued).toBe(1);
	});

	it('a token revoked in the middle costs one more, and no row', async () => {
		const world = secretWorld();
		world.before = (number) => {
			if (number === 2) world.service.tokens.revokeOf(APP);
		};
		const { ids, error } = await world.read({}, { tokens: world.tokens() });
		expect(error).toBeUndefined();
		expect(ids).toEqual(world.ids);
		expect(world.service.tokens.issued).toBe(2);
	});

	it('a token that is revoked again and again ends with the right advice', async () => {
		const world = secretWorld();
		world.before = () => world.service.tokens.revokeOf(APP);
		const { error, run } = await world.read({}, { tokens: world.tokens() });
		expect(error).toMatchObject({
			kind: 'auth',
			code: 'ec5_256',
			hint: expect.stringContaining('Another program'),
		});
		expect(world.service.tokens.issued).toBe(2);
		expect(run.summary.requests).toBe(2);
		expectNoSecret(world, error);
	});

	it('a wrong secret asks for one token, and not again at once', async () => {
		const world = secretWorld();
		const wrong = 'w'.repeat(40);
		const tokens = world.tokens(wrong);
		const tokenRequests = () => world.service.stats.read().requests.token ?? 0;
		const first = await world.read({}, { tokens });
		const second = await world.read({}, { tokens });
		for (const { error, run } of [first, second]) {
			expect(error).toMatchObject({ kind: 'auth', code: 'ec5_253', field: 'Client ID' });
			expect(run.summary).toMatchObject({ requests: 0, stoppedBy: 'failure' });
			expect(everythingIn(error)).not.toContain(wrong);
			expectNoSecret(world, error);
		}
		expect(tokenRequests()).toBe(1);
		world.clock.advance(3_600 * SECOND);
		await world.read({}, { tokens });
		expect(tokenRequests()).toBe(2);
	});

	it('no credentials: told that it is private, after one request', async () => {
		const world = secretWorld();
		const { error, requests } = await world.read();
		expect(error).toMatchObject({ kind: 'auth', code: 'ec5_256', field: 'Client ID' });
		expect(String(error)).toContain('private');
		expect(requests).toBe(1);
	});

	it('an app of another project: told so, without another token', async () => {
		const world = secretWorld();
		world.service.tokens.clients.set(APP, { id: APP, secret: world.secret, project: 'another' });
		const { error } = await world.read({}, { tokens: world.tokens() });
		expect(error).toMatchObject({ kind: 'auth', code: 'ec5_257' });
		expect(world.service.tokens.issued).toBe(1);
	});

	it("the hour's tokens used up by others: said as that, not as the end of this run's time", async () => {
		const world = secretWorld();
		world.service.limiter.eat({ bucket: 'token', key: '127.0.0.1' }, 10);
		const tokens = world.tokens();
		const first = await world.read({}, { tokens });
		expect(first.error).toMatchObject({ kind: 'rateLimit', code: 'token_limit' });
		const other = world.client({
			...tokens,
			keeper: world.keepers.get('another app'),
		});
		const { error, run } = await world.read({}, { client: other });
		expect(error).toMatchObject({ kind: 'rateLimit', code: 'token_limit' });
		expect((error as RateLimitError).retryAfterMs).toBeGreaterThan(3_500 * SECOND);
		expect(run.summary.stoppedBy).toBe('failure');
	});

	it('an unknown project is told from a missing token and from maintenance', async () => {
		const world = secretWorld();
		world.service.store.projects.length = 0;
		const { error, run } = await world.read({}, { tokens: world.tokens() });
		expect(error).toMatchObject({ kind: 'notFound', code: 'ec5_11', field: 'Project', status: 404 });
		expect(run.summary.requests).toBe(1);
	});

	it('a token never leaves the server that it is for', async () => {
		const world = secretWorld();
		world.service.settings.linkOrigin = 'https://elsewhere.test';
		world.service.faults.add({
			fault: { type: 'status', status: 302, headers: { Location: 'https://elsewhere.test/steal' } },
			kind: 'entries',
			skip: 1,
		});
		await world.read({}, { tokens: world.tokens() });
		for (const request of world.transport.sent) {
			const authorized = Object.keys(request.headers ?? {}).some((name) => /^authorization$/i.test(name));
			if (authorized) expect(request.url.startsWith(`${SERVER}/`)).toBe(true);
		}
	});
});

describe('a run that is stopped', () => {
	it('by its caller: says so, and sends nothing more', async () => {
		const world = new World();
		world.add(2000);
		const stop = new AbortController();
		const run = world.run({ signal: stop.signal });
		world.before = (number) => {
			if (number === 2) stop.abort();
		};
		const { error, ids } = await world.read({}, { run });
		expect(error).toMatchObject({ kind: 'aborted' });
		expect(ids.length).toBeLessThanOrEqual(1000);
		expect(run.summary.stoppedBy).toBe('aborted');
		expect(world.asked).toHaveLength(2);
	});

	it('before it began: sends nothing', async () => {
		const world = new World();
		const stop = new AbortController();
		stop.abort();
		const run = world.run({ signal: stop.signal });
		expect((await world.read({}, { run })).error).toMatchObject({ kind: 'aborted' });
		expect(world.asked).toHaveLength(0);
		expect(run.summary.stoppedBy).toBe('aborted');
	});

	it('while it waits for the limit: at once', async () => {
		const world = new World();
		world.add(5000);
		const stop = new AbortController();
		const run = world.run({ signal: stop.signal, onWait: () => stop.abort() });
		const { error } = await world.read({}, { run });
		expect(error).toMatchObject({ kind: 'aborted' });
		expect(world.asked).toHaveLength(5);
		expect(run.summary.stoppedBy).toBe('aborted');
	});

	it('by a consumer that takes no more: says so', async () => {
		const world = new World();
		world.add(2000);
		const run = world.run();
		const pages = world.client().entries(SLUG, { formRef: '', mapIndex: 0 }, run);
		await pages.next();
		await pages.return(undefined);
		expect(run.summary).toMatchObject({ stoppedBy: 'aborted', requests: 1 });
	});

	it('by its deadline: keeps what it handed over, and says so', async () => {
		const world = new World();
		world.add(5000);
		const run = world.run({ deadline: world.clock.now() + 30 * SECOND });
		const { error, ids } = await world.read({}, { run });
		expect(error).toBeInstanceOf(RateLimitError);
		expect(error).toMatchObject({ code: 'deadline' });
		expect(ids).toEqual(world.ids.slice(0, ids.length));
		expect(ids.length).toBeGreaterThan(2000);
		expect(run.summary).toMatchObject({ stoppedBy: 'deadline', requests: 5, fetched: ids.length });
	});

	it('by settings that make no sense: that is a failure, and nothing was sent', async () => {
		const world = new World();
		const { error, run } = await world.read({ limit: 0 });
		expect(error).toMatchObject({ kind: 'input', field: 'Limit' });
		expect(run.summary).toMatchObject({ stoppedBy: 'failure', requests: 0 });
	});

	it('tells the reasons apart', () => {
		expect(reasonOf(new RateLimitError('', { code: 'deadline', hint: '' }))).toBe('deadline');
		expect(reasonOf(new RateLimitError('', { code: 'ec5_255', hint: '' }))).toBe('failure');
		expect(reasonOf(new Error('anything'))).toBe('failure');
	});
});

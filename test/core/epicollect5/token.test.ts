import { issueEpicollect5Token, LONGEST_TOKEN_WAIT_MS } from '../../../core/epicollect5/token';
import type { HttpRequest, ResponseType } from '../../../core/http/transport';
import type { Fault } from '../../../sandbox/src/epicollect5/faults';
import { APP, everythingIn, SECOND, SERVER, World } from './support/world';

const issue = async (world: World, more: { clientId?: string; clientSecret?: string } = {}) =>
	await issueEpicollect5Token({
		...{ transport: world.transport, clock: world.clock, limiters: world.limiters, baseUrl: SERVER },
		...{ clientId: String(APP), clientSecret: world.secret, ...more },
	});

const bodyOf = (request: HttpRequest | undefined) =>
	JSON.parse(request?.body ?? '{}') as Record<string, unknown>;

describe('a token', () => {
	it('is asked for with one POST, ID and secret as text in the body', async () => {
		const world = new World();
		const token = await issue(world);
		expect(token.expiresIn).toBe(7200);
		expect(world.service.tokens.clientOf(token.accessToken)).toBe(APP);
		const [request, ...more] = world.transport.sent;
		expect(more).toEqual([]);
		expect(request).toMatchObject({ method: 'POST', url: `${SERVER}/api/oauth/token` });
		expect(request?.query).toBeUndefined();
		expect(bodyOf(request)).toEqual({
			...{ grant_type: 'client_credentials', client_id: String(APP), client_secret: world.secret },
		});
	});

	it.each([
		[{ clientSecret: 'wrong-secret-of-40-characters' }, 'ec5_253'],
		[{ clientId: '999' }, 'ec5_253'],
		[{ clientId: '' }, 'ec5_253'],
		[{ clientSecret: '' }, 'ec5_253'],
	])('for %j is refused with words about both, and none of the values', async (parts, code) => {
		const world = new World();
		const error: unknown = await issue(world, parts).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ kind: 'auth', code, field: 'Client ID', status: 400 });
		const said = everythingIn(error);
		expect(said).not.toContain(world.secret);
		expect(said).not.toContain('wrong-secret');
		expect(world.transport.sent).toHaveLength(1);
	});

	it.each([
		[
			{ type: 'status', status: 500 },
			{ kind: 'api', code: 'server_fault' },
		],
		[
			{ type: 'status', status: 404 },
			{ kind: 'api', code: 'no_epicollect5' },
		],
		[
			{ type: 'status', status: 200 },
			{ kind: 'api', code: 'unreadable' },
		],
		[
			{ type: 'status', status: 200, body: '{"token_type":"Bearer"}' },
			{ kind: 'api', code: 'no_token' },
		],
		[
			{ type: 'status', status: 200, body: '{"access_token":""}' },
			{ kind: 'api', code: 'no_token' },
		],
		[
			{ type: 'status', status: 200, body: '[1]' },
			{ kind: 'api', code: 'unreadable' },
		],
		[
			{ type: 'status', status: 301, headers: { location: 'https://elsewhere.test' } },
			{ kind: 'api', code: 'redirect' },
		],
		[{ type: 'reset' }, { kind: 'network', code: 'ECONNRESET' }],
		[{ type: 'hang' }, { kind: 'network', code: 'ETIMEDOUT' }],
		[
			{ type: 'rateLimited', retryAfter: 30 },
			{ kind: 'rateLimit', code: 'token_limit', retryAfterMs: 30 * SECOND },
		],
	] as Array<[Fault, object]>)('%j is never asked for again by itself', async (fault, wanted) => {
		const world = new World();
		world.service.faults.add({ fault, kind: 'token' });
		const error: unknown = await issue(world).catch((thrown: unknown) => thrown);
		const { code, ...rest } = wanted as { code: string };
		expect(error).toMatchObject(fault.type === 'status' && fault.body === '[1]' ? rest : { code, ...rest });
		expect(everythingIn(error)).not.toContain(world.secret);
		expect(world.transport.sent).toHaveLength(1);
	});

	it('refused for its limit speaks of the address, not of readers of a project', async () => {
		const world = new World();
		world.service.faults.add({ fault: { type: 'rateLimited' }, kind: 'token' });
		const error: unknown = await issue(world).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({
			code: 'token_limit',
			message: expect.stringContaining('one address') as string,
		});
		expect((error as { retryAfterMs: number }).retryAfterMs).toBeGreaterThanOrEqual(60 * SECOND);
	});

	it('is given at once after a day without a connection: what was never sent uses up nothing', async () => {
		const world = new World();
		const online = world.transport.request.bind(world.transport);
		let offline = true;
		world.transport.request = async <T extends ResponseType>(request: HttpRequest<T>) => {
			if (offline) throw Object.assign(new Error(), { code: 'ENOTFOUND' });
			return await online(request);
		};
		for (let minute = 0; minute < 24 * 60; minute++) {
			await expect(issue(world)).rejects.toMatchObject({ kind: 'network', code: 'ENOTFOUND' });
			world.clock.advance(60 * SECOND);
		}
		offline = false;
		expect((await issue(world)).expiresIn).toBe(7200);
	});

	it('during maintenance says that', async () => {
		const world = new World();
		world.service.settings.maintenance = {};
		await expect(issue(world)).rejects.toMatchObject({ kind: 'maintenance', code: 'ec5_252' });
	});

	it.each(['soon', 0, -1, null])('with the life %j has one that only the service knows', async (life) => {
		const world = new World();
		world.service.faults.add({
			fault: { type: 'status', status: 200, body: JSON.stringify({ access_token: 'x', expires_in: life }) },
			kind: 'token',
		});
		expect(await issue(world)).toEqual({ accessToken: 'x', expiresIn: undefined });
	});

	it('with its life as text has that life', async () => {
		const world = new World();
		world.service.faults.add({
			fault: { type: 'status', status: 200, body: '{"access_token":"x","expires_in":"7199"}' },
			kind: 'token',
		});
		expect(await issue(world)).toEqual({ accessToken: 'x', expiresIn: 7199 });
	});

	it('is not waited for until the end of the hour, and the reason is named', async () => {
		const world = new World();
		for (let i = 0; i < 10; i++) await issue(world);
		const start = world.clock.now();
		const error: unknown = await issue(world).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({
			kind: 'rateLimit',
			code: 'token_limit',
			message: expect.stringContaining('hour') as string,
		});
		expect((error as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(3_500 * SECOND);
		expect(world.clock.now() - start).toBeLessThanOrEqual(10 * SECOND);
		expect(world.transport.sent).toHaveLength(10);
		world.clock.advance(3_600 * SECOND);
		expect((await issue(world)).accessToken).not.toBe('');
	});

	it('leaves a defect of the limiter what it is', async () => {
		const world = new World();
		const broken = new TypeError('a defect');
		const limiters = { get: () => ({ acquire: async () => await Promise.reject(broken) }) };
		await expect(
			issueEpicollect5Token({
				...{ transport: world.transport, clock: world.clock, limiters: limiters as never, baseUrl: SERVER },
				...{ clientId: '1', clientSecret: 'x' },
			}),
		).rejects.toBe(broken);
	});

	it('is asked for again although the one before took longer than anybody waits for a place', async () => {
		const world = new World();
		world.service.faults.add({ fault: { type: 'drip', bytes: 100, everyMs: 1500 }, kind: 'token' });
		const started = world.clock.now();
		await issue(world);
		expect(world.clock.now() - started).toBeGreaterThan(LONGEST_TOKEN_WAIT_MS);
		await expect(issue(world)).resolves.toHaveProperty('accessToken');
	});
});

import { HOUR, MINUTE } from '../../../core/clock';
import { failure, setUp } from './setup';

describe('a token', () => {
	it('is asked for as a form, lives an hour, and takes the secret to no other place', async () => {
		const { issue, transport, credentials } = setUp();
		const token = await issue();
		expect(token).toEqual({ accessToken: expect.stringMatching(/^eyJ/), expiresIn: 3600 });
		const { clientId, clientSecret } = credentials();
		const [request] = transport.sent;
		expect(request).toMatchObject({
			method: 'POST',
			url: 'https://accounts.workfloplus.com/connect/token',
			headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
			body: `grant_type=client_credentials&client_id=${clientId}&client_secret=${clientSecret}`,
		});
		expect(JSON.stringify({ ...request, body: '' })).not.toContain(clientSecret);
	});

	it('survives a secret that was pasted with a line break', async () => {
		const { issue, credentials } = setUp();
		await expect(issue({ secret: `${credentials().clientSecret}\n` })).resolves.toBeDefined();
	});

	it('is asked for once by 10 calls at the same time, from as many clients', async () => {
		const { connect, run, service } = setUp();
		const lists = await Promise.all(Array.from({ length: 10 }, () => connect().users(run())));
		expect(lists.every((users) => users.length === 3)).toBe(true);
		expect(service.stats()).toMatchObject({ tokensIssued: 1, requests: { C2: 1, U1: 10 } });
	});

	it('is renewed before its hour is over, and nobody is refused', async () => {
		const { connect, run, service, clock } = setUp();
		const client = connect();
		await client.users(run());
		clock.advance(HOUR - MINUTE);
		const later = run();
		await client.users(later);
		expect(service.stats().requests).toEqual({ C2: 2, U1: 2 });
		expect(later.summary.requests).toBe(1);
	});

	it('that was revoked costs one renewal, however many calls meet it', async () => {
		const { connect, run, service } = setUp();
		const client = connect();
		await client.users(run());
		service.admin.revokeTokens();
		await Promise.all(Array.from({ length: 5 }, () => client.users(run())));
		expect(service.stats()).toMatchObject({ tokensIssued: 2, requests: { C2: 2, U1: 11 } });
	});

	it('that is refused again right after its renewal is not renewed a second time', async () => {
		const { connect, run, service } = setUp();
		const client = connect();
		service.admin.planFault({ path: '/api/team/user', status: 401, times: 100 });
		const error = await failure(client.users(run()));
		expect(error).toMatchObject({ kind: 'auth', status: 401, code: 'invalid_token' });
		expect(service.stats().requests).toEqual({ C2: 2, U1: 2 });
	});
});

describe('a wrong client ID or secret', () => {
	it('is said in these words, and not tried again at once', async () => {
		const { connect, run, service } = setUp();
		const client = connect({ secret: 'Wrong0Wrong0Wrong0Wrong0Wrong0Wr' });
		const first = await failure(client.users(run()));
		expect(first).toMatchObject({
			kind: 'auth',
			message: 'Client ID or client secret is wrong',
			code: 'invalid_client',
			field: 'Client ID',
		});
		const second = await failure(client.users(run()));
		expect(second).toMatchObject({ kind: 'auth', code: 'invalid_client', retryAfterMs: MINUTE });
		expect(service.stats().requests).toEqual({ C2: 1 });
	});

	it('is understood as 401 too, with or without a body', async () => {
		for (const body of [{ error: 'invalid_client' }, '']) {
			const { issue, service } = setUp();
			service.admin.planFault({ path: '/connect/token', status: 401, body });
			expect(await failure(issue())).toMatchObject({ kind: 'auth', code: 'invalid_client', status: 401 });
		}
	});

	it('that is blank is refused before anything is sent', async () => {
		const { issue, transport } = setUp();
		expect(await failure(issue({ secret: ' ' }))).toMatchObject({ kind: 'input', field: 'Client Secret' });
		expect(transport.sent).toEqual([]);
	});
});

describe('a token request that fails', () => {
	it.each([
		['a broken connection', { reset: true }, { kind: 'network', code: 'ECONNRESET' }],
		['no answer', { hang: true }, { kind: 'network', code: 'ETIMEDOUT' }],
		['a fault of the server', { status: 503 }, { kind: 'api', code: 'server_fault' }],
		[
			'a limit',
			{ status: 429, headers: { 'retry-after': '40' } },
			{ kind: 'rateLimit', retryAfterMs: 40_000 },
		],
		['a web page', { status: 200, body: '<html>' }, { kind: 'api', code: 'unreadable' }],
		['other JSON', { status: 200, body: { hello: 1 } }, { kind: 'api', code: 'no_token' }],
		['no such page', { status: 404, body: '' }, { kind: 'notFound', field: 'Accounts URL' }],
		['a scope it lacks', { status: 400, body: { error: 'invalid_scope' } }, { code: 'invalid_scope' }],
		['a wrong grant', { status: 400, body: { error: 'unauthorized_client' } }, { kind: 'auth' }],
	])('is not repeated: %s', async (_what, fault, expected) => {
		const { issue, service, clock } = setUp();
		service.admin.planFault({ path: '/connect/token', ...fault });
		expect(await failure(issue())).toMatchObject(expected);
		expect(service.stats().requests).toEqual({ C2: 1 });
		expect(clock.slept.filter((ms) => ms !== 30_000)).toEqual([]);
	});
});

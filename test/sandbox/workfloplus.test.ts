import { virtualClock, type SandboxClock } from '../../sandbox/src/shared/clock';
import { makeRequest, type SandboxResponse } from '../../sandbox/src/shared/types';
import { createWorkfloPlus, type WorkfloPlus } from '../../sandbox/src/workfloplus';

const START = Date.UTC(2026, 10, 22, 12, 0, 0);
const AUTH = 'https://www.workfloplus.com/auth/';
const OBJECT_ID = /^[0-9a-f]{24}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let clock: SandboxClock;
let service: WorkfloPlus;

beforeEach(() => {
	clock = virtualClock(START);
	service = createWorkfloPlus({ clock });
});

function client(index = 0) {
	const found = service.clients[index];
	if (found === undefined) throw new Error(`no client ${index}`);
	return found;
}

function send(method: string, url: string, token?: string, body?: unknown): Promise<SandboxResponse> {
	const headers: Record<string, string> = { 'content-type': 'application/json' };
	if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
	const text = body === undefined ? '' : JSON.stringify(body);
	return service.handle(makeRequest({ method, url, headers, body: text }));
}

function askToken(form: Record<string, string>, type = 'application/x-www-form-urlencoded') {
	const body = new URLSearchParams(form).toString();
	return service.handle(
		makeRequest({ method: 'POST', url: '/connect/token', headers: { 'content-type': type }, body }),
	);
}

function credentials(index = 0): Record<string, string> {
	const { id, secret } = client(index);
	return { grant_type: 'client_credentials', client_id: id, client_secret: secret };
}

async function token(index = 0, scope?: string): Promise<string> {
	const form = scope === undefined ? credentials(index) : { ...credentials(index), scope };
	return field(parsed(await askToken(form)), 'access_token');
}

function parsed(response: SandboxResponse): unknown {
	return JSON.parse(response.body.toString('utf8'));
}

function field(value: unknown, name: string): string {
	return (value as Record<string, string>)[name] ?? '';
}

async function names(url: string, bearer: string): Promise<string[]> {
	return (parsed(await send('GET', url, bearer)) as { name: string }[]).map((item) => item.name);
}

function pumpOrder(change: Record<string, unknown> = {}): Record<string, unknown> {
	const { users, workflows } = service.admin.state();
	return {
		name: 'Inspect pump 9',
		description: 'Quarterly',
		tasks: [{ taskType: 'workflow', artifactId: workflows[0]?.workflowId }],
		assignedUserIds: [users[2]?.userId],
		dueByDate: null,
		priority: false,
		...change,
	};
}

describe('a token', () => {
	it('is given for client credentials, for an hour, with exactly the three documented fields', async () => {
		const response = await askToken(credentials());
		expect(response.status).toBe(200);
		expect(parsed(response)).toEqual({
			access_token: expect.stringMatching(/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{342}$/),
			expires_in: 3600,
			token_type: 'Bearer',
		});
	});

	it('carries the claims of the vendor example: scopes as an array, the team, no subject, no permissions', async () => {
		const [head, claims] = (await token())
			.split('.')
			.slice(0, 2)
			.map((part): unknown => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
		expect(head).toEqual({ alg: 'RS256', kid: expect.stringMatching(/^[0-9A-F]{32}$/), typ: 'JWT' });
		expect(claims).toEqual({
			nbf: START / 1000,
			exp: START / 1000 + 3600,
			iss: 'https://accounts.workfloplus.com',
			aud: [
				'https://accounts.workfloplus.com/resources',
				expect.stringMatching(OBJECT_ID),
				expect.stringMatching(OBJECT_ID),
			],
			client_id: client().id,
			'intoware.workfloplus.team': 'acmefield',
			scope: ['query.read', 'reports.read', 'schedule.admin', 'trigger.admin', 'workflow.read'].map(
				(name) => AUTH + name,
			),
		});
	});

	it('can be asked for with fewer scopes, and then opens less', async () => {
		const narrow = await token(0, `${AUTH}workflow.read`);
		expect((await send('GET', '/workflows/v2', narrow)).status).toBe(200);
		expect((await send('GET', '/scheduledjobs/v1', narrow)).status).toBe(403);
	});

	it('leaves the earlier ones alive', async () => {
		const [first, second] = [await token(), await token()];
		expect(first).not.toBe(second);
		expect((await send('GET', '/api/team/user', first)).status).toBe(200);
		expect((await send('GET', '/api/team/user', second)).status).toBe(200);
	});

	it('ends after 3600 seconds, not one sooner', async () => {
		const bearer = await token();
		clock.advance(3_599_999);
		expect((await send('GET', '/api/team/user', bearer)).status).toBe(200);
		clock.advance(1);
		expect((await send('GET', '/api/team/user', bearer)).status).toBe(401);
	});

	it.each([
		['a wrong secret', { client_secret: 'wrong' }, 'invalid_client'],
		['an unknown client', { client_id: '000000000000000000000000' }, 'invalid_client'],
		['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
		['a scope that the client lacks', { scope: `${AUTH}team.admin` }, 'invalid_scope'],
	])('is refused with 400 for %s', async (_case, change, error) => {
		const response = await askToken({ ...credentials(), ...change });
		expect([response.status, parsed(response)]).toEqual([400, { error }]);
		expect(service.stats().tokensIssued).toBe(0);
	});

	it('is refused to a body that is not a form', async () => {
		const response = await askToken(credentials(), 'application/json');
		expect([response.status, parsed(response)]).toEqual([400, { error: 'invalid_request' }]);
	});
});

describe('the gate', () => {
	it.each(['', 'Basic abc', 'Bearer', 'Bearer made.up.token'])(
		'answers 401, empty, with a challenge, to the header "%s"',
		async (authorization) => {
			const response = await service.handle(
				makeRequest({ url: '/api/team/user', headers: authorization === '' ? {} : { authorization } }),
			);
			expect(response).toMatchObject({
				status: 401,
				headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
			});
			expect(response.body).toHaveLength(0);
		},
	);

	it('answers 403, empty, to a client without the scope, and any live token reads users', async () => {
		const bearer = await token(1);
		const refused = await send('POST', '/scheduledjobs/v1', bearer, pumpOrder());
		expect(refused).toMatchObject({ status: 403, headers: { 'www-authenticate': 'Bearer' } });
		expect(refused.body).toHaveLength(0);
		expect((await send('GET', '/api/team/user', bearer)).status).toBe(200);
	});

	it('answers 403 to a user who has the scope but not the permission', async () => {
		const executor = service.admin.state().users[2]?.userId ?? '';
		const { accessToken } = service.admin.issueUserToken({ userId: executor });
		expect((await send('GET', '/scheduledjobs/v1', accessToken)).status).toBe(403);
	});

	it('answers 404 with problem+json to what is not served yet, even without a token', async () => {
		const response = await send('GET', '/jobs/v1/my');
		expect(response.status).toBe(404);
		expect(response.headers['content-type']).toContain('application/problem+json');
		expect(parsed(response)).toEqual({
			type: expect.any(String),
			title: 'Not Found',
			status: 404,
			detail: 'GET /jobs/v1/my does not exist.',
		});
	});

	it('takes a path with and without a slash at its end as the same', async () => {
		const bearer = await token();
		expect(parsed(await send('GET', '/workflows/v2/', bearer))).toEqual(
			parsed(await send('GET', '/workflows/v2', bearer)),
		);
	});
});

describe('a new client', () => {
	const order = { name: 'Nightly sync', scopes: [`${AUTH}schedule.read`], permissions: ['admin'] };

	function userToken(index: number): string {
		const userId = service.admin.state().users[index]?.userId ?? '';
		return service.admin.issueUserToken({ userId }).accessToken;
	}

	it('is made by an owner; its secret is shown once and works', async () => {
		const response = await send('POST', '/api/client/', userToken(0), order);
		expect(response.status).toBe(200);
		const made = parsed(response) as { client: { clientId: string }; newSecret: string };
		expect(made).toEqual({
			client: {
				clientId: expect.stringMatching(OBJECT_ID),
				grantTypes: ['client_credentials'],
				secrets: [{ secretId: expect.stringMatching(OBJECT_ID) }],
				teamName: 'acmefield',
				displayName: 'Nightly sync',
				scopes: [`${AUTH}schedule.read`],
				allowAccessTokensViaBrowser: false,
				clientPermissions: ['admin'],
			},
			newSecret: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
		});
		const form = { client_id: made.client.clientId, client_secret: made.newSecret };
		const bearer = field(
			parsed(await askToken({ grant_type: 'client_credentials', ...form })),
			'access_token',
		);
		expect((await send('GET', '/scheduledjobs/v1/my', bearer)).status).toBe(200);
		expect((await send('GET', '/scheduledjobs/v1', bearer)).status).toBe(403);
	});

	it('is not made by an admin who is no owner, whatever the scopes', async () => {
		expect((await send('POST', '/api/client', userToken(1), order)).status).toBe(403);
	});

	it.each([
		['no name', { name: undefined }],
		['an unknown scope', { scopes: ['workflow.read'] }],
		['an unknown permission', { permissions: ['king'] }],
	])('is refused with 400 for %s', async (_case, change) => {
		const response = await send('POST', '/api/client', userToken(0), { ...order, ...change });
		expect(response.status).toBe(400);
	});
});

describe('users', () => {
	it('are the whole team, six fields each, in one bare array', async () => {
		const users = parsed(await send('GET', '/api/team/user', await token()));
		expect(users).toHaveLength(3);
		expect(users).toContainEqual({
			userId: expect.stringMatching(OBJECT_ID),
			username: 'ada.field@acme.example',
			emailAddress: 'ada.field@acme.example',
			name: 'Ada Field',
			created: '2025-03-03T09:12:40.352Z',
			locked: false,
		});
	});

	it('are found one by one, and an unknown id is a 404', async () => {
		const bearer = await token();
		const bo = service.admin.state().users[1];
		expect(parsed(await send('GET', `/api/team/user/${bo?.userId}`, bearer))).toEqual(bo);
		expect((await send('GET', '/api/team/user/not-an-id', bearer)).status).toBe(404);
	});
});

describe('workflows', () => {
	it('are listed without the archived one', async () => {
		expect(await names('/workflows/v2', await token())).toEqual(['Pump inspection', 'Hydrant flow test']);
		service.admin.setQuirks({ archivedWorkflows: 'listed' });
		expect(await names('/workflows/v2', await token())).toContain('Boiler shutdown 2024');
	});

	it('have versions, of which one is active', async () => {
		const [pump] = parsed(await send('GET', '/workflows/v2', await token())) as Record<string, unknown>[];
		const versions = service.admin.state().workflows[0]?.versions ?? [];
		expect(versions.map((version) => version.version)).toEqual([1, 2]);
		expect(pump).toMatchObject({
			workflowId: expect.stringMatching(UUID),
			created: '2025-04-14T11:53:47Z',
			activeVersionId: versions[1]?.versionId,
			liveObjectIds: [],
			versions,
		});
	});

	it('are read one by one with GET and, as documented, with POST, unless switched', async () => {
		const bearer = await token();
		const url = `/workflows/v2/${service.admin.state().workflows[1]?.workflowId}`;
		expect(parsed(await send('GET', url, bearer))).toMatchObject({ isArchived: true });
		expect((await send('POST', url, bearer)).status).toBe(200);
		service.admin.setQuirks({ workflowByIdMethod: 'POST' });
		expect((await send('GET', url, bearer)).status).toBe(405);
	});

	it('come with tags, unless switched', async () => {
		const bearer = await token();
		const first = async () => (parsed(await send('GET', '/workflows/v2', bearer)) as object[])[0];
		expect(await first()).toHaveProperty('tags', ['Inspection', 'Level 1']);
		service.admin.setQuirks({ workflowTags: 'absent' });
		expect(await first()).not.toHaveProperty('tags');
	});
});

describe('scheduled jobs', () => {
	it('are created with every field of the documented shape, task types capitalised', async () => {
		const order = pumpOrder({ dueByDate: '2026-11-30T22:59:00.000Z' });
		const response = await send('POST', '/scheduledjobs/v1', await token(), order);
		expect(response.status).toBe(200);
		const stamp = expect.stringMatching(/^2026-11-22T12:00:00\.000\d{3}Z$/);
		expect(parsed(response)).toEqual({
			jobId: expect.stringMatching(OBJECT_ID),
			created: stamp,
			updated: stamp,
			state: 'Scheduled',
			name: 'Inspect pump 9',
			description: 'Quarterly',
			priority: false,
			dueByDate: '2026-11-30T22:59:00Z',
			assignedUserIds: order['assignedUserIds'],
			tasks: [
				{
					taskType: 'Workflow',
					taskId: expect.stringMatching(UUID),
					artifactId: service.admin.state().workflows[0]?.workflowId,
					jobId: null,
					clientJobId: null,
					updated: null,
					modified: null,
					state: 0,
				},
			],
		});
	});

	it('need only a name and a task; property names count without case', async () => {
		const { tasks } = pumpOrder();
		const response = await send('POST', '/scheduledjobs/v1', await token(), { Name: 'Bare', TASKS: tasks });
		expect(parsed(response)).toMatchObject({
			name: 'Bare',
			description: null,
			priority: false,
			dueByDate: null,
			assignedUserIds: [],
		});
	});

	it('are found again in the list and by id', async () => {
		const bearer = await token();
		const made = parsed(await send('POST', '/scheduledjobs/v1', bearer, pumpOrder()));
		expect(parsed(await send('GET', '/scheduledjobs/v1', bearer))).toContainEqual(made);
		expect(parsed(await send('GET', `/scheduledjobs/v1/${field(made, 'jobId')}`, bearer))).toEqual(made);
	});

	it.each([
		['no name', { name: undefined }],
		['no tasks', { tasks: [] }],
		['an unknown workflow', { tasks: [{ taskType: 'workflow', artifactId: 'gone' }] }],
		['an unknown task type', { tasks: [{ taskType: 'dance', artifactId: 'gone' }] }],
		['an unknown user', { assignedUserIds: ['64a1f0c2d3e4b5000190a001'] }],
		['a date that is none', { dueByDate: 'next Tuesday' }],
		['a priority that is no boolean', { priority: 'high' }],
	])('are refused with 400 and a reason for %s, and nothing is kept', async (_case, change) => {
		const before = service.admin.state().scheduledJobs;
		const response = await send('POST', '/scheduledjobs/v1', await token(), pumpOrder(change));
		expect(parsed(response)).toMatchObject({ status: 400, title: 'Bad Request', detail: expect.any(String) });
		expect(service.admin.state().scheduledJobs).toEqual(before);
	});

	it.each(['', '{', '[]', 'null'])('are refused with 400 for the body %j', async (body) => {
		const headers = { authorization: `Bearer ${await token()}` };
		const request = makeRequest({ method: 'POST', url: '/scheduledjobs/v1', headers, body });
		expect((await service.handle(request)).status).toBe(400);
	});

	it('take unknown assignees when switched', async () => {
		service.admin.setQuirks({ unknownAssignees: 'accepted' });
		const order = pumpOrder({ assignedUserIds: ['group'] });
		expect((await send('POST', '/scheduledjobs/v1', await token(), order)).status).toBe(200);
	});

	it('are reassigned as a whole and deleted for good, both with 204', async () => {
		const bearer = await token();
		const { scheduledJobs, users } = service.admin.state();
		const url = `/scheduledjobs/v1/${scheduledJobs[1]?.jobId}`;
		const assignedUserIds = [users[1]?.userId];
		const moved = await send('PUT', `${url}/assignedUsers`, bearer, { assignedUserIds });
		expect([moved.status, moved.body.length]).toEqual([204, 0]);
		expect(parsed(await send('GET', url, bearer))).toMatchObject({ assignedUserIds });
		expect((await send('DELETE', url, bearer)).status).toBe(204);
		expect((await send('GET', url, bearer)).status).toBe(404);
		expect((await send('DELETE', url, bearer)).status).toBe(404);
	});

	it('of one user are a list, or one object when switched; a client has none of its own', async () => {
		const bo = service.admin.state().users[1]?.userId ?? '';
		const { accessToken } = service.admin.issueUserToken({ userId: bo });
		expect(await names('/scheduledjobs/v1/my', accessToken)).toEqual(['Hydrant round, north district']);
		expect(parsed(await send('GET', '/scheduledjobs/v1/my', await token()))).toEqual([]);
		service.admin.setQuirks({ myScheduledJobs: 'object' });
		expect(parsed(await send('GET', '/scheduledjobs/v1/my', accessToken))).toMatchObject({ state: 'Active' });
	});
});

describe('the admin door', () => {
	it('revokes and expires tokens, of one client or of all, and a new one works at once', async () => {
		const [first, second] = [await token(0), await token(1)];
		expect(service.admin.revokeTokens(client(0).id)).toEqual({ revoked: 1 });
		expect((await send('GET', '/api/team/user', first)).status).toBe(401);
		expect((await send('GET', '/api/team/user', second)).status).toBe(200);
		expect((await send('GET', '/api/team/user', await token(0))).status).toBe(200);
		expect(service.admin.expireTokens()).toEqual({ expired: 2 });
		expect((await send('GET', '/api/team/user', second)).status).toBe(401);
	});

	it('limits the rate per address, and the next window opens when Retry-After says', async () => {
		const bearer = await token();
		service.admin.setRateLimit({ hits: 2, perMs: 60_000 });
		const call = () => send('GET', '/api/team/user', bearer);
		expect([(await call()).status, (await call()).status]).toEqual([200, 200]);
		clock.advance(20_500);
		const refused = await call();
		expect([refused.status, refused.headers['retry-after']]).toEqual([429, '40']);
		clock.advance(40_000);
		expect((await call()).status).toBe(200);
		service.admin.setRateLimit(null);
		expect([(await call()).status, (await call()).status]).toEqual([200, 200]);
	});

	it('plans faults by path, so many times, in the order in which they were planned', async () => {
		const bearer = await token();
		service.admin.planFault({ path: '/workflows', status: 503, times: 2, headers: { 'retry-after': '7' } });
		service.admin.planFault({ path: '/workflows', status: 500, body: { broken: true } });
		expect((await send('GET', '/api/team/user', bearer)).status).toBe(200);
		const call = () => send('GET', '/workflows/v2', bearer);
		expect(await call()).toMatchObject({ status: 503, headers: { 'retry-after': '7' } });
		expect((await call()).status).toBe(503);
		expect(parsed(await call())).toEqual({ broken: true });
		expect((await call()).status).toBe(200);
	});

	it('plans connections that hang or break', async () => {
		service.admin.planFault({ hang: true });
		service.admin.planFault({ reset: true });
		expect((await askToken(credentials())).transport).toEqual({ kind: 'hang' });
		expect((await askToken(credentials())).transport).toEqual({ kind: 'reset' });
		expect((await askToken(credentials())).transport).toBeUndefined();
	});

	it('refuses a quirk that does not exist, so that no test passes by a typo', () => {
		const typo: Record<string, string> = { workflowTag: 'absent' };
		expect(() => service.admin.setQuirks(typo)).toThrow('No such quirk');
	});

	it('counts requests by endpoint, refused ones too, and tokens', async () => {
		const bearer = await token(1);
		await send('GET', '/scheduledjobs/v1', bearer);
		await send('GET', '/scheduledjobs/v1/my', bearer);
		await send('GET', '/nowhere', bearer);
		expect(service.stats()).toEqual({ tokensIssued: 1, requests: { C2: 1, S1: 1, S3: 1, none: 1 } });
		expect(service.admin.state().requests).toBe(4);
	});

	it('shows copies: changing what it shows changes nothing', () => {
		service.admin.state().users.length = 0;
		expect(service.admin.state().users).toHaveLength(3);
	});
});

describe('the seed', () => {
	it('gives the same team and secrets at any time of the clock, and others for another seed', () => {
		const later = createWorkfloPlus({ clock: virtualClock(START + 86_400_000) });
		expect([later.clients, later.admin.state()]).toEqual([service.clients, service.admin.state()]);
		const other = createWorkfloPlus({ clock, seed: 2 });
		expect(other.clients[0]?.secret).not.toBe(client().secret);
		expect(other.admin.state().users[0]?.userId).not.toBe(service.admin.state().users[0]?.userId);
	});

	it('knows every id only once', () => {
		const text = JSON.stringify(service.admin.state());
		const own = [...text.matchAll(/"(?:userId|groupId|workflowId|versionId|taskId|jobId)":"([^"]+)"/g)];
		expect(new Set(own.map((match) => match[1])).size).toBe(own.length);
	});

	it('has scheduled jobs in several states, one of them unassigned', () => {
		const { scheduledJobs } = service.admin.state();
		expect(scheduledJobs.map((job) => job.state)).toEqual(['Completed', 'Scheduled', 'Active', 'Scheduled']);
		expect(scheduledJobs.some((job) => job.assignedUserIds.length === 0)).toBe(true);
		expect(scheduledJobs[0]?.tasks[0]).toMatchObject({ state: 3, jobId: expect.stringMatching(OBJECT_ID) });
	});
});

import { MINUTE, SECOND } from '../../../core/clock';
import { failure, setUp } from './setup';

describe('users', () => {
	it('are all listed at once, as the service sends them', async () => {
		const { connect, run, service } = setUp();
		const listing = run();
		expect(await connect().users(listing)).toEqual(service.admin.state().users);
		expect(listing.summary.requests).toBe(1);
	});

	it('keep fields that nobody has documented, and show a date that was never set as null', async () => {
		const { connect, run, service } = setUp();
		const user = {
			userId: 'not-hex-at-all',
			name: 'Ada',
			created: '0001-01-01T00:00:00',
			extra: { seen: '0001-01-01T00:00:00Z', kept: '2026-01-01T00:00:00Z' },
		};
		service.admin.planFault({ path: '/api/team/user', status: 200, body: [user] });
		expect(await connect().users(run())).toEqual([
			{
				...user,
				username: '',
				emailAddress: '',
				locked: false,
				created: null,
				extra: { seen: null, kept: '2026-01-01T00:00:00Z' },
			},
		]);
	});

	it.each([[{ users: [] }], [[{ name: 'Ada' }]], [['Ada']], ['']])(
		'are never a silent part: %j is an error',
		async (body) => {
			const { connect, run, service } = setUp();
			service.admin.planFault({ path: '/api/team/user', status: 200, body });
			expect(await failure(connect().users(run()))).toMatchObject({ kind: 'api', code: 'unexpected_answer' });
		},
	);
});

describe('workflows', () => {
	it.each(['hidden', 'listed'] as const)(
		'leave out archived ones, which the service keeps %s',
		async (quirk) => {
			const { connect, run, service } = setUp();
			service.admin.setQuirks({ archivedWorkflows: quirk });
			const workflows = await connect().workflows(run());
			expect(workflows.map(({ name }) => name)).toEqual(['Pump inspection', 'Hydrant flow test']);
		},
	);

	it.each(['returned', 'absent'] as const)('have tags, which the service keeps %s', async (quirk) => {
		const { connect, run, service } = setUp();
		service.admin.setQuirks({ workflowTags: quirk });
		const [pump] = await connect().workflows(run());
		expect(pump?.tags).toEqual(quirk === 'returned' ? ['Inspection', 'Level 1'] : []);
		expect(pump?.versions.map(({ version }) => version)).toEqual([1, 2]);
	});
});

describe('a refusal', () => {
	it('for want of a scope or a permission names both, and asks for no new token', async () => {
		const { connect, run, service, pumpJob } = setUp();
		const error = await failure(connect({ index: 1 }).createScheduledJob(pumpJob(), run()));
		expect(error).toMatchObject({ kind: 'auth', status: 403, code: 'forbidden' });
		expect(error.hint).toContain(
			'The token lacks the scope schedule.admin, or the client lacks the permission OWNER or ADMIN, for Schedule_Admin.',
		);
		expect(service.stats().requests).toEqual({ C2: 1, S8: 1 });
	});

	it('of a list that is not there blames the address, one of an ID blames the choice', async () => {
		const { connect, run, service } = setUp();
		service.admin.planFault({ path: '/workflows/v2', status: 404, body: '<h1>Not Found</h1>' });
		expect(await failure(connect().workflows(run()))).toMatchObject({
			kind: 'notFound',
			code: 'no_workfloplus',
			field: 'Gateway URL',
		});
		const missing = connect().call('U2', { params: { userId: 'nobody' } }, run());
		expect(await failure(missing)).toMatchObject({ kind: 'notFound', code: 'not_found' });
	});

	it('that the service explains is not blamed on the address', async () => {
		const { connect, run, service, pumpJob } = setUp();
		const body = { title: 'Not Found', detail: 'There is no such workflow.' };
		service.admin.planFault({ path: '/scheduledjobs/v1', status: 404, body });
		expect(await failure(connect().createScheduledJob(pumpJob(), run()))).toMatchObject({
			code: 'not_found',
			message: 'WorkfloPlus does not have what was asked for: There is no such workflow.',
		});
	});

	it('shows what the service says, in one line', async () => {
		const { connect, run, pumpJob } = setUp();
		const job = { ...pumpJob(), workflowIds: ['0b1c2d3e-1111-4a2b-9c3d-000000000001'] };
		expect(await failure(connect().createScheduledJob(job, run()))).toMatchObject({
			kind: 'api',
			status: 400,
			code: 'bad_request',
			message: 'WorkfloPlus refused the request: There is no workflow 0b1c2d3e-1111-4a2b-9c3d-000000000001.',
		});
	});

	it('without a body is told by its status', async () => {
		const { connect, run, service } = setUp();
		service.admin.planFault({ status: 422, path: '/api/team/user' });
		expect(await failure(connect().users(run()))).toMatchObject({
			kind: 'api',
			status: 422,
			code: 'refused',
		});
	});
});

describe('a limit, which nobody has documented', () => {
	it('is waited for as long as the service says, and then the work goes on', async () => {
		const { connect, run, service, clock } = setUp();
		const client = connect();
		await client.users(run());
		service.admin.setRateLimit({ hits: 1, perMs: 45 * SECOND });
		const waits: number[] = [];
		const limited = run({ onWait: ({ reason, ms }) => reason === 'limit' && waits.push(ms) });
		const start = clock.now();
		await client.users(limited);
		await client.users(limited);
		expect(waits).toEqual([45 * SECOND]);
		expect(limited.summary).toMatchObject({ waitedMs: 45 * SECOND, requests: 3 });
		expect(clock.now() - start).toBe(45 * SECOND);
	});

	it('that would outlast the run ends it with the time that is left', async () => {
		const { connect, run, service, clock } = setUp();
		service.admin.planFault({ path: '/api/team/user', status: 429, headers: { 'retry-after': '600' } });
		const short = run({ deadline: clock.now() + MINUTE });
		expect(await failure(connect().users(short))).toMatchObject({ kind: 'rateLimit', retryAfterMs: 600_000 });
	});
});

describe('a passing fault while reading', () => {
	it.each([
		['the connection breaks', { reset: true }],
		['no answer comes', { hang: true }],
		['the server fails', { status: 502, body: '<html>Bad Gateway' }],
		['half an answer comes', { status: 200, body: '[{"userId": "64a1' }],
	])('is tried again by itself: %s', async (_what, fault) => {
		const { connect, run, service } = setUp();
		service.admin.planFault({ path: '/api/team/user', times: 2, ...fault });
		const retried = run();
		expect(await connect().users(retried)).toHaveLength(3);
		expect(retried.summary.requests).toBe(3);
		expect(retried.summary.waitedMs).toBeGreaterThanOrEqual(3 * SECOND);
	});

	it('that does not pass is said after four tries', async () => {
		const { connect, run, service } = setUp();
		service.admin.planFault({ path: '/api/team/user', reset: true, times: 100 });
		const error = await failure(connect().users(run()));
		expect(error).toMatchObject({ kind: 'network', code: 'ECONNRESET' });
		expect(error.message).not.toContain('may have been');
		expect(service.stats().requests).toEqual({ C2: 1, U1: 4 });
	});
});

describe('any other endpoint', () => {
	it('is called by its name in the contract, with its path filled in', async () => {
		const { connect, run, service, transport } = setUp();
		const [job] = service.admin.state().scheduledJobs;
		const params = { scheduledJobId: job?.jobId ?? '' };
		expect(await connect().call('S2', { params }, run())).toEqual(job);
		await connect().call('S6', { params, body: { assignedUserIds: [] } }, run());
		expect(transport.sent.at(-1)).toMatchObject({
			method: 'PUT',
			url: `https://gateway.workfloplus.com/scheduledjobs/v1/${params.scheduledJobId}/assignedUsers`,
			body: '{"assignedUserIds":[]}',
		});
	});

	it('answers undefined where there is no body', async () => {
		const { connect, run, service } = setUp();
		const params = { scheduledJobId: service.admin.state().scheduledJobs[0]?.jobId ?? '' };
		expect(await connect().call('S7', { params }, run())).toBeUndefined();
	});

	it.each(['', ' ', '.', '..'])(
		'is not called without an ID ("%s"): the path would be that of something else',
		async (scheduledJobId) => {
			const { connect, run, transport } = setUp();
			const error = await failure(connect().call('S7', { params: { scheduledJobId } }, run()));
			expect(error).toMatchObject({ kind: 'input', field: 'scheduledJobId' });
			expect(transport.sent).toEqual([]);
		},
	);

	it('is not called without its parameters, which the compiler knows', async () => {
		const { connect, run } = setUp();
		// @ts-expect-error The path needs an ID.
		const call = connect().call('U2', {}, run());
		expect(await failure(call)).toMatchObject({ kind: 'input', field: 'userId' });
	});

	it('cannot be left through an ID', async () => {
		const { connect, run, transport } = setUp();
		await failure(connect().call('U2', { params: { userId: '../group?x=1#' } }, run()));
		expect(transport.sent.at(-1)?.url).toBe(
			'https://accounts.workfloplus.com/api/team/user/..%2Fgroup%3Fx%3D1%23',
		);
	});
});
